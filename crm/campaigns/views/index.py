"""The list of campaigns and the ways to begin one."""

from __future__ import annotations

from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import SelectChoice

from crm.campaigns import queries
from crm.campaigns.forms import ImportForm, NewCampaignForm
from crm.campaigns.labels import status_label
from crm.campaigns.logic.presets import PRESETS, draft_of_preset
from crm.campaigns.permissions import Campaigns
from crm.campaigns.service.making import create_campaign
from crm.campaigns.service.text_file import import_campaign
from crm.campaigns.views import bp
from crm.core.errors import DomainError
from crm.sequences.models import SequenceStatus
from crm.web import htmx
from crm.web.access import requires, viewer
from crm.web.i18n import lang
from crm.web.listing import page_number

FIRST = next(iter(PRESETS))


@bp.get("/campaigns")
@requires(Campaigns.VIEW)
def index() -> ResponseReturnValue:
    asked = request.args.get("status", "")
    status = SequenceStatus(asked) if asked in set(SequenceStatus) else None
    page = queries.list_campaigns(viewer(), status=status, number=page_number(request.args))
    counts = queries.count_by_status(viewer())
    return htmx.render(
        "campaigns/index.html", fragment="results", page=page, chosen=status, total=sum(counts.values()),
        status_tabs=_status_tabs(counts, status), may_create=viewer().can(Campaigns.CREATE), first_preset=FIRST,
        page_url=lambda number: url_for("campaigns.index", status=status, page=number),
    )  # fmt: skip


@bp.route("/campaigns/new", methods=["GET", "POST"])
@requires(Campaigns.CREATE)
def create() -> ResponseReturnValue:
    form = _new_form()
    if form.validate_on_submit():
        try:
            campaign = create_campaign(
                draft_of_preset(form.preset.data, name=form.name.data or "", locale=lang()), actor=viewer()
            )
        except DomainError as error:
            form.refuse(error)
        else:
            return htmx.go_to("campaigns.sequence", campaign_id=campaign.id)
    return _new_page(form, ImportForm(), status=422 if form.is_submitted() else 200)


@bp.post("/campaigns/import")
@requires(Campaigns.CREATE)
def create_from_file() -> ResponseReturnValue:
    form = ImportForm()
    if form.validate_on_submit():
        try:
            made = import_campaign(form.file.data, actor=viewer())
        except DomainError as error:
            form.refuse(error)
        else:
            htmx.notify(
                _("Draft made from the file")
                if made.is_new
                else _("The draft of this name was made anew from the file")
            )
            return htmx.go_to("campaigns.sequence", campaign_id=made.campaign.id)
    return _new_page(_new_form(formdata=None), form, status=422)


def _new_form(**kwargs: Any) -> NewCampaignForm:
    form = NewCampaignForm(preset=request.args.get("preset", FIRST), **kwargs)
    form.preset.choices = [SelectChoice(preset.key, _(preset.label)) for preset in PRESETS.values()]
    return form


def _new_page(form: NewCampaignForm, import_form: ImportForm, *, status: int) -> ResponseReturnValue:
    about = {preset.key: _(preset.about) for preset in PRESETS.values()}
    return htmx.render("campaigns/new.html", status=status, form=form, import_form=import_form, about=about)


def _status_tabs(counts: dict[SequenceStatus, int], current: SequenceStatus | None) -> list[dict[str, Any]]:
    def tab(label: str, status: SequenceStatus | None, count: int) -> dict[str, Any]:
        url = url_for("campaigns.index", status=status.value if status else None)
        return {"label": label, "url": url, "is_current": status is current, "count": count}

    shown = [status for status in SequenceStatus if counts.get(status) or status is current]
    everything = tab(_("All"), None, sum(counts.values()))
    return [everything, *(tab(status_label(status), status, counts.get(status, 0)) for status in shown)]
