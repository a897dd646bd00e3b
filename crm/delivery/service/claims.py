"""The states of a message on its way: leased, at the wire, settled. Every change asks whose it is first."""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select, text, update

from crm.core.db import session
from crm.core.dialect import claimable, locked
from crm.core.events import publish
from crm.delivery import queries
from crm.delivery.events import MessagesSettled, SettledMessage
from crm.delivery.models import MailContent, Message
from crm.delivery.reasons import Reason
from crm.delivery.service.composing import Composable
from crm.delivery.service.queue import MESSAGES, settle_unsent
from crm.delivery.states import MessageKind, MessageState, WhenUncertain

LEASE = timedelta(minutes=15)
"""More than the longest that one message can take with all time-outs (`Timeouts.one_letter`), three times over."""
HOST = socket.gethostname()
_token = (os.getpid(), secrets.token_hex(4))


def owner() -> str:
    """Who we are: this process on this machine, and told apart from one before us with the same number."""
    global _token  # noqa: PLW0603 - one name for each process, made anew after a fork
    if _token[0] != os.getpid():
        # A worker is forked from the server, and must not take itself for it.
        _token = (os.getpid(), secrets.token_hex(4))
    return f"{HOST}:{_token[0]}:{_token[1]}"


@dataclass(frozen=True, slots=True)
class Claimed:
    """A leased message with all that sending it takes."""

    letter: Composable
    contact_id: int | None
    sequence_id: int | None
    enrolment_id: int | None
    step_id: int | None
    campaign: str | None
    step: str | None
    address_key: str
    planned_at: datetime
    attempts: int
    created_at: datetime
    when_uncertain: WhenUncertain

    @property
    def id(self) -> int:
        return self.letter.id


@dataclass(frozen=True, slots=True)
class Drop:
    """It must not leave any more."""

    reason: Reason


@dataclass(frozen=True, slots=True)
class PutOff:
    """It may leave later; with `until` None when somebody says so."""

    reason: Reason
    until: datetime | None


Verdict = Drop | PutOff
Check = Callable[[Sequence[Claimed], datetime], Mapping[int, Verdict]]
_checks: list[Check] = []


def check_before_hand_over(check: Check) -> None:
    """Let a feature above have the last word, in the transaction just before the wire: message id → what against it."""
    if check not in _checks:
        _checks.append(check)


def claim(now: datetime, limit: int) -> list[Claimed]:
    """Lease what is due, transactional mail first; call in a unit of work."""
    ids: list[int] = []
    for kind in (MessageKind.TRANSACTIONAL, MessageKind.TEST, MessageKind.CAMPAIGN):
        due = (
            select(Message.id)
            .where(text("message.state = 'ready'"), Message.kind == kind, Message.run_at <= now)
            .order_by(Message.run_at, Message.id)
            .limit(limit - len(ids))
        )
        if len(ids) < limit:
            ids += session.scalars(claimable(session, due))
    if ids:
        session.execute(
            update(Message)
            .where(Message.id.in_(ids))
            .values(state=MessageState.LEASED, lease_owner=owner(), lease_until=now + LEASE)
        )
    return _load(ids)


def _load(ids: Sequence[int]) -> list[Claimed]:
    if not ids:
        return []
    table = MESSAGES.c
    columns = [
        column
        for column in table
        if column.name not in {"state", "lease_owner", "lease_until", "response", "reason"}
    ]
    rows = {row.id: row for row in session.execute(select(*columns).where(table.id.in_(ids)))}
    content_ids = {row.content_id for row in rows.values()}
    contents = {
        row.id: row
        for row in session.execute(
            select(MailContent.id, MailContent.subject, MailContent.body).where(
                MailContent.id.in_(content_ids)
            )
        )
    }
    return [_claimed(rows[each], contents[rows[each].content_id]) for each in ids]


def _claimed(row: Any, content: Any) -> Claimed:
    letter = Composable(
        row.id, row.kind, row.sequence_id, row.content_id, content.subject, content.body, row.merge, row.sender,
        row.to_name, row.address, row.locale, row.message_id,
    )  # fmt: skip
    return Claimed(
        letter, row.contact_id, row.sequence_id, row.enrolment_id, row.step_id, row.campaign, row.step, row.address_key,
        row.planned_at, row.attempts, row.created_at, row.when_uncertain,
    )  # fmt: skip


def mark_at_wire(group: Sequence[Claimed], now: datetime) -> list[Claimed]:
    """The last look: those that may still go are at the wire from the commit on; the rest is settled or put off.

    Answers who may go. When that are not all, nothing is marked, since the group has to be made up anew.
    """
    ids = [claimed.id for claimed in group]
    owned = set(session.scalars(locked(session, _owned(ids, MessageState.LEASED))))
    left = [claimed for claimed in group if claimed.id in owned]
    verdicts = _verdicts(left, now)
    _carry_out(verdicts)
    going = [claimed for claimed in left if claimed.id not in verdicts]
    if len(going) == len(group):
        session.execute(
            update(Message)
            .where(Message.id.in_(ids))
            .values(state=MessageState.AT_WIRE, lease_until=now + LEASE)
        )
    return going


