"""What steps need to know of people: address, time zone, merge fields, and whether we may write to them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import select

from crm.accounts.models import User
from crm.contacts.models import Company, Contact
from crm.core.db import session
from crm.core.dialect import one_of
from crm.delivery.content import Content, MissingField, render
from crm.delivery.queries import BARRED_STATUSES, bars
from crm.delivery.reasons import Reason
from crm.sequences.queries.loading import LoadedStep

_CONTACT_FIELDS = (
    "name", "first_name", "last_name", "email", "phone", "email_status", "job_title", "country", "region", "city",
    "postal_code", "address", "language", "timezone", "birthday", "source", "external_id", "budget", "need",
    "timeline", "decision_makers", "authority", "competitors", "objections", "status", "score", "created_at",
    "updated_at", "last_activity_at", "last_purchase_at",
)  # fmt: skip
_COMPANY_FIELDS = ("name", "domain", "website", "industry", "size", "revenue", "country", "city")

MERGE_FIELDS: Mapping[str, Any] = {
    **{f"contact.{key}": getattr(Contact, key) for key in _CONTACT_FIELDS},
    **{f"company.{key}": getattr(Company, key) for key in _COMPANY_FIELDS},
    **{f"contact.company.{key}": getattr(Company, key) for key in _COMPANY_FIELDS},
    "contact.company": Company.name,
    "contact.owner": User.email,
    "owner.name": User.name,
    "owner.email": User.email,
}
"""Every merge field a message may use, and where its value stands."""


@dataclass(frozen=True, slots=True)
class Person:
    id: int
    name: str
    email: str | None
    address_key: str
    timezone: str | None
    language: str | None
    barred: Reason | None
    """Why no marketing mail may go to this person."""
    is_archived: bool
    merge: Mapping[str, str | None]


def load_people(ids: Iterable[int], fields: Collection[str]) -> dict[int, Person]:
    """People by id, with the values of these merge fields."""
    names = sorted(set(fields) & MERGE_FIELDS.keys())
    columns = [MERGE_FIELDS[name].label(f"merge_{number}") for number, name in enumerate(names)]
    asked = select(
        Contact.id, Contact.name, Contact.email, Contact.email_key, Contact.email_status, Contact.timezone,
        Contact.language, Contact.archived_at, *columns,
    ).where(one_of(session, Contact.id, ids))  # fmt: skip
    if any(name.startswith(("company.", "contact.company")) for name in names):
        asked = asked.outerjoin(Company, Company.id == Contact.company_id)
    if any(name in {"contact.owner", "owner.name", "owner.email"} for name in names):
        asked = asked.outerjoin(User, User.id == Contact.owner_id)
    rows = session.execute(asked).all()
    barred = bars({row[3] for row in rows if row[3]})
    return {row[0]: _person(row, names, barred) for row in rows}


def _person(row: Any, names: list[str], barred: Mapping[str, Reason]) -> Person:
    contact_id, name, email, key, status, timezone, language, archived_at, *values = row
    if not email or not key:
        reason: Reason | None = Reason.NO_ADDRESS
    else:
        reason = barred.get(key) or BARRED_STATUSES.get(status)
    merge = {name: _text(value) for name, value in zip(names, values, strict=True)}
    return Person(
        contact_id, name or "", email, key or "", timezone, language, reason, archived_at is not None, merge
    )


def _text(value: object) -> str | None:
    if value is None or value == "":
        return None
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def lacks_field(step: LoadedStep, person: Person) -> bool:
    """Whether a merge field without a default has no value for this person; decided by the renderer itself."""
    if step.content is None:
        return False
    missing = frozenset(name for name in step.content.fields if person.merge.get(name) is None)
    if not missing:
        return False
    known = None if step.has_conditions else step.lacking.get(missing)
    if known is None:
        known = step.lacking[missing] = _cannot_render(step.content, person)
    return known


def _cannot_render(content: Content, person: Person) -> bool:
    try:
        render(content, person.merge)
    except MissingField:
        return True
    return False


def merge_for(content: Content | None, person: Person) -> dict[str, str | None]:
    """The values this content needs and no others, as they are now."""
    return {name: person.merge.get(name) for name in content.fields} if content else {}
