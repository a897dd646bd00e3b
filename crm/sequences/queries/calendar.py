"""What goes out when: for somebody who joins on a day, and for everyone together."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from pyroaring import BitMap
from sqlalchemy import func, select

from crm.contacts.models import Contact
from crm.core.calendars import local_date
from crm.core.db import session
from crm.core.dialect import one_of
from crm.delivery.reasons import Reason
from crm.sequences.logic.schedule import Planned, Timetable, plan_all
from crm.sequences.models import Enrolment, EnrolmentStatus, Sequence, SequenceStatus
from crm.sequences.queries.audience import audience_of
from crm.sequences.queries.loading import Loaded, LoadedStep, load_one


@dataclass(frozen=True, slots=True)
class PlannedStep:
    step_id: int
    key: str
    name: str
    planned: Planned

    @property
    def moved_by(self) -> Reason | None:
        return self.planned.moved_by


def plan_for_joiner(
    sequence: Sequence, joined_at: datetime, *, timezone: str | None = None
) -> list[PlannedStep]:
    """Every step for somebody of a time zone who joins at a moment, as if no cap or suppression stood in between."""
    loaded = load_one(sequence)
    plans = plan_all(loaded.timetables.of(timezone), [step.wait for step in loaded.steps], joined_at)
    return [
        PlannedStep(step.id, step.key, step.name, planned)
        for step, planned in zip(loaded.steps, plans, strict=True)
    ]


def timetable_of(sequence: Sequence, timezone: str | None = None) -> Timetable:
    """How the sequence reckons for people of a time zone; without one for those whose zone is not known."""
    return load_one(sequence).timetables.of(timezone)


def count_per_day(sequence: Sequence, *, since: datetime, days: int) -> dict[date, Counter[str]]:
    """Local day → step key → how many messages at most: caps, exits and suppressions can only make it fewer.

    People who are at the same point count as one question, so that an audience of a million takes no longer than
    its time zones and moments.
    """
    loaded = load_one(sequence)
    until = since + timedelta(days=days)
    found: dict[date, Counter[str]] = {}
    for (step_id, planned, timezone), count in _groups(loaded, since).items():
        timetable = loaded.timetables.of(timezone)
        next_step: LoadedStep | None = loaded.every[step_id]
        plan = planned
        while next_step is not None and plan.at < until:
            if plan.at >= since:
                found.setdefault(local_date(plan.at, timetable.timezone), Counter())[next_step.key] += count
            next_step = loaded.after(next_step.id)
            plan = timetable.after(plan, next_step.wait) if next_step else plan
    return found


_Group = tuple[int, Planned, str | None]
"""Step, when, and the time zone of the people."""


def _groups(loaded: Loaded, since: datetime) -> Counter[_Group]:
    groups: Counter[_Group] = Counter()
    asked = (
        select(Enrolment.step_id, Enrolment.due_at, Enrolment.next_run_at, Contact.timezone, func.count())
        .join(Contact, Contact.id == Enrolment.contact_id)
        .where(Enrolment.sequence_id == loaded.id, Enrolment.status == EnrolmentStatus.ACTIVE)
        .group_by(Enrolment.step_id, Enrolment.due_at, Enrolment.next_run_at, Contact.timezone)
    )
    for step_id, due_at, next_run_at, timezone, count in session.execute(asked):
        if step_id in loaded.every and due_at is not None:
            groups[step_id, Planned(due_at, max(next_run_at or due_at, since)), timezone] += count
    first = loaded.after(None)
    if first is None or loaded.status is SequenceStatus.FINISHED:
        return groups
    if loaded.status is SequenceStatus.RUNNING and loaded.row.enrols == "once" and loaded.row.enrolled_at:
        return groups
    here = BitMap(session.scalars(select(Enrolment.contact_id).where(Enrolment.sequence_id == loaded.id)))
    newcomers = audience_of(loaded.row, since) - here
    zones = (
        select(Contact.timezone, func.count())
        .where(one_of(session, Contact.id, newcomers))
        .group_by(Contact.timezone)
    )
    joined_at = max(since, loaded.row.starts_at or since)
    for timezone, count in session.execute(zones):
        groups[first.id, loaded.timetables.of(timezone).first(joined_at, first.wait), timezone] += count
    return groups
