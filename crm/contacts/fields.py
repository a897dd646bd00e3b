"""What rules can ask of contacts and their companies, where it stands, and how it is called."""

from __future__ import annotations

from typing import Any

from pyroaring import BitMap
from sqlalchemy import select

from crm.accounts.models import User
from crm.contacts import sets
from crm.contacts.models import Company, Contact, EmailStatus, LeadStatus
from crm.contacts.permissions import Leads
from crm.core.db import session
from crm.core.messages import N_
from crm.core.text import email_key
from crm.rules.days import RuleContext
from crm.rules.operators import Kind, Operator
from crm.rules.tree import FieldIs
from crm.rules.vocabulary import Field, Many, Single, own_column

EMAIL_STATUSES = {
    EmailStatus.UNVERIFIED: N_("Not verified"),
    EmailStatus.VALID: N_("Valid"),
    EmailStatus.BOUNCED: N_("Bounced"),
    EmailStatus.OPTED_OUT: N_("Opted out"),
    EmailStatus.INVALID: N_("Invalid"),
}
LEAD_STATUSES = {
    LeadStatus.NOT_CONTACTED: N_("Not contacted"),
    LeadStatus.ATTEMPTING_CONTACT: N_("Attempting contact"),
    LeadStatus.CONTACTED: N_("Contacted"),
    LeadStatus.CONTACT_LATER: N_("Contact later"),
    LeadStatus.EAGER: N_("Eager"),
    LeadStatus.INTERESTED: N_("Interested"),
    LeadStatus.PRE_QUALIFIED: N_("Pre-qualified"),
    LeadStatus.QUALIFIED: N_("Qualified"),
    LeadStatus.NOT_INTERESTED: N_("Not interested"),
    LeadStatus.LOST: N_("Lost"),
    LeadStatus.JUNK: N_("Junk"),
}
LABELS = {
    "name": N_("Name"),
    "first_name": N_("First name"),
    "last_name": N_("Last name"),
    "email": N_("Email"),
    "email_status": N_("Email status"),
    "phone": N_("Phone"),
    "company": N_("Company"),
    "job_title": N_("Job title"),
    "country": N_("Country"),
    "region": N_("Region"),
    "city": N_("City"),
    "postal_code": N_("Postal code"),
    "address": N_("Address"),
    "language": N_("Language"),
    "timezone": N_("Time zone"),
    "birthday": N_("Birthday"),
    "owner": N_("Owner"),
    "source": N_("Source"),
    "external_id": N_("External ID"),
    "status": N_("Lead status"),
    "budget": N_("Budget"),
    "need": N_("Need"),
    "timeline": N_("Timeline"),
    "decision_makers": N_("Decision makers"),
    "authority": N_("Authority"),
    "competitors": N_("Competitors"),
    "objections": N_("Objections"),
    "score": N_("Score"),
    "created_at": N_("Added"),
    "updated_at": N_("Changed"),
    "last_activity_at": N_("Last activity"),
    "last_purchase_at": N_("Last purchase"),
    "tags": N_("Tags"),
}
_COMPANY = {
    "name": (N_("Company name"), Kind.TEXT, Company.name_key),
    "domain": (N_("Company domain"), Kind.TEXT, None),
    "website": (N_("Company website"), Kind.TEXT, None),
    "industry": (N_("Company industry"), Kind.TEXT, None),
    "size": (N_("Company size"), Kind.NUMBER, None),
    "revenue": (N_("Company revenue"), Kind.NUMBER, None),
    "country": (N_("Company country"), Kind.CHOICE, None),
    "city": (N_("Company city"), Kind.TEXT, None),
}
_KINDS = {
    "birthday": Kind.DATE,
    "created_at": Kind.DATETIME,
    "updated_at": Kind.DATETIME,
    "last_activity_at": Kind.DATETIME,
    "last_purchase_at": Kind.DATETIME,
    "score": Kind.NUMBER,
    "country": Kind.CHOICE,
    "language": Kind.CHOICE,
    "timezone": Kind.CHOICE,
}
LEADS = frozenset(("budget", "need", "timeline", "decision_makers", "authority", "competitors", "objections"))


def contact_fields() -> list[Field]:
    """The words of contacts for the vocabulary of rules."""
    plain = (
        "name", "first_name", "last_name", "job_title", "country", "region", "city", "postal_code", "address", "language",
        "timezone", "birthday", "source", "external_id", *LEADS, "score", "created_at", "updated_at", "last_activity_at",
        "last_purchase_at",
    )  # fmt: skip
    fields = [_plain(key) for key in plain]
    fields += [
        Field(key="email", label=LABELS["email"], kind=Kind.TEXT, stored=_column("email", folded="email_key")),
        Field(key="phone", label=LABELS["phone"], kind=Kind.TEXT, stored=_column("phone")),
        Field(
            key="email_status", label=LABELS["email_status"], kind=Kind.CHOICE, stored=_column("email_status"),
            choices=lambda: {status.value: label for status, label in EMAIL_STATUSES.items()},
        ),
        Field(
            key="status", label=LABELS["status"], kind=Kind.CHOICE, stored=_column("status"), permission=Leads.VIEW,
            choices=lambda: {status.value: label for status, label in LEAD_STATUSES.items()},
        ),
        Field(key="company", label=LABELS["company"], kind=Kind.TEXT, stored=_company("name", folded=Company.name_key)),
        Field(key="owner", label=LABELS["owner"], kind=Kind.TEXT, stored=Many(_owners()), fold=email_key, ids=_owner_ids),
    ]  # fmt: skip
    fields += [
        Field(key=f"company.{key}", label=label, kind=kind, stored=_company(key, folded=folded))
        for key, (label, kind, folded) in _COMPANY.items()
    ]
    return fields


def _plain(key: str) -> Field:
    permission = Leads.VIEW if key in LEADS else None
    return Field(
        key=key,
        label=LABELS[key],
        kind=_KINDS.get(key, Kind.TEXT),
        stored=_column(key),
        permission=permission,
    )


def _column(key: str, *, folded: str | None = None) -> Single:
    columns = Contact.__table__.c
    twin = own_column(columns.id, columns[folded]) if folded else None
    return Single(own_column(columns.id, columns[key]), twin)


def _company(key: str, *, folded: object = None) -> Many:
    value = getattr(Company, key)
    columns = [Contact.id.label("contact_id"), value.label("value")]
    if folded is not None:
        columns.append(folded.label("folded"))  # type: ignore[attr-defined]
    return Many(select(*columns).join(Company, Company.id == Contact.company_id))


def _owners() -> Any:
    rows = select(Contact.id.label("contact_id"), User.email.label("value"), User.email_key.label("folded"))
    return rows.join(User, User.id == Contact.owner_id)


def _owner_ids(clause: FieldIs, _context: RuleContext) -> BitMap | None:
    """From the sets, for the comparisons they can answer."""
    if clause.operator not in {Operator.IS, Operator.IN}:
        return None
    wanted = clause.value if isinstance(clause.value, tuple) else (clause.value,)
    keys = [email_key(str(value)) for value in wanted]
    users = session.scalars(select(User.id).where(User.email_key.in_(keys)))
    return BitMap().union(*sets.ids_of_each([sets.owner_set(user_id) for user_id in users]).values())
