"""Whom we must not write to, and how an address comes onto that list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from sqlalchemy import Table, delete, select

from crm.activity import service as activity
from crm.contacts.models import Contact, EmailStatus
from crm.core import clock
from crm.core.db import session
from crm.core.dialect import insert_ignoring
from crm.core.errors import NotFound
from crm.core.events import publish
from crm.core.messages import N_
from crm.core.text import email_key
from crm.delivery import queries
from crm.delivery.events import AddressBarred
from crm.delivery.models import Message, Suppression
from crm.delivery.service.queue import drop_messages
from crm.delivery.states import MessageKind, SuppressionReason

STATUS_AFTER = {
    SuppressionReason.UNSUBSCRIBED: EmailStatus.OPTED_OUT,
    SuppressionReason.COMPLAINED: EmailStatus.OPTED_OUT,
    SuppressionReason.BOUNCED: EmailStatus.BOUNCED,
    SuppressionReason.BY_HAND: None,
}


def suppress(
    address: str,
    reason: SuppressionReason,
    *,
    source: str = "",
    campaign: str | None = None,
    step: str | None = None,
) -> None:
    """Never write marketing mail to this address again, and stop what is queued. Doing it twice changes nothing."""
    key = email_key(address)
    contacts = queries.contacts_with(key)
    row = {"address_key": key, "reason": reason, "source": source[:200], "created_at": clock.now()}
    added = session.scalar(
        insert_ignoring(session, cast("Table", Suppression.__table__), row).returning(Suppression.address_key)
    )
    _mark(contacts, reason)
    drop_messages((Message.address_key == key) & (Message.kind == MessageKind.CAMPAIGN), reason.outcome)
    if added is not None and reason is not SuppressionReason.BY_HAND:
        activity.record_many(
            [contact.id for contact in contacts],
            reason.value,
            campaign=campaign,
            step=step,
            detail={"source": source},
        )
    publish(AddressBarred(key, reason, [contact.id for contact in contacts]))


def unsubscribe(message_id: int, *, source: str = "link") -> Message:
    """The address of this message wants no more marketing mail of this workspace, whatever campaign it is of."""
    message = queries.find_message(message_id)
    if message is None:
        raise NotFound(N_("This link does not work any more."))
    suppress(
        message.address,
        SuppressionReason.UNSUBSCRIBED,
        source=source,
        campaign=message.campaign,
        step=message.step,
    )
    return message


def lift_suppression(address: str) -> None:
    """A person decided that this address may be written to again; nothing that was dropped comes back."""
    key = email_key(address)
    session.execute(delete(Suppression).where(Suppression.address_key == key))
    barred = {EmailStatus.OPTED_OUT, EmailStatus.BOUNCED}
    for contact in session.scalars(select(Contact).where(Contact.email_key == key)):
        if contact.email_status in barred:
            contact.email_status = EmailStatus.UNVERIFIED
    session.flush()


def _mark(contacts: Sequence[Contact], reason: SuppressionReason) -> None:
    status = STATUS_AFTER[reason]
    for contact in contacts:
        # Somebody who opted out stays so, also when mail to them comes back afterwards.
        if status is not None and contact.email_status is not EmailStatus.OPTED_OUT:
            contact.email_status = status
    session.flush()
