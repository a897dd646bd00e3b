"""Contacts as they go out, read in parts by id."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from pyroaring import BitMap
from sqlalchemy import select

from crm.accounts.models import User
from crm.contacts import queries as contacts
from crm.contacts import sets
from crm.contacts.fields import LEADS
from crm.contacts.models import Company, Contact
from crm.core.db import session
from crm.core.dialect import one_of
from crm.tags import queries as tags

AT_ONCE = 1_000
_OWN = (
    "name", "first_name", "last_name", "email", "phone", "email_status", "job_title", "country", "region", "city",
    "postal_code", "address", "language", "timezone", "birthday", "source", "external_id", "budget", "need",
    "timeline", "decision_makers", "authority", "competitors", "objections", "status", "score", "created_at",
    "updated_at", "last_activity_at", "last_purchase_at",
)  # fmt: skip
_OF_COMPANY = ("domain", "website", "industry", "size", "revenue", "country", "city")
FIELDS = (*_OWN, "company", "owner", "tags", *(f"company.{key}" for key in _OF_COMPANY))
"""The columns of an export: field keys."""
LEAD_FIELDS = LEADS | {"status"}


def everyone() -> BitMap:
    """All contacts that are not archived."""
    return sets.ids_of(sets.LIVE)


def iter_people(ids: BitMap, fields: Sequence[str]) -> Iterator[list[Any]]:
    """The values of these fields for each contact, in the order of ids. Tags are slugs, the owner is an address."""
    wanted = [key for key in fields if key != "tags"]
    place = list(fields).index("tags") if "tags" in fields else None
    for part in contacts.in_parts(ids, AT_ONCE):
        rows = session.execute(
            select(Contact.id, *(_column(key).label(key) for key in wanted))
            .outerjoin(Company, Company.id == Contact.company_id)
            .outerjoin(User, User.id == Contact.owner_id)
            .where(one_of(session, Contact.id, part))
            .order_by(Contact.id)
        ).all()
        carried = tags.tags_of([row[0] for row in rows]) if place is not None else {}
        for contact_id, *values in rows:
            if place is not None:
                values.insert(place, [tag.slug for tag in carried.get(contact_id, ())])
            yield values


def _column(key: str) -> Any:
    if key == "owner":
        return User.email
    if key == "company":
        return Company.name
    table, name = (Company, key.removeprefix("company.")) if key.startswith("company.") else (Contact, key)
    return getattr(table, name)
