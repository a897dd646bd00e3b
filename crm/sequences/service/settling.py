"""Messages came to an end: their steps settle, and the people move on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, tuple_, update

from crm.activity import service as activity
from crm.contacts.models import Contact
from crm.core.db import session
from crm.delivery.events import MessagesSettled, SettledMessage
from crm.delivery.reasons import Reason
from crm.delivery.states import MessageState
from crm.sequences.logic.schedule import Planned, Timetable
from crm.sequences.models import Enrolment, EnrolmentStatus, Outcome, StepRun
from crm.sequences.queries.loading import Loaded, load_sequences
from crm.sequences.service.advancing import STEP_RUNS, Moves

AT_ONCE = 400
OUTCOMES = {
    MessageState.SENT: Outcome.SENT,
    MessageState.KEPT: Outcome.SENT,
    MessageState.REFUSED: Outcome.FAILED,
    MessageState.UNCERTAIN: Outcome.UNCERTAIN,
    MessageState.DROPPED: Outcome.SKIPPED,
}
# Refused by ourselves rather than by a server: the message was never fit to be handed over.
_SKIPS = {Reason.MISSING_FIELD, Reason.UNSUBSCRIBED, Reason.SUPPRESSED}

_Fact = tuple[str, str, datetime, bool]
"""Campaign, step, when, and whether it stayed in the outbox."""

_SETTLE = (
    update(STEP_RUNS)
    .where(
        STEP_RUNS.c.enrolment_id == bindparam("b_enrolment_id"), STEP_RUNS.c.step_id == bindparam("b_step_id")
    )
    .values(outcome=bindparam("b_outcome"), reason=bindparam("b_reason"), at=bindparam("b_at"))
)


def settle_steps(event: MessagesSettled) -> None:
    """Each step settles once, with outcome and reason, in the transaction that settles its message."""
    messages = [message for message in event.messages if None not in (message.enrolment_id, message.step_id)]
    for start in range(0, len(messages), AT_ONCE):
        _settle(messages[start : start + AT_ONCE])


def _settle(messages: Sequence[SettledMessage]) -> None:
    pairs = [(message.enrolment_id, message.step_id) for message in messages]
    rows = {
        (row.enrolment_id, row.step_id): row
        for row in session.execute(
            select(
                StepRun.enrolment_id, StepRun.step_id, StepRun.outcome, StepRun.reason, StepRun.due_at,
                StepRun.planned_at, Enrolment.status, Enrolment.sequence_id, Enrolment.contact_id, Enrolment.next_run_at,
                Enrolment.step_id.label("current"), Contact.timezone,
            )
            .join(Enrolment, Enrolment.id == StepRun.enrolment_id)
            .join(Contact, Contact.id == Enrolment.contact_id)
            .where(tuple_(StepRun.enrolment_id, StepRun.step_id).in_(pairs))
        )
    }  # fmt: skip
    sequences = load_sequences({row.sequence_id for row in rows.values()})
    moves = Moves.none()
    settled: list[dict[str, Any]] = []
    facts: dict[_Fact, list[int]] = {}
    for message in messages:
        row = rows.get((message.enrolment_id, message.step_id))
        if row is None or not _may_settle(row.outcome, message.state):
            continue
        loaded = sequences[row.sequence_id]
        timetable = loaded.timetables.of(row.timezone)
        turned_out = _turned_out(row, message, timetable)
        settled.append(_settlement(row, message, turned_out))
        if message.state in (MessageState.SENT, MessageState.KEPT):
            facts.setdefault(_fact(row, message, loaded), []).append(row.contact_id)
        _move_on(row, loaded, timetable, turned_out, moves)
    if settled:
        session.execute(_SETTLE, settled)
        moves.write()
    for (campaign, step, at, is_kept), contact_ids in facts.items():
        activity.record_many(
            contact_ids, "sent", at=at, campaign=campaign, step=step, detail={"kept": True} if is_kept else {}
        )


def _may_settle(outcome: Outcome, state: MessageState) -> bool:
    """Once; only what was uncertain may still turn out to be sent."""
    if outcome is Outcome.UNCERTAIN:
        return state is not MessageState.UNCERTAIN
    return outcome in (Outcome.PLANNED, Outcome.HELD)


def _turned_out(row: Any, message: SettledMessage, timetable: Timetable) -> Planned:
    moved_by = Reason(row.reason) if row.reason and row.outcome is Outcome.PLANNED else None
    planned = Planned(row.due_at, row.planned_at, moved_by)
    return timetable.settled_at(planned, message.at)


def _settlement(row: Any, message: SettledMessage, turned_out: Planned) -> dict[str, Any]:
    outcome = OUTCOMES[message.state]
    if outcome is Outcome.FAILED and message.reason in _SKIPS:
        outcome = Outcome.SKIPPED
    reason = turned_out.moved_by if outcome is Outcome.SENT else message.reason
    return {
        "b_enrolment_id": row.enrolment_id, "b_step_id": row.step_id, "b_outcome": outcome, "b_reason": reason,
        "b_at": turned_out.at if outcome is Outcome.SENT else max(row.planned_at, message.at),
    }  # fmt: skip


def _fact(row: Any, message: SettledMessage, loaded: Loaded) -> _Fact:
    step = loaded.every.get(row.step_id)
    return loaded.slug, step.key if step else "", message.at, message.state is MessageState.KEPT


def _move_on(row: Any, loaded: Loaded, timetable: Timetable, turned_out: Planned, moves: Moves) -> None:
    is_waiting_for_it = row.current == row.step_id and row.next_run_at is None
    if row.status is EnrolmentStatus.ACTIVE and is_waiting_for_it:
        moves.to_next(row.enrolment_id, loaded, row.step_id, timetable, turned_out)
