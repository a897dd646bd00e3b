"""Who is in the audience comes onto the way: once each, in batches, never dropped and taken in again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from pyroaring import BitMap
from sqlalchemy import func, or_, select, update

from crm.contacts.models import Contact
from crm.core import clock
from crm.core.db import session, unit_of_work
from crm.core.dialect import claimable, insert_new, one_of
from crm.core.errors import Invalid
from crm.core.messages import N_
from crm.sequences.models import Enrolment, EnrolmentStatus, Sequence, SequenceStatus
from crm.sequences.queries.audience import audience_of
from crm.sequences.queries.loading import Loaded, load_one
from crm.sequences.service.advancing import ENROLMENTS

LOOK_EVERY = timedelta(minutes=1)
"""How often the audience of a sequence that takes people in continuously is looked through."""
BATCH = 2000


def enrol_due(now: datetime) -> int:
    """Take in newcomers of every running sequence whose time it is; opens its own units. Answers how many came."""
    with unit_of_work():
        waiting = _sequences_to_look_at(now)
    return sum(_enrol_audience(sequence_id, now) for sequence_id in waiting)


def _sequences_to_look_at(now: datetime) -> list[int]:
    again = (Sequence.enrols == "continuously") & or_(
        Sequence.enrolled_at <= now - LOOK_EVERY, Sequence.enrolled_at > now
    )
    return list(
        session.scalars(
            select(Sequence.id)
            .where(Sequence.status == SequenceStatus.RUNNING, or_(Sequence.enrolled_at.is_(None), again))
            .order_by(Sequence.id)
        )
    )


def _enrol_audience(sequence_id: int, now: datetime) -> int:
    with unit_of_work():
        sequence = _claimed(sequence_id)
        if sequence is None:
            return 0
        newcomers, returning = _newcomers(load_one(sequence), now)
    count = 0
    for entry_of, ids in ((None, newcomers), (_next_entries, returning)):
        for start in range(0, len(ids), BATCH):
            with unit_of_work():
                # Locked anew for each batch, so that a pause or an end in between is heeded.
                sequence = _claimed(sequence_id)
                if sequence is None:
                    return count
                part = ids[start : start + BATCH]
                entries = entry_of(sequence_id, part) if entry_of else {}
                count += enrol_contacts(load_one(sequence), part, now, entries=entries)
    with unit_of_work():
        session.execute(update(Sequence).where(Sequence.id == sequence_id).values(enrolled_at=now))
    return count


def _claimed(sequence_id: int) -> Sequence | None:
    found: Sequence | None = session.scalar(
        claimable(
            session,
            select(Sequence).where(Sequence.id == sequence_id, Sequence.status == SequenceStatus.RUNNING),
        )
    )
    return found


def _newcomers(loaded: Loaded, now: datetime) -> tuple[BitMap, BitMap]:
    """Who never was in the sequence, and who may come again."""
    audience = audience_of(loaded.row, now)
    here = BitMap(session.scalars(select(Enrolment.contact_id).where(Enrolment.sequence_id == loaded.id)))
    return audience - here, _may_return(loaded, audience & here, now)


def _may_return(loaded: Loaded, ids: BitMap, now: datetime) -> BitMap:
    if loaded.row.re_entry_days is None or not ids:
        return BitMap()
    ended = (
        select(Enrolment.contact_id)
        .where(Enrolment.sequence_id == loaded.id)
        .group_by(Enrolment.contact_id)
        .having(func.count() == func.count(Enrolment.ended_at))
        .having(func.max(Enrolment.ended_at) <= now - timedelta(days=loaded.row.re_entry_days))
    )
    return BitMap(session.scalars(ended)) & ids


def _next_entries(sequence_id: int, ids: Iterable[int]) -> dict[int, int]:
    rows = (
        select(Enrolment.contact_id, func.max(Enrolment.entry) + 1)
        .where(Enrolment.sequence_id == sequence_id, one_of(session, Enrolment.contact_id, ids))
        .group_by(Enrolment.contact_id)
    )
    return dict(session.execute(rows).all())


def enrol_contacts(
    loaded: Loaded, contact_ids: Iterable[int], now: datetime, *, entries: dict[int, int] | None = None
) -> int:
    """Put these people at the beginning of the sequence; those who are on the way already stay where they are."""
    first = loaded.after(None)
    if first is None:
        raise Invalid(N_("The campaign has no steps yet."))
    rows = []
    people = (
        select(Contact.id, Contact.timezone)
        .where(one_of(session, Contact.id, contact_ids))
        .order_by(Contact.id)
    )
    is_running = loaded.status is SequenceStatus.RUNNING
    for contact_id, timezone in session.execute(people):
        planned = loaded.timetables.of(timezone).first(now, first.wait)
        rows.append(
            {
                "sequence_id": loaded.id, "contact_id": contact_id, "entry": (entries or {}).get(contact_id, 1),
                "status": EnrolmentStatus.ACTIVE, "enrolled_at": now, "step_id": first.id, "due_at": planned.due_at,
                "next_run_at": planned.at if is_running else None, "moved_by": planned.moved_by, "deferrals": 0,
                "rank": loaded.rank,
            }
        )  # fmt: skip
    if not rows:
        return 0
    result = session.execute(insert_new(session, ENROLMENTS).returning(ENROLMENTS.c.id), rows)
    return len(result.all())


def enrol_by_hand(sequence: Sequence, contact_ids: Iterable[int]) -> int:
    """A person puts contacts into a running sequence, whether they are in its audience or not."""
    if sequence.status not in (SequenceStatus.RUNNING, SequenceStatus.PAUSED):
        raise Invalid(N_("Start the campaign before you add people to it."))
    return enrol_contacts(load_one(sequence), contact_ids, clock.now())
