"""Facts that keep themselves: last activity and purchase, and what is known about an address."""

from __future__ import annotations

from datetime import datetime

from pyroaring import BitMap
from sqlalchemy import or_, update

from crm.contacts.models import Contact, EmailStatus
from crm.core.db import session
from crm.core.dialect import one_of

RANK = {
    EmailStatus.UNVERIFIED: 0,
    EmailStatus.VALID: 1,
    EmailStatus.INVALID: 2,
    EmailStatus.BOUNCED: 3,
    EmailStatus.OPTED_OUT: 4,
}
"""A status is only replaced by a stronger one, except by a new address."""


def note_activity(contact_ids: BitMap, kind: str, at: datetime) -> None:
    """Move the date of the last activity (and purchase) forward, never back."""
    columns = [Contact.last_activity_at, *([Contact.last_purchase_at] if kind == "purchased" else [])]
    for column in columns:
        table = Contact.__table__
        later = or_(column.is_(None), column < at)
        session.execute(
            update(table).where(one_of(session, table.c.id, contact_ids), later).values({column.key: at})  # type: ignore[arg-type]
        )


def mark_email(email_key: str, status: EmailStatus) -> None:
    """Write down what became known about an address, on every contact that has it."""
    weaker = [each for each, rank in RANK.items() if rank < RANK[status]]
    session.execute(
        update(Contact)
        .where(Contact.email_key == email_key, Contact.email_status.in_(weaker))
        .values(email_status=status)
        .execution_options(synchronize_session="fetch")
    )
