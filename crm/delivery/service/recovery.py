"""What workers left behind that are no more: ready again when it never left, uncertain when nobody can know."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import or_, select, text, update

from crm.core.db import session
from crm.core.dialect import locked
from crm.core.errors import Conflict
from crm.core.events import publish
from crm.core.messages import N_
from crm.delivery.events import MessagesSettled, SettledMessage
from crm.delivery.models import Message
from crm.delivery.reasons import Reason
from crm.delivery.service.claims import HOST
from crm.delivery.service.claims import owner as our_name
from crm.delivery.states import MessageState, WhenUncertain

RESEND_AFTER = timedelta(minutes=5)
MOST_RESENDS = 3


def sweep_abandoned(now: datetime) -> int:
    """Messages of workers that are gone, or whose lease ran out: ready again, or uncertain when at the wire."""
    on_the_way = text("message.state IN ('leased','at_wire')")
    owners = session.scalars(select(Message.lease_owner).where(on_the_way).distinct())
    gone = [owner for owner in owners if owner and _is_gone(owner)]
    abandoned = or_(Message.lease_until < now, Message.lease_owner.in_(gone))
    rows = session.execute(
        locked(
            session,
            select(
                Message.id, Message.state, Message.contact_id, Message.enrolment_id, Message.step_id,
                Message.when_uncertain, Message.attempts,
            ).where(on_the_way, abandoned).order_by(Message.id).limit(2000),
        )
    ).all()  # fmt: skip
    leased = [row.id for row in rows if row.state is MessageState.LEASED]
    at_wire = [row for row in rows if row.state is MessageState.AT_WIRE]
    again = [
        row.id
        for row in at_wire
        if row.when_uncertain is WhenUncertain.RESEND and row.attempts < MOST_RESENDS
    ]
    unknown = [row for row in at_wire if row.id not in set(again)]
    _make_ready(leased, {})
    _make_ready(again, {"run_at": now + RESEND_AFTER, "attempts": Message.attempts + 1})
    _make_uncertain(unknown, now)
    return len(rows)


def _make_uncertain(rows: Sequence[Any], now: datetime) -> None:
    if not rows:
        return
    session.execute(
        update(Message)
        .where(Message.id.in_([row.id for row in rows]))
        .values(state=MessageState.UNCERTAIN, reason=Reason.NO_ANSWER, settled_at=now, lease_until=None)
    )
    state, reason = MessageState.UNCERTAIN, Reason.NO_ANSWER
    publish(
        MessagesSettled(
            [
                SettledMessage(row.id, row.contact_id, row.enrolment_id, row.step_id, state, reason, now)
                for row in rows
            ]
        )
    )


def _make_ready(ids: Sequence[int], change: Mapping[str, Any]) -> None:
    if ids:
        session.execute(
            update(Message)
            .where(Message.id.in_(ids))
            .values(state=MessageState.READY, lease_owner=None, lease_until=None, **change)
        )


def _is_gone(owner: str) -> bool:
    """Whether a worker of this machine is no more; of other machines only the lease tells."""
    host, _, rest = owner.partition(":")
    pid = rest.partition(":")[0]
    if host != HOST or owner == our_name() or not pid.isdigit():
        return False
    if int(pid) == os.getpid():
        return True
    status = Path(f"/proc/{pid}/stat")
    if Path("/proc/self/stat").exists():
        try:
            return status.read_text().rpartition(")")[2].split()[0] == "Z"
        except OSError:
            return True
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def resolve_uncertain(message: Message, *, arrived: bool) -> None:
    """A person, or an open, click or bounce, tells what became of it; sending it again is a choice, never a habit."""
    if message.state is not MessageState.UNCERTAIN:
        raise Conflict(N_("This message is not uncertain any more."))
    if arrived:
        message.state, message.reason = MessageState.SENT, Reason.BY_HAND
        publish(
            MessagesSettled(
                [
                    SettledMessage(
                        message.id, message.contact_id, message.enrolment_id, message.step_id,
                        MessageState.SENT, None, message.settled_at or message.planned_at,
                    )
                ]
            )
        )  # fmt: skip
    else:
        message.state, message.reason, message.lease_owner = MessageState.READY, None, None
        message.settled_at = None
    session.flush()
