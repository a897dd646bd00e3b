"""People on their way, as the dry run takes them on: where each stands, what ran before, what is being sent."""

from __future__ import annotations

from collections.abc import Sequence as Rows
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from pyroaring import BitMap
from sqlalchemy import select

from crm.core.db import session
from crm.core.dialect import one_of
from crm.delivery.models import Message
from crm.delivery.reasons import Reason
from crm.delivery.states import MessageState
from crm.sequences.logic.schedule import Planned
from crm.sequences.models import Enrolment, EnrolmentStatus, Outcome, StepRun
from crm.sequences.queries.loading import Loaded, LoadedStep


@dataclass(slots=True)
class Walker:
    """One enrolment, real or foreseen."""

    id: int
    sequence_id: int
    contact_id: int
    enrolled_at: datetime
    step: LoadedStep | None
    planned: Planned
    deferrals: int = 0
    ran: set[int] = field(default_factory=set)
    round: int = 0
    message: tuple[MessageState, str | None, datetime] | None = None
    """State, reason and moment of a message that is on its way already."""


def read_walkers(people: BitMap, sequences: dict[int, Loaded], since: datetime) -> list[Walker]:
    """The active enrolments of these people in these sequences."""
    rows = session.execute(
        select(
            Enrolment.id, Enrolment.sequence_id, Enrolment.contact_id, Enrolment.enrolled_at, Enrolment.step_id,
            Enrolment.due_at, Enrolment.next_run_at, Enrolment.moved_by, Enrolment.deferrals,
        ).where(
            Enrolment.sequence_id.in_(list(sequences)), Enrolment.status == EnrolmentStatus.ACTIVE,
            one_of(session, Enrolment.contact_id, people),
        ).order_by(Enrolment.id)
    ).all()  # fmt: skip
    ran, messages = _history([row.id for row in rows])
    return [walker for row in rows if (walker := _walker(row, sequences, ran, messages, since))]


def _walker(
    row: Any, sequences: dict[int, Loaded], ran: Any, messages: Any, since: datetime
) -> Walker | None:
    loaded = sequences[row.sequence_id]
    message = messages.get((row.id, row.step_id))
    moved_by = Reason(row.moved_by) if row.moved_by else None
    due_at = row.due_at or since
    at = row.next_run_at
    if message is not None:
        at = at or message[3]
    elif at is None:
        # Paused: looked at as if it went on at the moment asked about.
        due_at += max(timedelta(0), since - loaded.row.paused_at) if loaded.row.paused_at else timedelta(0)
        at, moved_by = max(due_at, since), Reason.PAUSED
    walker = Walker(
        row.id, row.sequence_id, row.contact_id, row.enrolled_at, loaded.every.get(row.step_id),
        Planned(due_at, at, moved_by), row.deferrals, ran.get(row.id, set()),
    )  # fmt: skip
    if message is not None:
        walker.message = message[:3]
        walker.planned = Planned(due_at, message[3], moved_by)
    return walker


def _history(enrolment_ids: Rows[int]) -> tuple[dict[int, set[int]], dict[tuple[int, int], Any]]:
    """Steps that ran, and messages that are on their way, of these enrolments."""
    ran: dict[int, set[int]] = {}
    waiting = (Outcome.PLANNED, Outcome.HELD)
    asked = select(StepRun.enrolment_id, StepRun.step_id, StepRun.outcome, StepRun.planned_at)
    planned: dict[tuple[int, int], datetime] = {}
    for enrolment_id, step_id, outcome, planned_at in session.execute(
        asked.where(one_of(session, StepRun.enrolment_id, enrolment_ids))
    ):
        if outcome in waiting:
            planned[enrolment_id, step_id] = planned_at
        else:
            ran.setdefault(enrolment_id, set()).add(step_id)
    messages: dict[tuple[int, int], Any] = {}
    rows = select(Message.enrolment_id, Message.step_id, Message.state, Message.reason, Message.run_at).where(
        one_of(session, Message.enrolment_id, [enrolment_id for enrolment_id, _ in planned])
    )
    for row in session.execute(rows):
        key = (row.enrolment_id, row.step_id)
        if key in planned:
            messages[key] = (row.state, row.reason, row.run_at, planned[key])
    return ran, messages
