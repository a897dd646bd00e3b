"""Campaigns for screens, commands and the API: lists, one with its steps, and how they stand."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Sequence as Rows
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, case, false, func, or_, select
from sqlalchemy.orm import joinedload

from crm.campaigns.logic.draft import CampaignDraft, StepDraft
from crm.campaigns.permissions import Campaigns
from crm.core.db import session
from crm.core.errors import NotFound
from crm.core.paging import PAGE_SIZE, Page, offset_of
from crm.core.permissions import SYSTEM, Permission, Reach, Viewer
from crm.core.text import fold
from crm.sequences.logic.schedule import Wait
from crm.sequences.models import Enrolment, EnrolmentStatus, Outcome, Sequence, SequenceStatus, Step, StepRun

FOR_STEP = (joinedload(Step.content),)


@dataclass(frozen=True)
class CampaignRow:
    campaign: Sequence
    step_count: int
    enrolled: int
    active: int
    sent: int
    next_run_at: datetime | None


def visible_campaigns(viewer: Viewer, permission: Permission = Campaigns.VIEW) -> Select[Any]:
    """The campaigns this viewer may see, or with another permission do that with."""
    return select(Sequence).where(*_reached(viewer, permission))


def _reached(viewer: Viewer, permission: Permission) -> list[ColumnElement[bool]]:
    reach = viewer.reach(permission)
    if reach == Reach.ALL:
        return []
    if reach == Reach.NONE:
        return [false()]
    own = Sequence.owner_id == viewer.id
    return [or_(own, Sequence.owner_id.is_(None))] if reach == Reach.TEAM else [own]


def list_campaigns(
    viewer: Viewer, *, status: SequenceStatus | None = None, search: str = "", number: int = 1
) -> Page[CampaignRow]:
    """A page of campaigns, what runs first, then the newest."""
    found = visible_campaigns(viewer)
    if status is not None:
        found = found.where(Sequence.status == status)
    if search:
        found = found.where(func.lower(Sequence.name).contains(fold(search), autoescape=True))
    total = session.scalar(select(func.count()).select_from(found.subquery())) or 0
    order = (Sequence.status != SequenceStatus.RUNNING, Sequence.updated_at.desc(), Sequence.id.desc())
    page = session.scalars(found.order_by(*order).offset(offset_of(number)).limit(PAGE_SIZE)).all()
    return Page(_rows(page), total, number)


def list_all_campaigns() -> Rows[Sequence]:
    """All there are, by name, for the command line."""
    return session.scalars(select(Sequence).order_by(Sequence.name, Sequence.id)).all()


def count_by_status(viewer: Viewer) -> dict[SequenceStatus, int]:
    found = (
        visible_campaigns(viewer).with_only_columns(Sequence.status, func.count()).group_by(Sequence.status)
    )
    return dict(iter(session.execute(found)))


def _rows(campaigns: Rows[Sequence]) -> list[CampaignRow]:
    ids = [campaign.id for campaign in campaigns]
    steps = _counted(
        select(Step.sequence_id, func.count()).where(Step.removed_at.is_(None)), Step.sequence_id, ids
    )
    people: dict[int, tuple[int, int, datetime | None]] = {}
    active = func.sum(_one_if(Enrolment.status == EnrolmentStatus.ACTIVE))
    asked = select(Enrolment.sequence_id, func.count(), active, func.min(Enrolment.next_run_at))
    for row in session.execute(asked.where(Enrolment.sequence_id.in_(ids)).group_by(Enrolment.sequence_id)):
        people[row[0]] = (row[1], row[2], row[3])
    sent_rows = (
        select(Step.sequence_id, func.count())
        .join(StepRun, StepRun.step_id == Step.id)
        .where(StepRun.outcome == Outcome.SENT)
    )
    sent = _counted(sent_rows, Step.sequence_id, ids)
    return [
        CampaignRow(
            campaign, steps.get(campaign.id, 0), enrolled, active_count, sent.get(campaign.id, 0), next_run_at
        )
        for campaign in campaigns
        for enrolled, active_count, next_run_at in [people.get(campaign.id, (0, 0, None))]
    ]


def _one_if(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return case((condition, 1), else_=0)


def _counted(asked: Any, column: Any, ids: Rows[int]) -> dict[int, int]:
    return dict(iter(session.execute(asked.where(column.in_(ids)).group_by(column))))


def get_campaign(campaign_id: int, viewer: Viewer, permission: Permission = Campaigns.VIEW) -> Sequence:
    """One campaign; raises NotFound also when the viewer may not know of it."""
    found = session.scalar(visible_campaigns(viewer, permission).where(Sequence.id == campaign_id))
    if found is None:
        raise NotFound
    campaign: Sequence = found
    return campaign


def find_campaign(name: str, viewer: Viewer = SYSTEM) -> Sequence | None:
    """By slug or exact name."""
    asked = visible_campaigns(viewer).where(or_(Sequence.slug == name, Sequence.name == name))
    found: Sequence | None = session.scalar(asked.order_by(Sequence.slug != name, Sequence.id).limit(1))
    return found


def list_steps(campaign_id: int) -> Rows[Step]:
    """The steps that are there, in order, with their words."""
    there = select(Step).where(Step.sequence_id == campaign_id, Step.removed_at.is_(None))
    return session.scalars(there.options(*FOR_STEP).order_by(Step.position, Step.id)).all()


def get_step(campaign_id: int, key: str) -> Step:
    """A step that is there, by key."""
    there = select(Step).where(Step.sequence_id == campaign_id, Step.key == key, Step.removed_at.is_(None))
    found = session.scalar(there.options(*FOR_STEP))
    if found is None:
        raise NotFound
    return found


def count_not_reached(step: Step) -> int:
    """How many people on the way have not run this step yet: those a change of it is for."""
    ran = select(StepRun.id).where(StepRun.enrolment_id == Enrolment.id, StepRun.step_id == step.id).exists()
    waiting = (Enrolment.sequence_id == step.sequence_id, Enrolment.status == EnrolmentStatus.ACTIVE, ~ran)
    return session.scalar(select(func.count()).select_from(Enrolment).where(*waiting)) or 0


def draft_of_campaign(campaign: Sequence) -> CampaignDraft:
    """The campaign as plain data, for the file and for copies."""
    steps = [
        StepDraft(step.name, step.content.subject, step.content.body, Wait.of(step.wait))
        for step in list_steps(campaign.id)
        if step.content is not None
    ]
    return CampaignDraft(
        name=campaign.name, audience=campaign.audience, enrols=campaign.enrols, re_entry_days=campaign.re_entry_days,
        exclude=campaign.exclude, exit_on=campaign.exit_on, goal=campaign.goal, window=campaign.window,
        cap=campaign.cap, over_cap=campaign.over_cap, priority=campaign.priority, uncertain=campaign.uncertain,
        calendar=campaign.calendar, sender=_without_blanks(campaign.sender), steps=steps,
    )  # fmt: skip


def _without_blanks(sender: Mapping[str, str]) -> dict[str, str]:
    return {key: value for key, value in (sender or {}).items() if value}
