"""What may be done with messages on their way."""

from __future__ import annotations

from crm.core.messages import N_
from crm.core.permissions import Permission


class Messages(Permission):
    VIEW = "messages:view", N_("Read the outbox: every message and what became of it")
    MANAGE = "messages:manage", N_("Settle messages whose fate is uncertain, lift suppressions")


class Delivery(Permission):
    STATUS = "delivery:status", N_("See how sending stands: last tick, queue, failed jobs")
