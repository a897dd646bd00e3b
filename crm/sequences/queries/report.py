"""How a sequence went so far: outcomes and reasons, step by step."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence as Rows
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from crm.contacts.models import Contact
from crm.contacts.queries import visible_ids
from crm.core.db import session
from crm.core.dialect import one_of
from crm.core.paging import PAGE_SIZE, Page, offset_of
from crm.core.permissions import Viewer
from crm.sequences.models import Enrolment, EnrolmentStatus, Outcome, Sequence, Step, StepRun


@dataclass
class StepReport:
    """One step in numbers. Entered is whom it came to, waiting whom it is next for."""

    step_id: int
    key: str
    name: str
    is_removed: bool
    waiting: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    reasons: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    @property
    def entered(self) -> int:
        return self.outcomes.total()


@dataclass
class Report:
    enrolled: int
    statuses: dict[EnrolmentStatus, int]
    left: dict[str, int]
    """Reason → how many left before the end."""
    steps: list[StepReport]

    @property
    def outcomes(self) -> Counter[str]:
        return sum((step.outcomes for step in self.steps), Counter())

    def as_json(self) -> dict[str, Any]:
        """What `peyvand campaign report --json` prints."""
        return {
            "enrolled": self.enrolled,
            "outcomes": dict(self.outcomes),
            "left": self.left,
            "steps": [
                {
                    "step": step.key, "name": step.name, "entered": step.entered, "waiting": step.waiting,
                    "outcomes": dict(step.outcomes),
                    "reasons": {outcome: dict(reasons) for outcome, reasons in step.reasons.items()},
                }
                for step in self.steps
            ],
        }  # fmt: skip


def report_of(sequence: Sequence) -> Report:
    """Everything counted now; removed steps are there as long as they ran."""
    steps = {
        row.id: StepReport(row.id, row.key, row.name, row.removed_at is not None)
        for row in session.execute(
            select(Step.id, Step.key, Step.name, Step.removed_at)
            .where(Step.sequence_id == sequence.id)
            .order_by(Step.position, Step.id)
        )
    }
    runs = select(StepRun.step_id, StepRun.outcome, StepRun.reason, func.count()).where(
        StepRun.step_id.in_(list(steps))
    )
    for step_id, outcome, reason, count in session.execute(
        runs.group_by(StepRun.step_id, StepRun.outcome, StepRun.reason)
    ):
        steps[step_id].outcomes[outcome.value] += count
        if reason:
            steps[step_id].reasons[outcome.value][reason] += count
    people = (
        select(Enrolment.status, Enrolment.reason, Enrolment.step_id, func.count())
        .where(Enrolment.sequence_id == sequence.id)
        .group_by(Enrolment.status, Enrolment.reason, Enrolment.step_id)
    )
    statuses: Counter[EnrolmentStatus] = Counter()
    left: Counter[str] = Counter()
    for status, reason, current, count in session.execute(people):
        statuses[status] += count
        if status is EnrolmentStatus.EXITED:
            left[reason or ""] += count
        if status is EnrolmentStatus.ACTIVE and current in steps:
            steps[current].waiting += count
    there = [step for step in steps.values() if step.entered or not step.is_removed]
    return Report(sum(statuses.values()), dict(statuses), dict(left), there)


@dataclass(frozen=True)
class PersonOnTheWay:
    enrolment: Enrolment
    contact: Contact
    step_name: str | None


def list_people(
    sequence: Sequence, viewer: Viewer, *, status: EnrolmentStatus | None = None, number: int = 1
) -> Page[PersonOnTheWay]:
    """Who is or was in the sequence, of those the viewer may see; the next to get something first."""
    asked = (
        select(Enrolment, Contact, Step.name)
        .join(Contact, Contact.id == Enrolment.contact_id)
        .outerjoin(Step, Step.id == Enrolment.step_id)
        .where(Enrolment.sequence_id == sequence.id)
    )
    seen = visible_ids(viewer)
    if seen is not None:
        asked = asked.where(one_of(session, Enrolment.contact_id, seen))
    if status is not None:
        asked = asked.where(Enrolment.status == status)
    total = (
        session.scalar(select(func.count()).select_from(asked.with_only_columns(Enrolment.id).subquery()))
        or 0
    )
    order = (Enrolment.next_run_at.is_(None), Enrolment.next_run_at, Enrolment.id)
    rows = session.execute(asked.order_by(*order).offset(offset_of(number)).limit(PAGE_SIZE))
    return Page(
        [PersonOnTheWay(enrolment, contact, name) for enrolment, contact, name in rows], total, number
    )


@dataclass(frozen=True)
class ContactRun:
    """One settled step of one person, for the panel and for “why did she (not) get this?”."""

    campaign: str
    sequence_id: int
    step: str
    outcome: Outcome
    reason: str | None
    at: datetime


def list_contact_enrolments(contact_id: int) -> Rows[tuple[Enrolment, Sequence, str | None]]:
    """Every way of a contact through a sequence, the newest first, with the name of the next step."""
    rows = session.execute(
        select(Enrolment, Sequence, Step.name)
        .join(Sequence, Sequence.id == Enrolment.sequence_id)
        .outerjoin(Step, Step.id == Enrolment.step_id)
        .where(Enrolment.contact_id == contact_id)
        .order_by(Enrolment.enrolled_at.desc(), Enrolment.id.desc())
    )
    return [(enrolment, sequence, name) for enrolment, sequence, name in rows]


def list_contact_runs(contact_id: int, *, sequence_id: int | None = None) -> list[ContactRun]:
    """What became of each step for a contact, in the order of time."""
    asked = (
        select(Sequence.name, Sequence.id, Step.name, StepRun.outcome, StepRun.reason, StepRun.at)
        .join(Enrolment, Enrolment.id == StepRun.enrolment_id)
        .join(Step, Step.id == StepRun.step_id)
        .join(Sequence, Sequence.id == Enrolment.sequence_id)
        .where(Enrolment.contact_id == contact_id)
        .order_by(StepRun.at, Step.position)
    )
    if sequence_id is not None:
        asked = asked.where(Enrolment.sequence_id == sequence_id)
    return [ContactRun(*row) for row in session.execute(asked)]
