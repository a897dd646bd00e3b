"""Acts on many contacts, in the background."""

from __future__ import annotations

from crm.activity import service
from crm.core.jobs import job


@job("acts.carry_on", own_units=True)
def carry_on(change_id: int) -> None:
    service.carry_on(change_id)
