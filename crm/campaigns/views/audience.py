"""Whom a campaign takes in: tags picked as all of, any of, none of, and who is never taken in."""

from __future__ import annotations

from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.campaigns import board, queries
from crm.campaigns.forms import AudienceForm, tag_choices
from crm.campaigns.permissions import Campaigns
from crm.campaigns.picking import EVERYONE, MODES, any_of, picks_of, rule_of, tags_of
from crm.campaigns.service.making import update_campaign
from crm.campaigns.views import bp
from crm.campaigns.views.frame import frame
from crm.campaigns.views.rules import rule_sentence
from crm.contacts import sets
from crm.core.errors import DomainError
from crm.sequences.models import Sequence as Campaign
from crm.tags.models import Tag
from crm.tags.queries import GroupOfTags, count_people, list_tags, list_tags_by_group
from crm.web import htmx
from crm.web.access import requires, viewer


@bp.get("/campaigns/<int:campaign_id>/audience")
@requires(Campaigns.VIEW)
def audience(campaign_id: int) -> ResponseReturnValue:
    campaign = queries.get_campaign(campaign_id, viewer())
    form = AudienceForm(
        everyone=campaign.audience == EVERYONE, exclude=tags_of(campaign.exclude) or [], enrols=campaign.enrols,
        re_entry_days=campaign.re_entry_days,
    )  # fmt: skip
    return _drawn(campaign, form, picks_of(campaign.audience))


@bp.post("/campaigns/<int:campaign_id>/audience")
@requires(Campaigns.EDIT)
def save_audience(campaign_id: int) -> ResponseReturnValue:
    campaign = queries.get_campaign(campaign_id, viewer(), Campaigns.EDIT)
    tags = list_tags()
    form = AudienceForm(tags=tags)
    picks = {tag.slug: mode for tag in tags if (mode := request.form.get(f"tag-{tag.id}")) in MODES}
    if form.validate_on_submit():
        try:
            update_campaign(campaign, version=campaign.version, **_settings(campaign, form, picks))
        except DomainError as error:
            form.refuse(error)
        else:
            htmx.notify(_("Audience saved"))
            return htmx.go_to("campaigns.audience", campaign_id=campaign.id)
    return _drawn(campaign, form, picks, status=422)


def _settings(campaign: Campaign, form: AudienceForm, picks: dict[str, Any]) -> dict[str, Any]:
    """A rule the picker cannot draw stays as it is until something is picked."""
    changed: dict[str, Any] = {"enrols": form.enrols.data, "re_entry_days": form.re_entry_days.data}
    if form.everyone.data and not picks:
        changed["audience"] = EVERYONE
    elif picks or picks_of(campaign.audience) is not None:
        changed["audience"] = rule_of(picks)
    if form.exclude.data or tags_of(campaign.exclude) is not None:
        changed["exclude"] = any_of(form.exclude.data or [])
    return changed


def _drawn(campaign: Campaign, form: AudienceForm, picks: Any, *, status: int = 200) -> ResponseReturnValue:
    groups = list_tags_by_group()
    form.exclude.choices = tag_choices(tag for group in groups for tag in group.tags)
    is_deep = bool(campaign.exclude) and tags_of(campaign.exclude) is None
    return htmx.render(
        "campaigns/audience.html", status=status, form=form, picks=picks, groups=[group for group in groups if group.tags],
        counts=_counts(groups), audience_text=rule_sentence(campaign.audience),
        exclude_text=rule_sentence(campaign.exclude) if is_deep else None, people=board.reach_of(campaign),
        samples=board.sample_people(campaign, viewer()), **frame(campaign, "audience"),
    )  # fmt: skip


def _counts(groups: list[GroupOfTags]) -> dict[int, int]:
    tags: list[Tag] = [tag for group in groups for tag in group.tags]
    return count_people(tags, sets.ids_of(sets.LIVE))
