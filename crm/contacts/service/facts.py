"""What is typed about a contact → what is stored: normalised values, and the folded twins that are searched and sorted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from crm.accounts.models import Workspace
from crm.contacts import queries
from crm.contacts.logic import FACTS, full_name, search_text
from crm.contacts.models import Company, Contact, EmailStatus, LeadStatus
from crm.core import clock
from crm.core.db import session
from crm.core.dialect import insert_new
from crm.core.errors import Invalid
from crm.core.text import clean_line, fold, normalise_email, normalise_phone, phone_key, sort_key

Facts = Mapping[str, Any]
NAMES = ("name", "first_name", "last_name", "company")
LENGTHS: dict[str, int | None] = {
    column.name: getattr(column.type, "length", None) for column in Contact.__table__.columns
}


def clean_facts(facts: Facts) -> dict[str, Any]:
    """Facts by field key as they are stored; raises Invalid, naming the field, for what cannot be."""
    clean = {key: _clean(key, value) for key, value in facts.items() if key in FACTS}
    if clean.get("phone"):
        clean["phone"] = normalise_phone(clean["phone"], region()) or clean["phone"]
    return clean


def _clean(key: str, value: Any) -> Any:
    if isinstance(value, str):
        try:
            value = normalise_email(value) if key == "email" and value.strip() else _tidied(key, value)
        except ValueError as error:
            raise Invalid(str(error), field=key) from None
        value = value[: LENGTHS.get(key)] or None
    if key == "name":
        return value or ""
    if key == "email_status":
        return EmailStatus(value) if value else EmailStatus.UNVERIFIED
    if key == "status":
        return LeadStatus(value) if value else None
    return value


def _tidied(key: str, text: str) -> str:
    return " ".join(text.split()) if key in NAMES else text.strip()


def region() -> str | None:
    """The country that phone numbers without a prefix belong to."""
    workspace = session.get(Workspace, 1)
    return (workspace.region or None) if workspace else None


def ensure_company(name: str | None) -> Company | None:
    """The company of this name, made when there is none."""
    if not name or not fold(name):
        return None
    ensure_companies([name])
    return queries.find_company(fold(name))


def ensure_companies(names: Iterable[str]) -> dict[str, int]:
    """Folded name → id, for companies of these names; missing ones are made."""
    spellings = dict.fromkeys(names)
    wanted: dict[str, str] = {}
    for name in spellings:
        if key := fold(name):
            wanted.setdefault(key, clean_line(name)[:200])
    found = queries.company_ids(list(wanted))
    missing = [name for key, name in wanted.items() if key not in found]
    if missing:
        rows = [{"name": name, "name_key": fold(name), "sort_key": sort_key(name)} for name in missing]
        _insert_companies(rows)
        found |= queries.company_ids([row["name_key"] for row in rows])
    return found


def _insert_companies(rows: Sequence[dict[str, Any]]) -> None:
    table: Any = Company.__table__
    now = clock.now()
    session.execute(insert_new(session, table), [{**row, "created_at": now} for row in rows])


def twins(stored: Mapping[str, Any], company: str | None) -> dict[str, Any]:
    """The columns that follow from the others; `stored` holds the columns of a contact."""
    name = full_name(stored.get("name"), stored.get("first_name"), stored.get("last_name"))
    email, phone = stored.get("email"), stored.get("phone")
    return {
        "name": name,
        "email_key": email.lower() if email else None,
        "phone_key": phone_key(phone, region()) if phone and not phone.startswith("+") else phone,
        "sort_key": sort_key(name or email or ""),
        "search_text": search_text(
            [name, stored.get("first_name"), stored.get("last_name"), email, company, stored.get("job_title"), stored.get("city"),
             stored.get("external_id")], [phone],
        ),
    }  # fmt: skip
