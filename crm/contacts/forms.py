"""The form of a contact: the same for a new one and for one that is changed."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, SelectChoice, SelectField
from wtforms.validators import Length, Optional, Regexp

from crm.contacts.fields import LABELS, LEAD_STATUSES
from crm.contacts.logic import LEAD_FACTS
from crm.web.fields import EmailAddressField, LocalDateField, PhoneField, TrimmedStringField, TrimmedTextField
from crm.web.forms import BaseForm

EMPTY = SelectChoice("", "—")
ZONES = [
    EMPTY,
    *(SelectChoice(zone, zone.replace("_", " ")) for zone in sorted(available_timezones()) if "/" in zone),
]
LANGUAGES = {
    "en": "English",
    "fa": "فارسی",
    "de": "Deutsch",
    "fr": "Français",
    "ar": "العربية",
    "tr": "Türkçe",
}
KINDS = [SelectChoice("note", _l("Note")), SelectChoice("called", _l("Call"))]
COUNTRY = [Optional(), Regexp(r"^[A-Za-z]{2}$", message=_l("Two letters, such as DE or IR."))]


class ContactForm(BaseForm):
    """Everything that can be typed about a person."""

    name = TrimmedStringField(
        _l("Name"), [Length(max=300, message=_l("At most 300 characters."))], max_length=300
    )
    first_name = TrimmedStringField(_l("First name"), max_length=150)
    last_name = TrimmedStringField(_l("Last name"), max_length=150)
    email = EmailAddressField(_l("Email"))
    phone = PhoneField(_l("Phone"))
    company = TrimmedStringField(_l("Company"), max_length=200)
    job_title = TrimmedStringField(_l("Job title"), max_length=200)
    owner_id = SelectField(_l("Owner"), coerce=int)
    source = TrimmedStringField(_l("Source"), max_length=200)
    country = TrimmedStringField(_l("Country"), COUNTRY, description=_l("Two letters, such as DE or IR."))
    region = TrimmedStringField(_l("Region"), max_length=120)
    city = TrimmedStringField(_l("City"), max_length=120)
    postal_code = TrimmedStringField(_l("Postal code"), max_length=20)
    address = TrimmedStringField(_l("Address"), max_length=500)
    language = SelectField(_l("Language"))
    timezone = SelectField(_l("Time zone"), choices=ZONES)
    birthday = LocalDateField(_l("Birthday"))
    external_id = TrimmedStringField(_l("External ID"), max_length=200)
    status = SelectField(_l("Lead status"))
    budget = TrimmedStringField(_l("Budget"), max_length=200)
    need = TrimmedTextField(_l("Need"))
    timeline = TrimmedStringField(_l("Timeline"), max_length=200)
    decision_makers = TrimmedStringField(_l("Decision makers"), max_length=500)
    authority = TrimmedStringField(_l("Authority"), max_length=200)
    competitors = TrimmedStringField(_l("Competitors"), max_length=500)
    objections = TrimmedTextField(_l("Objections"))
    version = HiddenField()
    may_double = BooleanField(_l("Save anyway"))

    FIRST = ("name", "email", "phone", "company", "job_title", "owner_id")
    MORE = (
        "first_name", "last_name", "source", "country", "region", "city", "postal_code", "address", "language", "timezone",
        "birthday", "external_id",
    )  # fmt: skip
    LEAD = LEAD_FACTS

    def offer(self, owners: Any, translate: Any, *, with_lead: bool) -> None:
        """Fill in the choices, and take the fields of leads away from who may not change them."""
        self.owner_id.choices = [
            SelectChoice(0, translate("Nobody")),
            *(SelectChoice(each.id, each.name) for each in owners),
        ]
        self.status.choices = [
            EMPTY,
            *(SelectChoice(each.value, translate(label)) for each, label in LEAD_STATUSES.items()),
        ]
        kept = self.language.object_data or ""
        known = LANGUAGES if kept in LANGUAGES or not kept else {**LANGUAGES, kept: kept}
        self.language.choices = [EMPTY, *(SelectChoice(code, name) for code, name in known.items())]
        if not with_lead:
            for key in LEAD_FACTS:
                delattr(self, key)

    @property
    def facts(self) -> dict[str, Any]:
        """What was typed, by field key."""
        facts = {key: field.data for key, field in self._fields.items() if key in LABELS or key == "owner_id"}
        facts["owner_id"] = facts["owner_id"] or None
        facts["country"] = (facts["country"] or "").upper()
        return facts

    @property
    def read_version(self) -> int | None:
        return int(self.version.data) if (self.version.data or "").isdigit() else None


class NoteForm(BaseForm):
    text = TrimmedTextField(_l("Note"))
    kind = SelectField(_l("What happened"), choices=KINDS, default="note")
