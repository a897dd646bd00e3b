"""Messages on their way and in the outbox, what an address received, and whom we must not write to."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, func, or_, select, text
from sqlalchemy.orm import joinedload

from crm.contacts.models import Contact, EmailStatus
from crm.core.db import session
from crm.core.errors import NotFound
from crm.core.paging import PAGE_SIZE, Page, offset_of
from crm.core.permissions import Viewer
from crm.core.text import email_key
from crm.delivery.models import LedgerEntry, Message, Outgoing, Suppression
from crm.delivery.permissions import Messages
from crm.delivery.reasons import Reason
from crm.delivery.states import MessageKind, MessageState

FOR_SHOW = (joinedload(Message.content),)
UNSETTLED = (MessageState.READY, MessageState.LEASED, MessageState.AT_WIRE, MessageState.HELD)
ON_THE_WAY = (MessageState.LEASED, MessageState.AT_WIRE)
GONE = (MessageState.SENT, MessageState.KEPT, MessageState.UNCERTAIN)
KEYS_AT_ONCE = 400

BARRED_STATUSES = {
    EmailStatus.OPTED_OUT: Reason.UNSUBSCRIBED,
    EmailStatus.BOUNCED: Reason.BOUNCED,
    EmailStatus.INVALID: Reason.INVALID_ADDRESS,
}


@dataclass(frozen=True)
class OutboxRow:
    id: int
    kind: MessageKind
    state: MessageState
    reason: str | None
    response: str | None
    to_name: str
    address: str
    subject: str
    campaign: str | None
    contact_id: int | None
    run_at: datetime
    settled_at: datetime | None


def visible_messages(viewer: Viewer) -> Select[Any]:
    """Messages are shown whole or not at all: who may read the outbox reads every message."""
    found = select(Message)
    return found if viewer.can(Messages.VIEW) else found.where(text("1 = 0"))


def list_outbox(
    viewer: Viewer, *, state: MessageState | None = None, sequence_id: int | None = None, number: int = 1
) -> Page[OutboxRow]:
    """The outbox, newest first."""
    found = visible_messages(viewer)
    if state is not None:
        found = found.where(Message.state == state)
    if sequence_id is not None:
        found = found.where(Message.sequence_id == sequence_id)
    total = (
        session.scalar(select(func.count()).select_from(found.with_only_columns(Message.id).subquery())) or 0
    )
    page = found.options(*FOR_SHOW).order_by(Message.id.desc()).offset(offset_of(number)).limit(PAGE_SIZE)
    return Page([_outbox_row(message) for message in session.scalars(page)], total, number)


def _outbox_row(message: Message) -> OutboxRow:
    return OutboxRow(
        message.id, message.kind, message.state, message.reason, message.response, message.to_name, message.address,
        message.content.subject, message.campaign, message.contact_id, message.run_at, message.settled_at,
    )  # fmt: skip


def get_message(message_id: int, viewer: Viewer) -> Message:
    """One message with its content."""
    found = session.scalar(visible_messages(viewer).where(Message.id == message_id).options(*FOR_SHOW))
    if found is None:
        raise NotFound
    message: Message = found
    return message


def find_message(message_id: int) -> Message | None:
    """For links in mails, which carry their own right to be followed."""
    return session.scalar(select(Message).where(Message.id == message_id))


def list_contact_messages(contact_id: int, viewer: Viewer, *, limit: int = 20) -> Sequence[OutboxRow]:
    found = visible_messages(viewer).where(Message.contact_id == contact_id).options(*FOR_SHOW)
    return [_outbox_row(row) for row in session.scalars(found.order_by(Message.id.desc()).limit(limit))]


def count_by_state(*, sequence_id: int | None = None) -> dict[MessageState, int]:
    counted = select(Message.state, func.count()).group_by(Message.state)
    if sequence_id is not None:
        counted = counted.where(Message.sequence_id == sequence_id)
    return dict(session.execute(counted).all())


def oldest_due(now: datetime) -> datetime | None:
    """Since when a message that may go has been waiting; nothing waits while sending is held or rests."""
    outgoing = find_outgoing()
    if outgoing and (outgoing.is_held or (outgoing.resting_until and outgoing.resting_until > now)):
        return None
    return session.scalar(
        select(func.min(Message.run_at)).where(text("message.state = 'ready'"), Message.run_at <= now)
    )


def find_outgoing() -> Outgoing | None:
    """How sending stands; None as long as nothing ever went wrong or was held."""
    return session.get(Outgoing, 1)


def bars(address_keys: Collection[str]) -> dict[str, Reason]:
    """Address → why we must not write to it, for those on the list."""
    found: dict[str, Reason] = {}
    keys = list(address_keys)
    for start in range(0, len(keys), KEYS_AT_ONCE):
        rows = select(Suppression.address_key, Suppression.reason).where(
            Suppression.address_key.in_(keys[start : start + KEYS_AT_ONCE])
        )
        found |= {key: reason.outcome for key, reason in session.execute(rows)}
    return found


def received(pairs: Collection[tuple[str, str]]) -> set[tuple[str, str]]:
    """Of these (address, fingerprint) the ones that were or may have been sent before."""
    fingerprints = {fingerprint for _, fingerprint in pairs}
    found: set[tuple[str, str]] = set()
    for fingerprint in fingerprints:
        keys = [key for key, its in pairs if its == fingerprint]
        for start in range(0, len(keys), KEYS_AT_ONCE):
            rows = select(LedgerEntry.address_key).where(
                LedgerEntry.fingerprint == fingerprint,
                LedgerEntry.address_key.in_(keys[start : start + KEYS_AT_ONCE]),
            )
            found |= {(key, fingerprint) for key in session.scalars(rows)}
    return found


def planned_moments(contact_ids: Iterable[int], since: datetime) -> dict[int, list[datetime]]:
    """Contact → when campaign messages went or are to go, from a moment on: what caps count."""
    found: dict[int, list[datetime]] = {}
    ids = list(contact_ids)
    for start in range(0, len(ids), KEYS_AT_ONCE):
        rows = select(Message.contact_id, Message.planned_at).where(
            Message.contact_id.in_(ids[start : start + KEYS_AT_ONCE]),
            Message.planned_at >= since,
            Message.kind == MessageKind.CAMPAIGN,
            Message.state.in_((*UNSETTLED, *GONE)),
        )
        for contact_id, at in session.execute(rows):
            found.setdefault(contact_id or 0, []).append(at)
    return found


def count_last_hour(now: datetime) -> int:
    """Messages that count against the ceiling of an hour: gone within the last one, or just going."""
    return session.scalar(
        select(func.count()).where(
            or_(
                and_(Message.settled_at > now - timedelta(hours=1), Message.state.in_(GONE)),
                Message.state.in_(ON_THE_WAY),
            )
        )
    ) or 0  # fmt: skip


def room_opens_at(now: datetime) -> datetime | None:
    """When the oldest message of the last hour falls out of it."""
    oldest = session.scalar(
        select(func.min(Message.settled_at)).where(
            Message.settled_at > now - timedelta(hours=1), Message.state.in_(GONE)
        )
    )
    return oldest + timedelta(hours=1) if oldest else None


def contacts_with(address_key: str) -> Sequence[Contact]:
    return session.scalars(select(Contact).where(Contact.email_key == address_key).order_by(Contact.id)).all()


def list_suppressions(*, search: str = "", number: int = 1) -> Page[Suppression]:
    found = select(Suppression)
    if search:
        found = found.where(Suppression.address_key.contains(email_key(search), autoescape=True))
    total = session.scalar(select(func.count()).select_from(found.subquery())) or 0
    rows = (
        found.order_by(Suppression.created_at.desc(), Suppression.address_key)
        .offset(offset_of(number))
        .limit(PAGE_SIZE)
    )
    return Page(session.scalars(rows).all(), total, number)


def find_suppression(address: str) -> Suppression | None:
    return session.get(Suppression, email_key(address))
