"""A campaign is reviewed, started, paused, resumed and finished."""

from __future__ import annotations

from collections.abc import Callable

from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.campaigns import board, queries
from crm.campaigns.forms import ReviewForm
from crm.campaigns.permissions import Campaigns
from crm.campaigns.service.checks import refuse_unready
from crm.campaigns.service.checks import review as look_over
from crm.campaigns.timeline import cards_of
from crm.campaigns.views import bp
from crm.campaigns.views.checks import checks_of
from crm.campaigns.views.frame import UNTOUCHED, frame
from crm.campaigns.views.sequence_page import example_timetable
from crm.core import clock
from crm.core.calendars import local_date
from crm.core.errors import DomainError
from crm.core.settings import current_settings
from crm.sequences.models import Sequence as Campaign
from crm.sequences.queries.loading import load_one
from crm.sequences.service import lifecycle
from crm.web import htmx
from crm.web.access import requires, viewer

TYPED_FROM = 500
"""Above so many people their number has to be typed before anything starts."""


@bp.get("/campaigns/<int:campaign_id>/review")
@requires(Campaigns.VIEW)
def review(campaign_id: int) -> ResponseReturnValue:
    campaign = queries.get_campaign(campaign_id, viewer())
    if campaign.status not in UNTOUCHED:
        return htmx.go_to("campaigns.report", campaign_id=campaign.id)
    return _drawn(campaign, ReviewForm())


@bp.post("/campaigns/<int:campaign_id>/start")
@requires(Campaigns.SEND_MANY)
def start(campaign_id: int) -> ResponseReturnValue:
    campaign = queries.get_campaign(campaign_id, viewer(), Campaigns.SEND_MANY)
    form = ReviewForm()
    count = board.reach_of(campaign).reachable
    if form.validate_on_submit() and form.is_meant(count, typed=count > TYPED_FROM):
        try:
            refuse_unready(campaign)
            lifecycle.start(campaign)
        except DomainError as error:
            form.refuse(error)
        else:
            htmx.notify(_("“%(name)s” is running", name=campaign.name))
            return htmx.go_to("campaigns.report", campaign_id=campaign.id)
    return _drawn(campaign, form, status=422)


@bp.post("/campaigns/<int:campaign_id>/pause")
@requires(Campaigns.SEND_MANY)
def pause(campaign_id: int) -> ResponseReturnValue:
    done = _("Paused. Nobody gets anything of it until it is resumed; every wait is longer by the pause.")
    return _change(campaign_id, lifecycle.pause, done)


@bp.post("/campaigns/<int:campaign_id>/resume")
@requires(Campaigns.SEND_MANY)
def resume(campaign_id: int) -> ResponseReturnValue:
    return _change(campaign_id, lifecycle.resume, _("It goes on where it stopped"))


@bp.post("/campaigns/<int:campaign_id>/unschedule")
@requires(Campaigns.SEND_MANY)
def unschedule(campaign_id: int) -> ResponseReturnValue:
    return _change(campaign_id, lifecycle.unschedule, _("It is a draft again"))


@bp.get("/campaigns/<int:campaign_id>/finish")
@requires(Campaigns.SEND_MANY)
def ask_to_finish(campaign_id: int) -> ResponseReturnValue:
    campaign = queries.get_campaign(campaign_id, viewer(), Campaigns.SEND_MANY)
    return htmx.render(
        "campaigns/finish.html", active_count=board.count_active(campaign), **frame(campaign, "sequence")
    )


@bp.post("/campaigns/<int:campaign_id>/finish")
@requires(Campaigns.SEND_MANY)
def finish(campaign_id: int) -> ResponseReturnValue:
    return _change(campaign_id, lifecycle.finish, _("Finished. The report stays."))


def _change(campaign_id: int, verb: Callable[[Campaign], None], done: str) -> ResponseReturnValue:
    campaign = queries.get_campaign(campaign_id, viewer(), Campaigns.SEND_MANY)
    try:
        verb(campaign)
        htmx.notify(done)
    except DomainError as error:
        htmx.notify(_(error.message, **error.params), "bad")
    return htmx.go_to("campaigns.report", campaign_id=campaign.id)


def _drawn(campaign: Campaign, form: ReviewForm, *, status: int = 200) -> ResponseReturnValue:
    timetable = example_timetable(campaign)
    cards = cards_of(queries.list_steps(campaign.id), timetable, local_date(clock.now(), timetable.timezone))
    reached, found = board.reach_of(campaign), look_over(campaign)
    return htmx.render(
        "campaigns/review.html", status=status, form=form, people=reached, cards=cards,
        checks=checks_of(campaign, found, len(cards)), may_start=found.may_start and viewer().can(Campaigns.SEND_MANY),
        needs_number=reached.reachable > TYPED_FROM, sender=load_one(campaign).sender,
        leaves=bool(current_settings().smtp_url), **frame(campaign, "review"),
    )  # fmt: skip
