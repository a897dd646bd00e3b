"""The sequence of a campaign and, beside it, the calendar of what goes out when."""

from __future__ import annotations

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from crm.campaigns.permissions import Campaigns
from crm.campaigns.queries import get_campaign
from crm.campaigns.views import bp
from crm.campaigns.views.sequence_page import sequence_page
from crm.web import htmx
from crm.web.access import requires, viewer


@bp.get("/campaigns/<int:campaign_id>")
@requires(Campaigns.VIEW)
def show(campaign_id: int) -> ResponseReturnValue:
    campaign = get_campaign(campaign_id, viewer())
    return redirect(url_for("campaigns.sequence", campaign_id=campaign.id), 303)


@bp.get("/campaigns/<int:campaign_id>/sequence")
@requires(Campaigns.VIEW)
def sequence(campaign_id: int) -> ResponseReturnValue:
    context = sequence_page(get_campaign(campaign_id, viewer()), open_key=request.args.get("step"))
    status = 422 if context["join_error"] else 200
    return htmx.render(
        "campaigns/sequence.html", fragment="timeline", also=("calendar",), status=status, **context
    )


@bp.get("/campaigns/<int:campaign_id>/calendar")
@requires(Campaigns.VIEW)
def calendar(campaign_id: int) -> ResponseReturnValue:
    context = sequence_page(get_campaign(campaign_id, viewer()), open_key=request.args.get("step"))
    status, address = (422, None) if context["join_error"] else (200, context["url"]())
    return htmx.render(
        "campaigns/sequence.html", fragment="calendar", status=status, push_url=address, **context
    )
