"""What the engine asks about itself: what is due, and what speaks against handing a message over."""

from __future__ import annotations

from collections.abc import Sequence as Rows
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, text

from crm.contacts.models import Contact
from crm.core.db import session
from crm.delivery.queries import BARRED_STATUSES
from crm.delivery.reasons import Reason
from crm.delivery.service.claims import Claimed, Drop, PutOff, Verdict
from crm.sequences.models import Enrolment, EnrolmentStatus, Sequence, SequenceStatus
from crm.sequences.queries.loading import load_sequences

ON_ITS_WAY = timedelta(minutes=1)


def oldest_due(now: datetime) -> datetime | None:
    """Since when a step, or a sequence that is to start, has been waiting."""
    step = session.scalar(
        select(func.min(Enrolment.next_run_at)).where(
            text("enrolment.status = 'active'"), Enrolment.next_run_at <= now
        )
    )
    start = session.scalar(
        select(func.min(Sequence.starts_at)).where(
            Sequence.status == SequenceStatus.SCHEDULED, Sequence.starts_at <= now
        )
    )
    return min((moment for moment in (step, start) if moment), default=None)


def check_messages(messages: Rows[Claimed], now: datetime) -> dict[int, Verdict]:
    """The last look before the wire: whether the person left, the sequence stopped, or the window closed."""
    ids = [message.enrolment_id for message in messages if message.enrolment_id is not None]
    rows = {
        row.id: row
        for row in session.execute(
            select(
                Enrolment.id, Enrolment.status, Enrolment.reason, Enrolment.sequence_id,
                Contact.timezone, Contact.email_status, Contact.archived_at,
            )
            .join(Contact, Contact.id == Enrolment.contact_id)
            .where(Enrolment.id.in_(ids))
        )
    }  # fmt: skip
    sequences = load_sequences({row.sequence_id for row in rows.values()})
    ours = [message for message in messages if message.sequence_id is not None]
    verdicts = {message.id: _verdict(rows.get(message.enrolment_id or 0), sequences, now) for message in ours}
    return {message_id: verdict for message_id, verdict in verdicts.items() if verdict is not None}


def _verdict(row: Any, sequences: Any, now: datetime) -> Verdict | None:
    if row is None:
        return Drop(Reason.EXITED)
    barred = BARRED_STATUSES.get(row.email_status)
    if barred is not None:
        return Drop(barred)
    if row.archived_at is not None:
        return Drop(Reason.ARCHIVED)
    if row.status is EnrolmentStatus.EXITED:
        return Drop(Reason(row.reason) if row.reason else Reason.EXITED)
    loaded = sequences[row.sequence_id]
    if loaded.status is SequenceStatus.FINISHED:
        return Drop(Reason.ENDED)
    if loaded.status is not SequenceStatus.RUNNING:
        return PutOff(Reason.PAUSED, None)
    window = loaded.timetables.of(row.timezone).window
    # What is planned for the last moment of the window may be on its way a little while.
    opens_at, moved_by = window.next_open(now)
    return PutOff(Reason(moved_by), opens_at) if moved_by and not window.is_open(now - ON_ITS_WAY) else None
