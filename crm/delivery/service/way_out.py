"""The way out for mail as a whole: held by a person, or resting because the server or our settings are at fault."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from crm.core import clock
from crm.core.db import session
from crm.core.dialect import locked
from crm.delivery.models import Outgoing
from crm.delivery.outcomes import SenderFault

LONGEST_REST = timedelta(seconds=30)
"""After a lost connection: a server that comes back is used again within this time."""
REST_FOR_PERSON = timedelta(minutes=5)
"""Where trying again changes nothing until somebody mends something."""


def hold_sending() -> None:
    """Nothing leaves until it is released, whoever starts what."""
    _row().is_held = True


def release_sending() -> None:
    row = _row()
    row.is_held = False
    row.resting_until = None
    row.faults = 0


def rest_after(fault: SenderFault) -> None:
    """Back off, longer each time; no recipient loses an attempt by it."""
    row = _row()
    row.faults += 1
    pause = min(timedelta(seconds=2 ** min(row.faults, 10)), LONGEST_REST)
    row.resting_until = clock.now() + (REST_FOR_PERSON if fault.needs_person else pause)
    row.last_fault = f"{fault.stage}: {fault.code or ''} {fault.text}".strip()[:500]
    row.last_fault_at = clock.now()


def note_success() -> None:
    """The way is open again."""
    row = session.get(Outgoing, 1)
    if row is not None and row.faults:
        row.faults = 0
        row.resting_until = None


def lock_way_out() -> Outgoing:
    """The row, held until the end of the transaction: whoever reckons with the ceiling of an hour does so alone."""
    _row()
    return session.scalars(locked(session, select(Outgoing).where(Outgoing.id == 1))).one()


def is_open(row: Outgoing | None, now: datetime) -> bool:
    return row is None or not (row.is_held or (row.resting_until is not None and row.resting_until > now))


def _row() -> Outgoing:
    row = session.get(Outgoing, 1)
    if row is None:
        row = Outgoing(id=1, is_held=False, faults=0)
        session.add(row)
        session.flush()
    return row
