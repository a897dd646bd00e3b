"""Enrolments move on: the next step is planned, or the way is at its end. All in bulk."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, and_, bindparam, insert, literal, select, update

from crm.core import clock
from crm.core.db import session
from crm.core.dialect import insert_new
from crm.delivery.models import Message
from crm.delivery.reasons import Reason
from crm.delivery.service.queue import drop_messages
from crm.sequences.logic.schedule import Planned, Timetable
from crm.sequences.models import Enrolment, EnrolmentStatus, Outcome, SequenceStatus, Step, StepRun
from crm.sequences.queries.loading import Loaded, LoadedStep

ENROLMENTS = cast("Table", Enrolment.__table__)
STEP_RUNS = cast("Table", StepRun.__table__)
AT_ONCE = 400

_SET_NEXT = (
    update(ENROLMENTS)
    .where(ENROLMENTS.c.id == bindparam("b_id"), ENROLMENTS.c.status == EnrolmentStatus.ACTIVE)
    .values(
        status=bindparam("b_status"), step_id=bindparam("b_step_id"), due_at=bindparam("b_due_at"),
        next_run_at=bindparam("b_next_run_at"), moved_by=bindparam("b_moved_by"), ended_at=bindparam("b_ended_at"),
        deferrals=bindparam("b_deferrals"),
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Run:
    """How a step went, for one row of `step_run`."""

    enrolment_id: int
    step_id: int
    outcome: Outcome
    reason: Reason | None
    planned: Planned
    at: datetime


def record_runs(runs: Sequence[Run]) -> None:
    if runs:
        session.execute(
            insert(STEP_RUNS),
            [
                {
                    "enrolment_id": run.enrolment_id, "step_id": run.step_id, "outcome": run.outcome,
                    "reason": run.reason, "due_at": run.planned.due_at, "planned_at": run.planned.at, "at": run.at,
                }
                for run in runs
            ],
        )  # fmt: skip


@dataclass(slots=True)
class Moves:
    """Changes of enrolments, gathered and written together."""

    rows: list[dict[str, Any]]

    @classmethod
    def none(cls) -> Moves:
        return cls([])

    def to_next(
        self, enrolment_id: int, loaded: Loaded, step_id: int | None, timetable: Timetable, former: Planned
    ) -> None:
        """On to the step after one that went as planned, or to the end."""
        step = loaded.after(step_id)
        if step is None:
            self._add(enrolment_id, EnrolmentStatus.FINISHED, step_id, None, ended_at=clock.now())
        else:
            self.to(enrolment_id, loaded, step, timetable.after(former, step.wait))

    def to(
        self, enrolment_id: int, loaded: Loaded, step: LoadedStep, planned: Planned, *, deferrals: int = 0
    ) -> None:
        """A step is planned; in a paused sequence without a moment to run, which resuming gives it."""
        self._add(
            enrolment_id, EnrolmentStatus.ACTIVE, step.id, planned,
            is_paused=loaded.status is not SequenceStatus.RUNNING, deferrals=deferrals,
        )  # fmt: skip

    def write(self) -> None:
        if self.rows:
            finished = [row["b_id"] for row in self.rows if row["b_status"] is EnrolmentStatus.FINISHED]
            for start in range(0, len(finished), AT_ONCE):
                _settle_remaining(finished[start : start + AT_ONCE], Reason.PASSED_OVER)
            session.execute(_SET_NEXT, self.rows)
            self.rows = []

    def _add(
        self, enrolment_id: int, status: EnrolmentStatus, step_id: int | None, planned: Planned | None,
        *, is_paused: bool = False, ended_at: datetime | None = None, deferrals: int = 0,
    ) -> None:  # fmt: skip
        self.rows.append(
            {
                "b_id": enrolment_id, "b_status": status, "b_step_id": step_id,
                "b_due_at": planned.due_at if planned else None,
                "b_next_run_at": planned.at if planned and not is_paused else None,
                "b_moved_by": planned.moved_by if planned else None, "b_ended_at": ended_at, "b_deferrals": deferrals,
            }
        )  # fmt: skip


def wait_for_messages(enrolment_ids: Collection[int]) -> None:
    """Nothing more happens to these until their messages settle."""
    if enrolment_ids:
        session.execute(
            update(Enrolment).where(Enrolment.id.in_(list(enrolment_ids))).values(next_run_at=None)
        )


def leave(
    enrolment_ids: Collection[int], reason: Reason, *, status: EnrolmentStatus = EnrolmentStatus.EXITED
) -> int:
    """People leave: what is queued for them is dropped, and every step still to come settles with the reason."""
    ids = sorted(enrolment_ids)
    for start in range(0, len(ids), AT_ONCE):
        part = ids[start : start + AT_ONCE]
        _settle_remaining(part, reason)
        session.execute(
            update(Enrolment)
            .where(Enrolment.id.in_(part), Enrolment.status == EnrolmentStatus.ACTIVE)
            .values(status=status, reason=reason, ended_at=clock.now(), next_run_at=None)
        )
        drop_messages(Message.enrolment_id.in_(part), reason)
    return len(ids)


def _settle_remaining(enrolment_ids: Sequence[int], reason: Reason) -> None:
    """Every step of these that has no outcome yet gets this one, so that nobody has to guess."""
    now = literal(clock.now(), ENROLMENTS.c.enrolled_at.type)
    outcome = literal(Outcome.SKIPPED, STEP_RUNS.c.outcome.type)
    remaining = (
        select(Enrolment.id, Step.id, outcome, literal(reason.value), now, now, now)
        .join(Step, and_(Step.sequence_id == Enrolment.sequence_id, Step.removed_at.is_(None)))
        .where(Enrolment.id.in_(enrolment_ids), Enrolment.status == EnrolmentStatus.ACTIVE)
    )
    columns = ["enrolment_id", "step_id", "outcome", "reason", "due_at", "planned_at", "at"]
    session.execute(insert_new(session, STEP_RUNS).from_select(columns, remaining))
