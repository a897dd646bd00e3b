"""Stored answers of writes that named a key, and lists cut by cursors where the pages cut theirs by number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from pyroaring import BitMap
from sqlalchemy import exists, func, select

from crm.activity.models import Activity
from crm.api.models import StoredAnswer
from crm.campaigns.queries import visible_campaigns
from crm.contacts.models import Contact
from crm.contacts.permissions import Contacts
from crm.contacts.queries import visible_contacts, visible_ids
from crm.core import clock
from crm.core.db import session
from crm.core.errors import NotFound
from crm.core.permissions import Reach, Viewer
from crm.delivery.models import Message
from crm.delivery.queries import FOR_SHOW, visible_messages
from crm.delivery.states import MessageState
from crm.sequences.models import Enrolment, EnrolmentStatus, SequenceStatus, Step
from crm.sequences.models import Sequence as Campaign
from crm.sequences.queries.audience import audience_of

Row = TypeVar("Row")


@dataclass(frozen=True)
class Part(Generic[Row]):
    """Some rows of a list, the last made first; `after` is the id to go on from, None at the end."""

    rows: Sequence[Row]
    after: int | None
    total: int


def _part(every: Any, key: Any, *, before: int, limit: int, options: Sequence[Any] = ()) -> Part[Any]:
    rest = every.where(key < before) if before else every
    found = session.scalars(rest.options(*options).order_by(key.desc()).limit(limit + 1)).unique().all()
    total = (
        session.scalar(
            select(func.count()).select_from(every.with_only_columns(key).order_by(None).subquery())
        )
        or 0
    )
    rows = found[:limit]
    return Part(rows, rows[-1].id if len(found) > limit else None, total)


def list_activities(contact_id: int, *, before: int, limit: int) -> Part[Activity]:
    """What happened with a contact whom the asker has seen already."""
    return _part(
        select(Activity).where(Activity.contact_id == contact_id), Activity.id, before=before, limit=limit
    )


def last_activity(contact_id: int, kind: str) -> Activity:
    """The fact of this kind that was recorded last."""
    rows = select(Activity).where(Activity.contact_id == contact_id, Activity.kind == kind)
    return session.scalars(rows.order_by(Activity.id.desc()).limit(1)).one()


def list_campaigns(viewer: Viewer, *, status: str | None, before: int, limit: int) -> Part[Campaign]:
    every = visible_campaigns(viewer)
    if status:
        every = every.where(Campaign.status == SequenceStatus(status))
    return _part(every, Campaign.id, before=before, limit=limit)


def list_messages(
    viewer: Viewer,
    *,
    contact_id: int | None,
    campaign_id: int | None,
    state: str | None,
    before: int,
    limit: int,
) -> Part[Message]:
    every = visible_messages(viewer)
    if contact_id is not None:
        every = every.where(Message.contact_id == contact_id)
    if campaign_id is not None:
        every = every.where(Message.sequence_id == campaign_id)
    if state:
        every = every.where(Message.state == MessageState(state))
    return _part(every, Message.id, before=before, limit=limit, options=FOR_SHOW)


def visible_enrolments(viewer: Viewer) -> Any:
    """Those of contacts this viewer may see in campaigns this viewer may see."""
    every = select(Enrolment).where(
        Enrolment.sequence_id.in_(visible_campaigns(viewer).with_only_columns(Campaign.id))
    )
    if viewer.reach(Contacts.VIEW) < Reach.ALL:
        every = every.where(Enrolment.contact_id.in_(visible_contacts(viewer).with_only_columns(Contact.id)))
    return every


def list_enrolments(
    viewer: Viewer,
    *,
    contact_id: int | None,
    campaign_id: int | None,
    status: str | None,
    before: int,
    limit: int,
) -> Part[Enrolment]:
    every = visible_enrolments(viewer)
    if contact_id is not None:
        every = every.where(Enrolment.contact_id == contact_id)
    if campaign_id is not None:
        every = every.where(Enrolment.sequence_id == campaign_id)
    if status:
        every = every.where(Enrolment.status == EnrolmentStatus(status))
    return _part(every, Enrolment.id, before=before, limit=limit)


def get_enrolment(enrolment_id: int, viewer: Viewer) -> Enrolment:
    found = session.scalar(visible_enrolments(viewer).where(Enrolment.id == enrolment_id))
    if found is None:
        raise NotFound
    enrolment: Enrolment = found
    return enrolment


def last_enrolment(campaign_id: int, contact_id: int) -> Enrolment:
    """The latest time this contact was taken into this campaign."""
    rows = select(Enrolment).where(Enrolment.sequence_id == campaign_id, Enrolment.contact_id == contact_id)
    return session.scalars(rows.order_by(Enrolment.entry.desc()).limit(1)).one()


def step_keys(step_ids: Sequence[int | None]) -> dict[int | None, str]:
    """Id → key, for the steps of one part of a list."""
    wanted = {step_id for step_id in step_ids if step_id is not None}
    rows = session.execute(select(Step.id, Step.key).where(Step.id.in_(wanted)))
    return {row.id: row.key for row in rows}


def people_ahead(campaign: Campaign, viewer: Viewer) -> BitMap:
    """Whom the campaign means now or has on the way, as far as the viewer may see them."""
    active = select(Enrolment.contact_id).where(
        Enrolment.sequence_id == campaign.id, Enrolment.status == EnrolmentStatus.ACTIVE
    )
    people = audience_of(campaign, clock.now()) | BitMap(session.scalars(active))
    seen = visible_ids(viewer)
    return people if seen is None else people & seen


def get_answer(user_id: int, key: str) -> StoredAnswer:
    """The answer under a key that is known to be taken."""
    return session.scalars(
        select(StoredAnswer)
        .where(StoredAnswer.user_id == user_id, StoredAnswer.key == key)
        .execution_options(populate_existing=True)
    ).one()


def has_answers_before(moment: datetime) -> bool:
    return bool(session.scalar(select(exists().where(StoredAnswer.created_at < moment))))
