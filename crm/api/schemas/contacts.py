"""Contacts as JSON, by the field keys that rules, imports and exports use too."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from zoneinfo import available_timezones

from marshmallow import ValidationError, fields, validate

from crm.api.schemas.shapes import Answer, Body, Window, choice, moment, text
from crm.contacts.logic import LEAD_FACTS
from crm.contacts.models import Contact, EmailStatus, LeadStatus
from crm.contacts.permissions import Leads
from crm.contacts.queries import SORT_KEYS
from crm.core.messages import N_
from crm.core.permissions import Viewer

EXAMPLES = {
    "name": "Sara Sorensen", "first_name": "Sara", "last_name": "Sorensen", "phone": "+4915112345678",
    "job_title": "Buyer", "country": "DE", "region": "Berlin", "city": "Berlin", "postal_code": "10115",
    "address": "Ackerstraße 1", "language": "de", "timezone": "Europe/Berlin", "source": "Fair 2026",
    "external_id": "K-1001", "budget": "5,000-10,000 EUR", "need": "A CRM of their own", "timeline": "This quarter",
    "decision_makers": "Head of sales", "authority": "Decides", "competitors": "None yet", "objections": "Price",
}  # fmt: skip
COLUMNS = Contact.__table__.c


def _is_timezone(name: str) -> None:
    if name and name not in available_timezones():
        raise ValidationError(N_("This is no time zone. They read like Europe/Berlin."))


def _typed(key: str) -> fields.String:
    return text(getattr(COLUMNS[key].type, "length", None) or 20_000, example=EXAMPLES[key], allow_none=True)


class ContactFacts(Body):
    """What can be said of a contact; null takes a fact away."""

    name = _typed("name")
    first_name = _typed("first_name")
    last_name = _typed("last_name")
    email = text(254, example="sara@example.com", allow_none=True)
    phone = _typed("phone")
    company = text(200, example="Northwind", allow_none=True)
    job_title = _typed("job_title")
    country = text(
        2,
        example="DE",
        allow_none=True,
        validate_also=validate.Regexp("^[A-Za-z]{2}$", error=N_("Two letters, such as DE or IR.")),
    )
    region = _typed("region")
    city = _typed("city")
    postal_code = _typed("postal_code")
    address = _typed("address")
    language = _typed("language")
    timezone = text(60, example="Europe/Berlin", allow_none=True, validate_also=_is_timezone)
    birthday = fields.Date(allow_none=True, metadata={"examples": ["1990-03-21"]})
    owner = text(
        254, example="olivia@example.com", allow_none=True, metadata={"description": "Email of a user."}
    )
    source = _typed("source")
    external_id = _typed("external_id")
    status = choice(LeadStatus, allow_none=True)
    budget = _typed("budget")
    need = _typed("need")
    timeline = _typed("timeline")
    decision_makers = _typed("decision_makers")
    authority = _typed("authority")
    competitors = _typed("competitors")
    objections = _typed("objections")


class ContactSchema(Answer, ContactFacts):
    """A contact. What qualifies a lead is left out for those who may not see it."""

    HIDEABLE = frozenset(LEAD_FACTS)

    id = fields.Integer()
    email_status = choice(EmailStatus)
    tags = fields.List(fields.String(), metadata={"description": "Slugs.", "examples": [["pricing-page"]]})
    score = fields.Integer()
    created_at = moment()
    updated_at = moment()
    last_activity_at = moment(allow_none=True)
    last_purchase_at = moment(allow_none=True)
    archived_at = moment(allow_none=True)


class ContactFilters(Window):
    """The same filters as the list's page."""

    q = text(
        200, load_default="", metadata={"description": "Words that occur in name, address, number, company …"}
    )
    all = fields.List(
        fields.String(),
        load_default=list,
        metadata={"description": "Tags they all carry, by slug; repeat it."},
    )
    any = fields.List(
        fields.String(), load_default=list, metadata={"description": "Tags they carry at least one of."}
    )
    none = fields.List(
        fields.String(), load_default=list, metadata={"description": "Tags they carry none of."}
    )
    owner = text(254, load_default="", metadata={"description": "An email address, `me` or `none`."})
    view = choice(
        ["archived"], load_default=lambda: None, metadata={"description": "The archived ones instead."}
    )
    sort = choice(
        ["id", *(sign + key for key in SORT_KEYS for sign in ("", "-"))], load_default="id",
        metadata={"description": "A field key, or `-KEY` for the other way round. By `id`, rows that come or go while "
                                 "you read are neither lost nor read twice; any other order may shift."},
    )  # fmt: skip


class TagToAdd(Body):
    tag = text(80, example="pricing-page", required=True, metadata={"description": "Slug or name."})


def shown(contact: Contact, tags: Iterable[str], viewer: Viewer) -> dict[str, Any]:
    """A contact as this viewer may see it; company and owner are loaded."""
    plain = {
        key: getattr(contact, key)
        for key in ContactSchema().fields
        if key not in {"owner", "company", "tags"}
    }
    plain |= {
        "company": contact.company.name if contact.company else None,
        "owner": contact.owner.email if contact.owner else None,
        "tags": list(tags),
    }
    hidden = () if viewer.can(Leads.VIEW) else LEAD_FACTS
    return {key: value for key, value in plain.items() if key not in hidden}
