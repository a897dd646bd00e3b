"""What of the API comes due with time."""

from __future__ import annotations

from datetime import datetime

from crm.api.service import forget_old_answers
from crm.core.jobs import due_work


@due_work("api.stored_answers")
def forget(now: datetime) -> int:
    return forget_old_answers(now)
