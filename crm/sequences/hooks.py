"""What sequences plug into the features below."""

from __future__ import annotations

from flask import Flask

from crm.core.events import subscribe
from crm.delivery.events import AddressBarred, MessagesSettled
from crm.delivery.service.claims import check_before_hand_over
from crm.sequences.queries.engine import check_messages
from crm.sequences.service.leaving import leave_barred
from crm.sequences.service.settling import settle_steps


def plug_in(_app: Flask) -> None:
    subscribe(MessagesSettled, settle_steps)
    subscribe(AddressBarred, leave_barred)
    check_before_hand_over(check_messages)
