"""The report of a campaign: how each step went, where people stand, and why some left."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from sqlalchemy import func, select

from crm.campaigns.timeline import hue_of
from crm.core.db import session
from crm.sequences.models import Enrolment, EnrolmentStatus, Outcome, Step, StepRun
from crm.sequences.models import Sequence as Campaign


@dataclass(slots=True)
class StepTally:
    """One row of the report."""

    key: str
    name: str
    number: int | None
    """Its place; none for a step that was removed."""
    entered: int
    waiting: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    skipped: Counter[str] = field(default_factory=Counter)

    @property
    def hue(self) -> int:
        return hue_of(self.number or 1)

    @property
    def is_removed(self) -> bool:
        return self.number is None

    @property
    def sent(self) -> int:
        return self.outcomes[Outcome.SENT]

    @property
    def failed(self) -> int:
        return self.outcomes[Outcome.FAILED]

    @property
    def uncertain(self) -> int:
        return self.outcomes[Outcome.UNCERTAIN]

    @property
    def share_sent(self) -> int:
        """Percent of everyone who entered."""
        return round(100 * self.sent / self.entered) if self.entered else 0

    @property
    def share_settled(self) -> int:
        return round(100 * sum(self.outcomes.values()) / self.entered) if self.entered else 0


@dataclass(frozen=True, slots=True)
class Report:
    entered: int
    active: int
    finished: int
    left: int
    left_by: dict[str, int]
    steps: list[StepTally]

    @property
    def sent(self) -> int:
        return sum(step.sent for step in self.steps)


def report_of(campaign: Campaign) -> Report:
    """The numbers as they stand now."""
    statuses: Counter[EnrolmentStatus] = Counter()
    left_by: Counter[str] = Counter()
    people = select(Enrolment.status, Enrolment.reason, func.count()).where(
        Enrolment.sequence_id == campaign.id
    )
    for status, reason, count in session.execute(people.group_by(Enrolment.status, Enrolment.reason)):
        statuses[status] += count
        if status is EnrolmentStatus.EXITED:
            left_by[reason or "exited"] += count
    return Report(
        entered=sum(statuses.values()),
        active=statuses[EnrolmentStatus.ACTIVE],
        finished=statuses[EnrolmentStatus.FINISHED],
        left=statuses[EnrolmentStatus.EXITED],
        left_by=dict(left_by.most_common()),
        steps=_steps(campaign, sum(statuses.values())),
    )


def _steps(campaign: Campaign, entered: int) -> list[StepTally]:
    rows = session.execute(
        select(Step.id, Step.key, Step.name, Step.removed_at)
        .where(Step.sequence_id == campaign.id)
        .order_by(Step.removed_at.is_not(None), Step.position, Step.id)
    )
    tallies: dict[int, StepTally] = {}
    for number, (step_id, key, name, removed_at) in enumerate(rows, start=1):
        tallies[step_id] = StepTally(key, name, None if removed_at else number, entered)
    _count_runs(campaign, tallies)
    waiting = select(Enrolment.step_id, func.count()).where(
        Enrolment.sequence_id == campaign.id,
        Enrolment.status == EnrolmentStatus.ACTIVE,
        Enrolment.step_id.is_not(None),
    )
    for at_step, count in session.execute(waiting.group_by(Enrolment.step_id)):
        tallies[at_step or 0].waiting = count
    return [tally for tally in tallies.values() if not tally.is_removed or tally.outcomes]


def _count_runs(campaign: Campaign, tallies: dict[int, StepTally]) -> None:
    runs = (
        select(StepRun.step_id, StepRun.outcome, StepRun.reason, func.count())
        .join(Step, Step.id == StepRun.step_id)
        .where(Step.sequence_id == campaign.id)
        .group_by(StepRun.step_id, StepRun.outcome, StepRun.reason)
    )
    for step_id, outcome, reason, count in session.execute(runs):
        tallies[step_id].outcomes[outcome] += count
        if outcome is Outcome.SKIPPED:
            tallies[step_id].skipped[reason or "exited"] += count