def _owned(ids: Sequence[int], *states: MessageState) -> Any:
    return (
        select(Message.id)
        .where(Message.id.in_(ids), Message.lease_owner == owner(), Message.state.in_(states))
        .order_by(Message.id)
    )


def _verdicts(group: Sequence[Claimed], now: datetime) -> dict[int, Verdict]:
    marketing = [claimed for claimed in group if claimed.letter.kind is MessageKind.CAMPAIGN]
    barred = queries.bars({claimed.address_key for claimed in marketing})
    found: dict[int, Verdict] = {
        claimed.id: Drop(barred[claimed.address_key])
        for claimed in marketing
        if claimed.address_key in barred
    }
    for check in _checks:
        left = [claimed for claimed in marketing if claimed.id not in found]
        found |= check(left, now) if left else {}
    return found


def _carry_out(verdicts: Mapping[int, Verdict]) -> None:
    for message_id, verdict in verdicts.items():
        if isinstance(verdict, Drop):
            settle_unsent([message_id], MessageState.DROPPED, verdict.reason)
        else:
            state = MessageState.READY if verdict.until else MessageState.HELD
            change = {"run_at": verdict.until, "planned_at": verdict.until} if verdict.until else {}
            session.execute(
                update(Message)
                .where(Message.id == message_id)
                .values(state=state, reason=verdict.reason, lease_owner=None, lease_until=None, **change)
            )


@dataclass(frozen=True, slots=True)
class Settlement:
    """What a message becomes after it was handed over, or not."""

    message: Claimed
    state: MessageState
    reason: Reason | None = None
    response: str | None = None
    run_at: datetime | None = None
    is_attempt: bool = False


def release(messages: Sequence[Claimed]) -> None:
    """Leased and not tried: back in the queue. What is at the wire is left alone, whatever went wrong."""
    session.execute(
        update(Message)
        .where(
            Message.id.in_([claimed.id for claimed in messages]),
            Message.lease_owner == owner(),
            Message.state == MessageState.LEASED,
        )
        .values(state=MessageState.READY, lease_owner=None, lease_until=None)
    )


FINAL = (MessageState.SENT, MessageState.KEPT, MessageState.REFUSED, MessageState.UNCERTAIN)


def settle(settlements: Sequence[Settlement], now: datetime) -> None:
    """Write down what became of messages of ours; call in a durable unit of work.

    One whose lease ran out meanwhile is still ours as long as nobody took it on: what we know now is the truth.
    """
    ids = [settlement.message.id for settlement in settlements]
    states = (MessageState.LEASED, MessageState.AT_WIRE, MessageState.UNCERTAIN)
    owned = set(session.scalars(locked(session, _owned(ids, *states))))
    ours = [settlement for settlement in settlements if settlement.message.id in owned]
    refused = [each for each in ours if each.state is MessageState.REFUSED]
    kept_on = [each for each in ours if each.state is not MessageState.REFUSED]
    if kept_on:
        session.execute(_SETTLE, [_row(each, now) for each in kept_on])
    _settle_refused(refused)
    final = [each for each in kept_on if each.state in FINAL]
    if final:
        publish(MessagesSettled([_settled(each, now) for each in final]))


def _settle_refused(refused: Sequence[Settlement]) -> None:
    for each in refused:
        settle_unsent([each.message.id], MessageState.REFUSED, each.reason or Reason.REFUSED, each.response)


_SETTLE = (
    update(MESSAGES)
    .where(MESSAGES.c.id == bindparam("b_id"))
    .values(
        state=bindparam("b_state"), reason=bindparam("b_reason"), response=bindparam("b_response"),
        run_at=bindparam("b_run_at"), planned_at=bindparam("b_planned_at"), settled_at=bindparam("b_settled_at"),
        lease_owner=bindparam("b_owner"), lease_until=None, attempts=MESSAGES.c.attempts + bindparam("b_attempts"),
    )
)  # fmt: skip

COUNTS_LATER = timedelta(minutes=30)


def _row(each: Settlement, now: datetime) -> dict[str, Any]:
    is_final = each.state in FINAL
    planned_at = each.message.planned_at
    return {
        "b_id": each.message.id,
        "b_state": each.state,
        "b_reason": each.reason,
        "b_response": each.response[:500] if each.response else None,
        "b_run_at": each.run_at or planned_at,
        "b_planned_at": now if is_final and now - planned_at > COUNTS_LATER else planned_at,
        "b_settled_at": now if is_final else None,
        # An uncertain one stays ours: the answer may come after all.
        "b_owner": owner() if each.state is MessageState.UNCERTAIN else None,
        "b_attempts": int(each.is_attempt),
    }


def _settled(each: Settlement, now: datetime) -> SettledMessage:
    message = each.message
    return SettledMessage(
        message.id, message.contact_id, message.enrolment_id, message.step_id, each.state, each.reason, now
    )
