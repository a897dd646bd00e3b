"""Steps added, edited in place, moved, copied, removed and put back; their preview and the test to oneself."""

from __future__ import annotations

from itertools import pairwise

from flask import request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.campaigns import board, queries
from crm.campaigns.forms import StepForm
from crm.campaigns.logic.draft import StepDraft
from crm.campaigns.permissions import Campaigns
from crm.campaigns.service import steps as service
from crm.campaigns.service.testing import render_step, send_test
from crm.campaigns.service.undoing import RemovedStep, restore_step
from crm.campaigns.views import bp
from crm.campaigns.views.sequence_page import kept_of, sequence_page
from crm.core.errors import DomainError
from crm.sequences.logic.schedule import Wait
from crm.sequences.models import Sequence as Campaign
from crm.sequences.models import Step
from crm.web import htmx
from crm.web.access import requires, viewer
from crm.web.mail_frame import mail_frame


@bp.post("/campaigns/<int:campaign_id>/steps")
@requires(Campaigns.EDIT)
def add_step(campaign_id: int) -> ResponseReturnValue:
    campaign = _editable(campaign_id)
    before = request.form.get("before")
    draft = new_step(board.count_steps(campaign))
    place = queries.get_step(campaign.id, before) if before else None
    step = service.add_step(campaign, draft, version=campaign.version, before=place)
    return htmx.go_to("campaigns.sequence", campaign_id=campaign.id, step=step.key)


@bp.post("/campaigns/<int:campaign_id>/steps/<key>")
@requires(Campaigns.EDIT)
def save_step(campaign_id: int, key: str) -> ResponseReturnValue:
    campaign = _editable(campaign_id)
    step = queries.get_step(campaign.id, key)
    form = StepForm()
    if form.validate_on_submit():
        if form.base.data != board.version_of(step):
            return _conflicted(campaign, step)
        try:
            service.edit_step(campaign, step, form.draft, version=campaign.version)
        except DomainError as error:
            form.refuse(error)
        else:
            return _saved(campaign, step, _("“%(name)s” saved", name=step.name))
    return _drawn(campaign, key, form=form, status=422)


@bp.post("/campaigns/<int:campaign_id>/steps/<key>/move/<any(up, down):direction>")
@requires(Campaigns.EDIT)
def move_step(campaign_id: int, key: str, direction: str) -> ResponseReturnValue:
    campaign = _editable(campaign_id)
    step = queries.get_step(campaign.id, key)
    place = [each.key for each in queries.list_steps(campaign.id)].index(key)
    service.move_step(campaign, step, to=place + (-1 if direction == "up" else 1), version=campaign.version)
    return _saved(campaign, None, _("“%(name)s” moved", name=step.name))


@bp.post("/campaigns/<int:campaign_id>/steps/<key>/duplicate")
@requires(Campaigns.EDIT)
def duplicate_step(campaign_id: int, key: str) -> ResponseReturnValue:
    campaign = _editable(campaign_id)
    copy = service.copy_step(campaign, queries.get_step(campaign.id, key), version=campaign.version)
    return _saved(campaign, copy, _("Copied. Change its words: nobody gets the same message twice."))


@bp.post("/campaigns/<int:campaign_id>/steps/<key>/remove")
@requires(Campaigns.EDIT)
def remove_step(campaign_id: int, key: str) -> ResponseReturnValue:
    campaign = _editable(campaign_id)
    step = queries.get_step(campaign.id, key)
    keys = [each.key for each in queries.list_steps(campaign.id)]
    before = dict(pairwise(keys)).get(key)
    undo = url_for(
        "campaigns.undo_remove_step", campaign_id=campaign.id, key=key, name=step.name, content=step.content_id,
        amount=step.wait.get("amount", 0), unit=step.wait.get("unit", "days"), before=before,
    )  # fmt: skip
    service.remove_step(campaign, step, version=campaign.version)
    htmx.notify(_("“%(name)s” removed", name=step.name), "gone", undo_url=undo)
    return htmx.go_to("campaigns.sequence", campaign_id=campaign.id, **kept_of(request.args))


@bp.post("/campaigns/<int:campaign_id>/steps/<key>/restore")
@requires(Campaigns.EDIT)
def undo_remove_step(campaign_id: int, key: str) -> ResponseReturnValue:
    campaign = _editable(campaign_id)
    args = request.args
    wait = Wait.of({"amount": args.get("amount", 0, int), "unit": args.get("unit", "days")})
    removed = RemovedStep(key, args.get("name", key), wait, args.get("content", 0, int), args.get("before"))
    step = restore_step(campaign, removed)
    return _saved(campaign, None, _("“%(name)s” is back", name=step.name))


@bp.get("/campaigns/<int:campaign_id>/steps/<key>/preview")
@requires(Campaigns.VIEW)
def preview_step(campaign_id: int, key: str) -> ResponseReturnValue:
    campaign = queries.get_campaign(campaign_id, viewer())
    step = queries.get_step(campaign.id, key)
    return mail_frame(render_step(step, contact_id=request.args.get("as", type=int), viewer=viewer()).html)


@bp.post("/campaigns/<int:campaign_id>/steps/<key>/test")
@requires(Campaigns.EDIT)
def test_step(campaign_id: int, key: str) -> ResponseReturnValue:
    campaign = queries.get_campaign(campaign_id, viewer())
    send_test(campaign, queries.get_step(campaign.id, key), to=viewer())
    htmx.notify(_("A test is on its way to %(address)s", address=viewer().email))
    return htmx.go_to("campaigns.sequence", campaign_id=campaign.id, step=key)


def new_step(count: int) -> StepDraft:
    """What a new step begins with: something that can be sent as it is, and reads as unfinished."""
    wait = Wait.of({"amount": 7 if count else 0, "unit": "days"})
    name = _("New mail %(number)s", number=count + 1)
    return StepDraft(name, _("Subject of %(name)s", name=name), _("Write the text here."), wait)


def _editable(campaign_id: int) -> Campaign:
    return queries.get_campaign(campaign_id, viewer(), Campaigns.EDIT)


def _saved(campaign: Campaign, step: Step | None, done: str) -> ResponseReturnValue:
    """The sequence with everything that changed in it, and where the address now leads."""
    htmx.notify(done)
    key = step.key if step else None
    if htmx.is_fragment():
        return _drawn(campaign, key)
    return htmx.go_to("campaigns.sequence", campaign_id=campaign.id, step=key, **kept_of(request.args))


def _conflicted(campaign: Campaign, step: Step) -> ResponseReturnValue:
    """Somebody was faster: both values, and saving once more puts the typed one in place."""
    form = StepForm(base=board.version_of(step))
    form.base.data = board.version_of(step)
    return _drawn(campaign, step.key, form=form, conflict=step.content, status=409)


def _drawn(
    campaign: Campaign,
    key: str | None,
    *,
    form: StepForm | None = None,
    conflict: object = None,
    status: int = 200,
) -> ResponseReturnValue:
    context = sequence_page(campaign, open_key=key, form=form, conflict=conflict)
    address = context["url"]() if status == 200 else None
    return htmx.render(
        "campaigns/sequence.html",
        fragment="timeline",
        also=("calendar",),
        status=status,
        push_url=address,
        **context,
    )
