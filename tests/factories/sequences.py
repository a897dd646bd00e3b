"""Contacts to write to, and sequences of mails that are due by and by."""

from __future__ import annotations

from typing import Any

from crm.contacts import sets
from crm.contacts.models import Contact
from crm.core.db import session
from crm.core.text import email_key
from crm.delivery.service.queue import keep_content
from crm.sequences.models import Sequence, SequenceStatus, Step
from tests.factories import number
from tests.factories.accounts import make_workspace

EVERYONE: dict[str, Any] = {"all": []}


def make_person(**values: Any) -> Contact:
    """A contact that may be written to, in the set of those that are not archived."""
    who = number()
    plain: dict[str, Any] = {
        "name": f"Person {who}",
        "first_name": f"Person{who}",
        "email": f"person{who}@example.com",
    }
    plain |= values
    email = plain["email"]
    contact = Contact(**plain, email_key=email_key(email) if email else None)
    session.add(contact)
    session.flush()
    if contact.archived_at is None:
        sets.add_to(sets.LIVE, [contact.id])
        sets.write_pending()
    return contact


def make_sequence(
    *waits: dict[str, Any] | int, status: SequenceStatus = SequenceStatus.RUNNING, **values: Any
) -> Sequence:
    """A sequence of mails, one for each wait; a number is days. It runs, unless something else is said."""
    make_workspace(
        postal_address="12 Mill Lane, Bristol", sender_name="Sara", sender_email="sara@example.com"
    )
    who = number()
    plain: dict[str, Any] = {
        "name": f"Campaign {who}", "slug": f"campaign-{who}", "audience": EVERYONE, "exit_on": ["unsubscribe", "bounce"],
        "window": {"timezone": "contact", "fallback_timezone": "UTC"},
    }  # fmt: skip
    sequence = Sequence(**(plain | values), status=status)
    session.add(sequence)
    session.flush()
    for position, wait in enumerate(waits, start=1):
        content = keep_content(f"Subject {who}-{position}", f"Hello, this is letter {position} of {who}.")
        stored = {"amount": wait, "unit": "days"} if isinstance(wait, int) else wait
        key = f"letter-{position}"
        session.add(
            Step(
                sequence_id=sequence.id,
                key=key,
                name=key,
                position=position,
                wait=stored,
                content_id=content.id,
            )
        )
    session.flush()
    return sequence
