"""Messages are made, dropped and held: what happens before anybody hands them to a server."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from typing import Any, cast

from sqlalchemy import ColumnElement, Table, delete, insert, select, update

from crm.core import clock
from crm.core.db import session
from crm.core.dialect import insert_new, locked
from crm.core.events import publish
from crm.core.text import email_key
from crm.delivery.content import fingerprint
from crm.delivery.events import MessagesSettled, SettledMessage
from crm.delivery.models import LedgerEntry, MailContent, Message
from crm.delivery.reasons import Reason
from crm.delivery.states import MessageKind, MessageState

MESSAGES = cast("Table", Message.__table__)
LEDGER = cast("Table", LedgerEntry.__table__)
AT_ONCE = 400

Draft = dict[str, Any]
"""A row of `message` for a campaign; `fingerprint` beside it goes into the ledger."""


def new_message_id(sender_email: str) -> str:
    """Fixed when a message is made, so that a copy can be recognised whatever happens."""
    domain = sender_email.rpartition("@")[2]
    return f"<{secrets.token_hex(14)}@{domain if domain.isascii() and domain else 'peyvand.invalid'}>"


def keep_content(subject: str, body: str) -> MailContent:
    """The content row of these words; the same words share one."""
    print_ = fingerprint(subject, body)
    same = (MailContent.fingerprint == print_, MailContent.subject == subject, MailContent.body == body)
    found = session.scalar(select(MailContent).where(*same).limit(1))
    if found is None:
        found = MailContent(subject=subject, body=body, fingerprint=print_)
        session.add(found)
        session.flush()
    return found


def queue_messages(drafts: Sequence[Draft]) -> set[str]:
    """Make campaign messages; answers the Message-IDs of those that are new.

    The ledger decides in the same transaction: an address that got this content before gets no message.
    """
    if not drafts:
        return set()
    entries = [
        {
            "address_key": draft["address_key"],
            "fingerprint": draft["fingerprint"],
            "message_id": draft["message_id"],
        }
        for draft in drafts
    ]
    found = session.execute(insert_new(session, LEDGER).returning(LEDGER.c.message_id), entries)
    new = set(found.scalars())
    common = {
        "kind": MessageKind.CAMPAIGN,
        "state": MessageState.READY,
        "attempts": 0,
        "created_at": clock.now(),
    }
    rows = [
        common | {key: value for key, value in draft.items() if key != "fingerprint"}
        for draft in drafts
        if draft["message_id"] in new
    ]
    if rows:
        session.execute(insert(MESSAGES), rows)
    return new


def queue_test(
    content: MailContent, *, to: str, to_name: str, merge: dict[str, Any], sender: dict[str, Any], locale: str
) -> Message:
    """A message to oneself, to see what a step looks like: it counts nowhere and may be had again and again."""
    return queue_single(
        MessageKind.TEST, content, to=to, to_name=to_name, merge=merge, sender=sender, locale=locale
    )


def queue_single(
    kind: MessageKind,
    content: MailContent,
    *,
    to: str,
    to_name: str,
    merge: dict[str, Any],
    sender: dict[str, Any],
    locale: str,
) -> Message:
    now = clock.now()
    message = Message(
        kind=kind, content_id=content.id, merge=merge, sender=sender, to_name=to_name, address=to,
        address_key=email_key(to), locale=locale, message_id=new_message_id(sender["email"]),
        planned_at=now, run_at=now,
    )  # fmt: skip
    session.add(message)
    session.flush()
    return message


def drop_messages(which: ColumnElement[bool], reason: Reason) -> int:
    """Messages that have not been handed over will never leave; answers how many. A worker about to send sees it."""
    waiting = (MessageState.READY, MessageState.LEASED, MessageState.HELD)
    chosen = select(Message.id).where(which, Message.state.in_(waiting)).order_by(Message.id)
    dropped = 0
    while ids := list(session.scalars(locked(session, chosen.limit(AT_ONCE)))):
        settle_unsent(ids, MessageState.DROPPED, reason)
        dropped += len(ids)
    return dropped


def hold_messages(which: ColumnElement[bool], reason: Reason) -> int:
    """What is ready waits until it is released or dropped; nobody is told, since nothing settled."""
    changed = session.execute(
        update(Message)
        .where(which, Message.state.in_((MessageState.READY, MessageState.LEASED)))
        .values(state=MessageState.HELD, reason=reason, lease_owner=None, lease_until=None)
    )
    return int(changed.rowcount)  # type: ignore[attr-defined]  # a result of an UPDATE has it


def release_messages(which: ColumnElement[bool], reason: Reason) -> int:
    """What was held for this reason may go from now on."""
    changed = session.execute(
        update(Message)
        .where(which, Message.state == MessageState.HELD, Message.reason == reason)
        .values(state=MessageState.READY, reason=None, run_at=clock.now())
    )
    return int(changed.rowcount)  # type: ignore[attr-defined]


def settle_unsent(
    ids: Iterable[int], state: MessageState, reason: Reason, response: str | None = None
) -> None:
    """Dropped or refused: what did not arrive may be sent again some day, so its ledger entries go."""
    chosen = list(ids)
    now = clock.now()
    session.execute(
        update(Message)
        .where(Message.id.in_(chosen))
        .values(
            state=state, reason=reason, response=response, settled_at=now, lease_owner=None, lease_until=None
        )
    )
    rows = session.execute(
        select(
            Message.id, Message.message_id, Message.contact_id, Message.enrolment_id, Message.step_id
        ).where(Message.id.in_(chosen))
    ).all()
    session.execute(delete(LedgerEntry).where(LedgerEntry.message_id.in_([row.message_id for row in rows])))
    publish(
        MessagesSettled(
            [
                SettledMessage(row.id, row.contact_id, row.enrolment_id, row.step_id, state, reason, now)
                for row in rows
            ]
        )
    )
