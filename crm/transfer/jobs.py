"""Imports in the background."""

from __future__ import annotations

from datetime import datetime

from crm.core.jobs import due_work
from crm.transfer.service.work import carry_on


@due_work("imports")
def imports(now: datetime) -> int:  # noqa: ARG001 - what comes due is called with the moment
    return carry_on()
