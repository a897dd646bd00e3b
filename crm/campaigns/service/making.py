"""Campaigns are made, changed, copied and deleted."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, exists, select, update

from crm.campaigns.logic.draft import CampaignDraft
from crm.campaigns.queries import draft_of_campaign
from crm.campaigns.service.steps import append_step
from crm.campaigns.service.versions import check_version, refuse_finished, touch
from crm.core.calendars import zone
from crm.core.db import session
from crm.core.errors import Conflict, Invalid
from crm.core.messages import N_
from crm.core.permissions import Viewer
from crm.core.text import slugify
from crm.rules.parse import parse
from crm.rules.vocabulary import VOCABULARY
from crm.sequences.logic.caps import Cap
from crm.sequences.logic.schedule import window_of
from crm.sequences.logic.walk import EXITS
from crm.sequences.models import Enrolment, Sequence, SequenceStatus, Step

NO_ONE: dict[str, Any] = {"any": []}
RULES = ("audience", "exclude", "goal")
SETTINGS = (
    "name", "audience", "exclude", "enrols", "re_entry_days", "exit_on", "goal", "window", "cap", "over_cap",
    "priority", "uncertain", "calendar", "sender", "starts_at",
)  # fmt: skip


def create_campaign(draft: CampaignDraft, *, actor: Viewer) -> Sequence:
    """A new draft with these steps; raises RuleError or Invalid for what cannot be."""
    campaign = Sequence(
        name=draft.name.strip(), slug=free_slug(draft.name), status=SequenceStatus.DRAFT, owner_id=actor.id, version=1,
        audience=dict(draft.audience) or NO_ONE,
    )  # fmt: skip
    _apply(campaign, _settings_of(draft))
    session.add(campaign)
    session.flush()
    for step in draft.steps:
        append_step(campaign, step)
    session.flush()
    return campaign


def replace_campaign(campaign: Sequence, draft: CampaignDraft) -> Sequence:
    """Everything anew from a draft, while nothing has begun."""
    if campaign.status is not SequenceStatus.DRAFT:
        raise Conflict(
            N_(
                "A campaign with this name has begun already. Give the file another name, or edit the campaign."
            )
        )
    _apply(campaign, _settings_of(draft))
    session.execute(delete(Step).where(Step.sequence_id == campaign.id))
    for step in draft.steps:
        append_step(campaign, step)
    touch(campaign)
    return campaign


def update_campaign(campaign: Sequence, *, version: int, **settings: Any) -> None:
    """Change settings by name (see SETTINGS); raises Conflict when somebody else saved since `version`."""
    check_version(campaign, version)
    refuse_finished(campaign)
    _apply(campaign, settings)
    if "priority" in settings:
        _rank_anew(campaign)
    touch(campaign)


def copy_campaign(campaign: Sequence, name: str, *, actor: Viewer) -> Sequence:
    """The same steps and settings as a draft. Who got a message from the former will not get it again."""
    draft = draft_of_campaign(campaign)
    return create_campaign(CampaignDraft(**{**draft.__dict__, "name": name}), actor=actor)


def delete_campaign(campaign: Sequence) -> None:
    """Only one that nobody ever was in: what was sent has to stay explained."""
    if session.scalar(select(exists().where(Enrolment.sequence_id == campaign.id))):
        raise Conflict(N_("People have been in this campaign, so it stays. Finish it instead."))
    session.delete(campaign)
    session.flush()


def free_slug(name: str) -> str:
    """The name as a slug, with a number where it is taken."""
    base = slugify(name)[:100]
    if not base:
        raise Invalid(N_("A name needs a letter or a digit."), field="name")
    taken = set(session.scalars(select(Sequence.slug).where(Sequence.slug.startswith(base, autoescape=True))))
    return next(
        slug for slug in (base, *(f"{base}-{n}" for n in range(2, len(taken) + 3))) if slug not in taken
    )


def _settings_of(draft: CampaignDraft) -> dict[str, Any]:
    plain = {key: getattr(draft, key) for key in SETTINGS if hasattr(draft, key)}
    return plain | {
        "exit_on": list(draft.exit_on),
        "window": dict(draft.window),
        "cap": dict(draft.cap),
        "sender": dict(draft.sender),
    }


def _apply(campaign: Sequence, settings: dict[str, Any]) -> None:
    unknown = settings.keys() - set(SETTINGS)
    if unknown:
        raise ValueError(f"no settings of a campaign: {', '.join(sorted(unknown))}")
    for key in RULES:
        if settings.get(key):
            settings[key] = dict(settings[key])
            parse(settings[key], VOCABULARY)
    _check(settings)
    for key, value in settings.items():
        setattr(campaign, key, value)


def _check(settings: dict[str, Any]) -> None:
    if "name" in settings and not slugify(settings["name"]):
        raise Invalid(N_("A name needs a letter or a digit."), field="name")
    if settings.get("window"):
        try:
            window_of(settings["window"], "UTC")
            for key in ("timezone", "fallback_timezone"):
                if settings["window"].get(key) not in (None, "", "contact"):
                    zone(settings["window"][key])
        except ValueError as problem:
            raise Invalid(str(problem), field="window") from None
    for name in settings.get("exit_on") or ():
        if name not in EXITS:
            raise Invalid(N_("This is no way out of a campaign."), field="exit_on")
    if settings.get("cap"):
        Cap.of(settings["cap"])


def _rank_anew(campaign: Sequence) -> None:
    session.execute(
        update(Enrolment).where(Enrolment.sequence_id == campaign.id).values(rank=-campaign.priority)
    )
