"""Plugs campaigns into the shell: navigation, search, the part of the contact page, and words for templates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Flask, url_for
from flask_babel import gettext
from markupsafe import Markup

from crm.campaigns import board, labels, wording
from crm.campaigns.permissions import Campaigns
from crm.core.messages import N_
from crm.core.permissions import Viewer
from crm.core.standing import next_due_of
from crm.sequences.models import SequenceStatus
from crm.web.panels import ContactPanel, Hit, NavigationEntry, SearchSource, plug
from crm.web.ui import icon

LABELS = ("exit_label", "exit_icon", "outcome_label", "outcome_sign")
SENTENCES = (
    "window_sentence", "window_details", "wait_label", "every_label", "enrolment_sentence", "reach_sentence",
    "start_sentence", "dates_sentence", "moves_label", "local_time_of", "day_number", "count_link",
)  # fmt: skip


def plug_in(app: Flask) -> None:
    app.jinja_env.globals.update(
        {name: getattr(wording, name) for name in SENTENCES}
        | {name: getattr(labels, name) for name in LABELS}
    )
    app.jinja_env.globals.update(
        campaign_badge=campaign_badge,
        campaign_status_label=labels.status_label,
        campaign_status_sign=labels.status_sign,
    )
    plug(
        NavigationEntry(
            N_("Campaigns"),
            "campaigns.index",
            "send",
            Campaigns.VIEW,
            group="Outreach",
            order=10,
            key="m",
            on_phone=True,
        ),
        ContactPanel(
            "campaigns", N_("Campaigns"), "campaigns/_contact.html", Campaigns.VIEW, _contact_panel, order=30
        ),
        SearchSource("campaigns", N_("Campaigns"), Campaigns.VIEW, _find, order=20),
    )
    next_due_of("sequences", board.next_step_at)


def campaign_badge(status: SequenceStatus) -> Markup:
    """The state beside the name of a campaign."""
    kind, sign = labels.BADGE_ICONS.get(status, ("", None))
    drawn = icon(sign) if sign else Markup("")
    return Markup('<span class="badge {}">{}{}</span>').format(kind, drawn, labels.status_label(status))


def _contact_panel(contact_id: int, _viewer: Viewer) -> Mapping[str, Any] | None:
    enrolments = board.list_enrolments(contact_id)
    return {"enrolments": enrolments, "contact_id": contact_id} if enrolments else None


def _find(text: str, viewer: Viewer, limit: int) -> list[Hit]:
    found = board.find_named(text, viewer, limit)
    return [
        Hit(name, url_for("campaigns.show", campaign_id=campaign_id), gettext("Campaign"), "send")
        for campaign_id, name in found
    ]
