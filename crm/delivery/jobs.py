"""What of delivery comes due with time."""

from __future__ import annotations

from datetime import datetime

from crm.core.jobs import due_work, oldest_due_of
from crm.delivery import queries
from crm.delivery.service.sending import send_due


@due_work("delivery.send")
def send(now: datetime) -> int:
    return send_due(now)


oldest_due_of("delivery", queries.oldest_due)
