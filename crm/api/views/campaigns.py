"""Campaigns: made from their JSON form, started and stopped, foreseen and reported."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import url_for
from pyroaring import BitMap

from crm.api import queries
from crm.api.blueprint import LOCATION, NUMBER, Resource, asks, bp, described, gives, takes
from crm.api.cursors import Place, place_of
from crm.api.schemas.campaigns import (
    FILE,
    CampaignFile,
    CampaignFilters,
    CampaignSchema,
    PlannedSchema,
    PreviewFilters,
    ReportSchema,
    Start,
    WholeCampaignSchema,
    shown,
    shown_report,
    shown_whole,
)
from crm.api.schemas.shapes import list_of
from crm.campaigns.logic.yaml_text import write_yaml
from crm.campaigns.permissions import Campaigns
from crm.campaigns.queries import get_campaign
from crm.campaigns.service.checks import refuse_unready
from crm.campaigns.service.text_file import import_campaign
from crm.campaigns.tally import report_of
from crm.contacts.permissions import Contacts
from crm.contacts.queries import find_by_email
from crm.core import clock
from crm.core.text import email_key
from crm.sequences.models import Sequence
from crm.sequences.queries.foreseeing import preview
from crm.sequences.service import lifecycle
from crm.web.access import requires, viewer

ORDER = "campaign"
PEOPLE = "people"
TAGS = ["Campaigns"]
AT = f"/campaigns/<{NUMBER}:campaign_id>"


@bp.route("/campaigns", endpoint="campaigns", tags=TAGS)
class CampaignList(Resource):
    @requires(Campaigns.VIEW)
    @asks(CampaignFilters)
    @gives(200, list_of(CampaignSchema))
    def get(self, asked: dict[str, Any]) -> dict[str, Any]:
        """List campaigns, the last made first."""
        before = place_of(asked["cursor"], ORDER)
        part = queries.list_campaigns(viewer(), status=asked["status"], before=before, limit=asked["limit"])
        following = str(Place(ORDER, part.after)) if part.after else None
        return {"data": [shown(row) for row in part.rows], "next": following, "total": part.total}

    @requires(Campaigns.CREATE)
    @described(requestBody={"content": {"application/json": {"example": FILE}}})
    @takes(CampaignFile)
    @gives(200, WholeCampaignSchema, description="The draft of this name was made anew")
    @gives(201, WholeCampaignSchema, headers=LOCATION)
    def post(self, said: dict[str, Any]) -> Any:
        """Make a draft from the JSON form of a campaign file, or the draft of that name anew."""
        made = import_campaign(write_yaml(said), actor=viewer())
        where = {"Location": url_for("api.campaign", campaign_id=made.campaign.id)}
        return shown_whole(made.campaign), 201 if made.is_new else 200, where if made.is_new else {}


@bp.route(AT, endpoint="campaign", tags=TAGS)
class OneCampaign(Resource):
    @requires(Campaigns.VIEW)
    @gives(200, WholeCampaignSchema)
    def get(self, campaign_id: int) -> Any:
        """Read one campaign with its definition."""
        return shown_whole(get_campaign(campaign_id, viewer()))


@bp.route(f"{AT}/start", endpoint="campaign_start", tags=TAGS)
class StartCampaign(Resource):
    @requires(Campaigns.SEND_MANY)
    @takes(Start)
    @gives(200, CampaignSchema)
    def post(self, said: dict[str, Any], campaign_id: int) -> Any:
        """Let it run, now or from a moment ahead. What would stop a start on its page stops it here."""
        campaign = get_campaign(campaign_id, viewer(), Campaigns.SEND_MANY)
        refuse_unready(campaign)
        lifecycle.start(campaign, at=said.get("at"))
        return shown(campaign)


@bp.route(f"{AT}/pause", endpoint="campaign_pause", tags=TAGS)
class PauseCampaign(Resource):
    @requires(Campaigns.SEND_MANY)
    @gives(200, CampaignSchema)
    def post(self, campaign_id: int) -> Any:
        """Stop the clocks; every wait gets longer by the pause."""
        return _changed(campaign_id, lifecycle.pause)


@bp.route(f"{AT}/resume", endpoint="campaign_resume", tags=TAGS)
class ResumeCampaign(Resource):
    @requires(Campaigns.SEND_MANY)
    @gives(200, CampaignSchema)
    def post(self, campaign_id: int) -> Any:
        """Go on where it stopped."""
        return _changed(campaign_id, lifecycle.resume)


@bp.route(f"{AT}/finish", endpoint="campaign_finish", tags=TAGS)
class FinishCampaign(Resource):
    @requires(Campaigns.SEND_MANY)
    @gives(200, CampaignSchema)
    def post(self, campaign_id: int) -> Any:
        """End it for everybody; what is planned settles as skipped."""
        return _changed(campaign_id, lifecycle.finish)


@bp.route(f"{AT}/preview", endpoint="campaign_preview", tags=TAGS)
class Preview(Resource):
    @requires(Campaigns.VIEW)
    @asks(PreviewFilters)
    @gives(200, list_of(PlannedSchema))
    def get(self, asked: dict[str, Any], campaign_id: int) -> dict[str, Any]:
        """Foresee what goes to whom and when, without sending; parts and `total` count people."""
        campaign = get_campaign(campaign_id, viewer())
        people = queries.people_ahead(campaign, viewer()) if viewer().can(Contacts.VIEW) else BitMap()
        if asked["contact"] is not None:
            one = find_by_email(email_key(asked["contact"]))
            people &= BitMap([one.id] if one else [])
        start = people.rank(place_of(asked["cursor"], PEOPLE))
        part = people[start : start + asked["limit"]]
        lines = (
            preview(campaign, since=asked["since"] or clock.now(), days=asked["days"], contact_ids=list(part))
            if part
            else []
        )
        following = str(Place(PEOPLE, part.max())) if start + len(part) < len(people) else None
        return {"data": lines, "next": following, "total": len(people)}


@bp.route(f"{AT}/report", endpoint="campaign_report", tags=TAGS)
class ReportOfCampaign(Resource):
    @requires(Campaigns.VIEW)
    @gives(200, ReportSchema)
    def get(self, campaign_id: int) -> Any:
        """How it went: people, outcomes, each step."""
        return shown_report(report_of(get_campaign(campaign_id, viewer())))


def _changed(campaign_id: int, verb: Callable[[Sequence], None]) -> dict[str, Any]:
    campaign = get_campaign(campaign_id, viewer(), Campaigns.SEND_MANY)
    verb(campaign)
    return shown(campaign)
