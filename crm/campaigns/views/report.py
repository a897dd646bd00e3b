"""How a campaign went, and the people behind each number."""

from __future__ import annotations

from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.campaigns import board, queries
from crm.campaigns.labels import outcome_label
from crm.campaigns.permissions import Campaigns
from crm.campaigns.tally import Report, report_of
from crm.campaigns.views import bp
from crm.campaigns.views.frame import frame
from crm.campaigns.wording import people_heading
from crm.contacts.permissions import Contacts
from crm.delivery.permissions import Messages
from crm.sequences.models import Sequence as Campaign
from crm.web import htmx
from crm.web.access import requires, viewer
from crm.web.listing import page_number

FILTERS = ("who", "step", "outcome", "reason", "contact")


@bp.get("/campaigns/<int:campaign_id>/report")
@requires(Campaigns.VIEW)
def report(campaign_id: int) -> ResponseReturnValue:
    campaign = queries.get_campaign(campaign_id, viewer())
    found = report_of(campaign)

    def people_url(step: str, outcome: str, reason: str | None = None) -> str:
        return url_for("campaigns.people", campaign_id=campaign.id, step=step, outcome=outcome, reason=reason)

    return htmx.render(
        "campaigns/report.html", report=found, figures=_figures(campaign, found), people_url=people_url,
        can_read_outbox=viewer().can(Messages.VIEW), **frame(campaign, "report"),
    )  # fmt: skip


@bp.get("/campaigns/<int:campaign_id>/people")
@requires(Campaigns.VIEW)
def people(campaign_id: int) -> ResponseReturnValue:
    campaign = queries.get_campaign(campaign_id, viewer())
    asked = {name: request.args[name] for name in FILTERS if request.args.get(name)}
    page = board.list_people(
        campaign, who=asked.get("who", ""), step=asked.get("step", ""), outcome=asked.get("outcome", ""),
        reason=asked.get("reason", ""), contact_id=request.args.get("contact", type=int), number=page_number(request.args),
    )  # fmt: skip
    return htmx.render(
        "campaigns/people.html", fragment="results", page=page, heading=people_heading(asked, page),
        page_url=lambda number: url_for("campaigns.people", **{**asked, "campaign_id": campaign.id, "page": number}),
        sees_contacts=viewer().can(Contacts.VIEW), **frame(campaign, "report"),
    )  # fmt: skip


def _figures(campaign: Campaign, found: Report) -> list[tuple[Any, ...]]:
    def of(who: str | None) -> str:
        return url_for("campaigns.people", campaign_id=campaign.id, who=who)

    share = [
        count / found.entered if found.entered else None
        for count in (found.active, found.finished, found.left)
    ]
    return [
        (_("Entered"), found.entered, of(None), None),
        (outcome_label("active"), found.active, of("active"), share[0]),
        (outcome_label("finished"), found.finished, of("finished"), share[1]),
        (_("Left early"), found.left, of("exited"), share[2]),
        (
            _("Mails sent"),
            found.sent,
            url_for("campaigns.people", campaign_id=campaign.id, outcome="sent"),
            None,
        ),
    ]
