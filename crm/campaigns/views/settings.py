"""What holds for a whole campaign: name, sender, window, limits, leaving; the text file; deleting a draft."""

from __future__ import annotations

from typing import Any

from flask import Response
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.campaigns import queries
from crm.campaigns.forms import ImportForm, SettingsForm
from crm.campaigns.logic.reading import read_campaign
from crm.campaigns.permissions import Campaigns
from crm.campaigns.picking import tags_of
from crm.campaigns.service.making import delete_campaign, replace_campaign, update_campaign
from crm.campaigns.service.text_file import export_campaign
from crm.campaigns.views import bp
from crm.campaigns.views.frame import frame
from crm.core.calendars import WEEKDAY_CODES
from crm.core.errors import Conflict, DomainError
from crm.delivery.service.transactional import workspace_sender
from crm.sequences.models import Sequence as Campaign
from crm.sequences.models import SequenceStatus
from crm.tags.queries import list_tags
from crm.web import htmx
from crm.web.access import requires, viewer


@bp.get("/campaigns/<int:campaign_id>/settings")
@requires(Campaigns.VIEW)
def settings(campaign_id: int) -> ResponseReturnValue:
    campaign = queries.get_campaign(campaign_id, viewer())
    return _drawn(campaign, _form(**_values(campaign)), ImportForm(formdata=None))


@bp.post("/campaigns/<int:campaign_id>/settings")
@requires(Campaigns.EDIT)
def save_settings(campaign_id: int) -> ResponseReturnValue:
    campaign = queries.get_campaign(campaign_id, viewer(), Campaigns.EDIT)
    form = _form()
    status = 422
    if form.validate_on_submit():
        try:
            update_campaign(campaign, version=int(form.base.data or 0), **form.settings(campaign.goal))
        except Conflict as error:
            form.refuse(error)
            form.base.data, status = str(campaign.version), 409
        except DomainError as error:
            form.refuse(error)
        else:
            htmx.notify(_("Settings saved"))
            return htmx.go_to("campaigns.settings", campaign_id=campaign.id)
    return _drawn(campaign, form, ImportForm(formdata=None), status=status)


@bp.get("/campaigns/<int:campaign_id>/export")
@requires(Campaigns.VIEW)
def export(campaign_id: int) -> ResponseReturnValue:
    campaign = queries.get_campaign(campaign_id, viewer())
    response = Response(export_campaign(campaign), content_type="application/yaml; charset=utf-8")
    response.headers.set("Content-Disposition", "attachment", filename=f"{campaign.slug}.yaml")
    return response


@bp.post("/campaigns/<int:campaign_id>/import")
@requires(Campaigns.EDIT)
def import_over(campaign_id: int) -> ResponseReturnValue:
    campaign = queries.get_campaign(campaign_id, viewer(), Campaigns.EDIT)
    form = ImportForm()
    if form.validate_on_submit():
        try:
            replace_campaign(campaign, read_campaign(form.file.data))
        except DomainError as error:
            form.refuse(error)
        else:
            htmx.notify(_("The draft was made anew from the file"))
            return htmx.go_to("campaigns.sequence", campaign_id=campaign.id)
    return _drawn(campaign, _form(formdata=None, **_values(campaign)), form, status=422)


@bp.post("/campaigns/<int:campaign_id>/delete")
@requires(Campaigns.DELETE)
def delete(campaign_id: int) -> ResponseReturnValue:
    campaign = queries.get_campaign(campaign_id, viewer(), Campaigns.DELETE)
    try:
        delete_campaign(campaign)
    except Conflict as error:
        htmx.notify(_(error.message, **error.params), "bad")
        return htmx.go_to("campaigns.settings", campaign_id=campaign_id)
    htmx.notify(_("“%(name)s” deleted", name=campaign.name), "gone")
    return htmx.go_to("campaigns.index")


def _form(**values: Any) -> SettingsForm:
    return SettingsForm(tags=list_tags(), **values)


def _values(campaign: Campaign) -> dict[str, Any]:
    window, sender, cap = campaign.window or {}, campaign.sender or {}, campaign.cap or {}
    goal = tags_of(campaign.goal) or []
    return {
        "name": campaign.name,
        "sender_name": sender.get("name", ""), "sender_email": sender.get("email"), "reply_to": sender.get("reply_to"),
        "days": list(window.get("days") or WEEKDAY_CODES),
        "opens": window.get("from") or "00:00", "closes": window.get("to") or "24:00",
        "timezone": window.get("timezone", "contact"), "fallback_timezone": window.get("fallback_timezone") or "",
        "holidays": [str(day) for day in window.get("holidays") or []],
        "cap_day": cap.get("day"), "cap_week": cap.get("week"), "cap_month": cap.get("month"),
        "over_cap": campaign.over_cap, "priority": campaign.priority, "uncertain": campaign.uncertain,
        "calendar": campaign.calendar, "exit_on": list(campaign.exit_on), "goal": goal[0] if len(goal) == 1 else "",
        "base": str(campaign.version),
    }  # fmt: skip


def _drawn(
    campaign: Campaign, form: SettingsForm, import_form: ImportForm, *, status: int = 200
) -> ResponseReturnValue:
    may_delete = viewer().can(Campaigns.DELETE) and campaign.status is SequenceStatus.DRAFT
    return htmx.render(
        "campaigns/settings.html", status=status, form=form, import_form=import_form, plain_sender=workspace_sender(),
        may_delete=may_delete, **frame(campaign, "settings"),
    )  # fmt: skip
