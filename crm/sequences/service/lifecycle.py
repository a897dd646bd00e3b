"""A sequence is started, paused, resumed and finished."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import case, exists, select, update

from crm.core import clock
from crm.core.db import session
from crm.core.dialect import later_by
from crm.core.errors import Conflict, Invalid
from crm.core.events import publish
from crm.core.messages import N_
from crm.delivery.models import Message
from crm.delivery.reasons import Reason
from crm.delivery.service.queue import drop_messages, hold_messages, release_messages
from crm.sequences.events import SequenceFinished, SequenceStarted
from crm.sequences.models import Enrolment, EnrolmentStatus, Outcome, Sequence, SequenceStatus, StepRun
from crm.sequences.queries.loading import load_one
from crm.sequences.service.advancing import leave

AT_ONCE = 2000


def start(sequence: Sequence, *, at: datetime | None = None) -> None:
    """Let it run from now on, or from a moment ahead; the first people come in at the next tick."""
    if sequence.status not in (SequenceStatus.DRAFT, SequenceStatus.SCHEDULED):
        raise Conflict(N_("This campaign was started already."))
    if load_one(sequence).after(None) is None:
        raise Invalid(N_("The campaign has no steps yet."))
    now = clock.now()
    is_ahead = at is not None and at > now
    sequence.status = SequenceStatus.SCHEDULED if is_ahead else SequenceStatus.RUNNING
    sequence.starts_at = at if is_ahead else None
    sequence.started_at = None if is_ahead else now
    session.flush()
    publish(SequenceStarted(sequence.id))


def start_scheduled(now: datetime) -> int:
    """Sequences whose day has come."""
    due = select(Sequence).where(Sequence.status == SequenceStatus.SCHEDULED, Sequence.starts_at <= now)
    started = session.scalars(due).all()
    for sequence in started:
        sequence.status, sequence.started_at = SequenceStatus.RUNNING, now
    session.flush()
    return len(started)


def unschedule(sequence: Sequence) -> None:
    """Back to a draft, before anything happened."""
    if sequence.status is not SequenceStatus.SCHEDULED:
        raise Conflict(N_("Only a campaign that has not begun yet can become a draft again."))
    sequence.status, sequence.starts_at = SequenceStatus.DRAFT, None
    session.flush()


def pause(sequence: Sequence) -> None:
    """Stop the clocks: whatever is left to wait now will still be left when it goes on. Queued messages stay here."""
    if sequence.status is not SequenceStatus.RUNNING:
        raise Conflict(N_("Only a running campaign can be paused."))
    sequence.status, sequence.paused_at = SequenceStatus.PAUSED, clock.now()
    session.flush()
    session.execute(
        update(Enrolment)
        .where(Enrolment.sequence_id == sequence.id, Enrolment.status == EnrolmentStatus.ACTIVE)
        .values(next_run_at=None)
    )
    hold_messages(Message.sequence_id == sequence.id, Reason.PAUSED)


def resume(sequence: Sequence) -> None:
    """Go on: every waiting step is due later by the length of the pause, and so is all that follows it."""
    if sequence.status is not SequenceStatus.PAUSED or sequence.paused_at is None:
        raise Conflict(N_("Only a paused campaign can go on."))
    now = clock.now()
    due_at = later_by(session, Enrolment.due_at, max(0.0, (now - sequence.paused_at).total_seconds()))
    has_run = exists().where(StepRun.enrolment_id == Enrolment.id, StepRun.step_id == Enrolment.step_id)
    session.execute(
        update(Enrolment)
        .where(Enrolment.sequence_id == sequence.id, Enrolment.status == EnrolmentStatus.ACTIVE, ~has_run)
        .values(
            due_at=due_at, next_run_at=case((due_at > now, due_at), else_=now), moved_by=Reason.PAUSED.value
        )
        .execution_options(synchronize_session=False)
    )
    sequence.status, sequence.paused_at = SequenceStatus.RUNNING, None
    session.flush()
    release_messages(Message.sequence_id == sequence.id, Reason.PAUSED)


def finish(sequence: Sequence) -> None:
    """End it for everybody: what is planned or held settles as skipped, what is at the wire goes its way."""
    if sequence.status in (SequenceStatus.DRAFT, SequenceStatus.FINISHED):
        raise Conflict(N_("Only a campaign that was started can be finished."))
    _mark_finished(sequence)
    on_the_way = (
        select(Enrolment.id)
        .where(Enrolment.sequence_id == sequence.id, Enrolment.status == EnrolmentStatus.ACTIVE)
        .order_by(Enrolment.id)
        .limit(AT_ONCE)
    )
    while ids := list(session.scalars(on_the_way)):
        leave(ids, Reason.ENDED, status=EnrolmentStatus.FINISHED)
    drop_messages(Message.sequence_id == sequence.id, Reason.ENDED)


def finish_done() -> int:
    """Sequences that took everybody in once are over when the last one is through."""
    unsettled = exists().where(
        StepRun.enrolment_id == Enrolment.id, StepRun.outcome.in_((Outcome.PLANNED, Outcome.HELD))
    )
    is_open = exists().where(
        Enrolment.sequence_id == Sequence.id, (Enrolment.status == EnrolmentStatus.ACTIVE) | unsettled
    )
    done = select(Sequence).where(
        Sequence.status == SequenceStatus.RUNNING,
        Sequence.enrols == "once",
        Sequence.enrolled_at.is_not(None),
        ~is_open,
    )
    finished = session.scalars(done).all()
    for sequence in finished:
        _mark_finished(sequence)
    return len(finished)


def _mark_finished(sequence: Sequence) -> None:
    sequence.status, sequence.finished_at = SequenceStatus.FINISHED, clock.now()
    session.flush()
    publish(SequenceFinished(sequence.id))
