"""What rules may ask of the stream with `did`."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, select

from crm.activity.models import Activity
from crm.core.messages import N_
from crm.rules.operators import Kind
from crm.rules.vocabulary import Attribute, Fact

_WORDS = {
    "sent": (N_("Was sent an email"), N_("who was sent an email"), N_("who was sent no email")),
    "delivered": (N_("Got an email"), N_("who got an email"), N_("who got no email")),
    "opened": (N_("Opened an email"), N_("who opened an email"), N_("who opened no email")),
    "clicked": (N_("Clicked a link"), N_("who clicked a link"), N_("who clicked no link")),
    "replied": (N_("Replied"), N_("who replied"), N_("who did not reply")),
    "bounced": (N_("Bounced"), N_("whose mail bounced"), N_("whose mail did not bounce")),
    "unsubscribed": (N_("Unsubscribed"), N_("who unsubscribed"), N_("who did not unsubscribe")),
    "visited": (N_("Visited a page"), N_("who visited a page"), N_("who visited no page")),
    "submitted": (N_("Sent in a form"), N_("who sent in a form"), N_("who sent in no form")),
    "called": (N_("Had a call"), N_("who had a call"), N_("who had no call")),
    "purchased": (N_("Bought"), N_("who bought"), N_("who did not buy")),
    "note": (N_("Has a note"), N_("about whom a note was written"), N_("about whom no note was written")),
}
_ATTRIBUTES = (
    Attribute(key="campaign", label=N_("Campaign"), kind=Kind.TEXT, column="campaign"),
    Attribute(key="step", label=N_("Step"), kind=Kind.TEXT, column="step"),
)


def facts() -> list[Fact]:
    """One fact for each kind that says something about the person."""
    return [
        Fact(name=name, label=label, did=did, did_not=did_not, rows=_rows(name), attributes=_ATTRIBUTES)
        for name, (label, did, did_not) in _WORDS.items()
    ]


def _rows(kind: str) -> Select[*tuple[Any, ...]]:
    columns = (
        Activity.contact_id.label("contact_id"),
        Activity.at.label("at"),
        Activity.campaign.label("campaign"),
        Activity.step.label("step"),
    )
    return select(*columns).where(Activity.kind == kind)
