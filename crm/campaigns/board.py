"""What the campaign screens ask of the database: who is reached, who stands where, how a contact is getting on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from pyroaring import BitMap
from sqlalchemy import ColumnElement, Select, and_, func, literal, or_, select
from sqlalchemy.orm import aliased

from crm.campaigns.queries import visible_campaigns
from crm.contacts.models import Contact
from crm.contacts.queries import visible_contacts
from crm.core import clock
from crm.core.calendars import local_date
from crm.core.db import session
from crm.core.dialect import one_of
from crm.core.paging import PAGE_SIZE, Page, offset_of
from crm.core.permissions import Viewer
from crm.core.text import fold
from crm.delivery.models import Suppression
from crm.delivery.queries import BARRED_STATUSES
from crm.delivery.reasons import Reason
from crm.sequences.models import Enrolment, EnrolmentStatus, Outcome, SequenceStatus, Step, StepRun
from crm.sequences.models import Sequence as Campaign
from crm.sequences.queries.audience import audience_of
from crm.sequences.queries.foreseeing import preview

SAMPLES = 8
UNSETTLED = (Outcome.PLANNED, Outcome.HELD)
MOST_FORESEEN = 2_000
MOST_DAYS = 400


@dataclass(frozen=True, slots=True)
class Reached:
    """How many people fit, and why some of them cannot be emailed."""

    total: int
    reachable: int
    barred: dict[Reason, int]


@dataclass(frozen=True, slots=True)
class Load:
    """Day and step of every message that is foreseen; `is_estimate` when only some of the people were looked at."""

    planned: list[tuple[date, str]]
    is_estimate: bool


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One person at one place of a campaign, and why."""

    contact_id: int
    name: str
    email: str | None
    step_name: str | None
    outcome: str
    reason: str | None
    at: datetime | None


@dataclass(frozen=True, slots=True)
class EnrolmentRow:
    """How one contact is getting on in one campaign."""

    campaign_id: int
    name: str
    status: EnrolmentStatus
    reason: str | None
    done: int
    total: int
    next_name: str | None
    next_run_at: datetime | None
    ended_at: datetime | None


def reach_of(campaign: Campaign) -> Reached:
    """Whom the audience means at this moment, split into who can be emailed and who cannot."""
    ids = audience_of(campaign, clock.now())
    left = BitMap(ids)
    barred: dict[Reason, int] = {}
    for reason, condition in _bars():
        stopped = BitMap(session.scalars(condition)) & left if left else BitMap()
        if stopped:
            barred[reason] = barred.get(reason, 0) + len(stopped)
            left -= stopped
    return Reached(len(ids), len(left), barred)


def count_audience(campaign: Campaign) -> int:
    return len(audience_of(campaign, clock.now()))


def sample_people(campaign: Campaign, viewer: Viewer) -> Sequence[Contact]:
    """The first few people of the audience by name, as far as the viewer may see them."""
    ids = audience_of(campaign, clock.now())
    if not ids:
        return []
    some = (
        visible_contacts(viewer)
        .where(one_of(session, Contact.id, ids[:500]))
        .order_by(Contact.sort_key, Contact.id)
    )
    return session.scalars(some.limit(SAMPLES)).all()


def foresee(campaign: Campaign, since: datetime, *, until: date) -> Load:
    """The dry run from a moment to a day, for everyone; a large audience is reckoned from some of it."""
    now = clock.now()
    begins = max(now, since) if campaign.status in (SequenceStatus.DRAFT, SequenceStatus.SCHEDULED) else now
    days = min((until - begins.date()).days + 1, MOST_DAYS)
    if days <= 0:
        return Load([], is_estimate=False)
    ids = audience_of(campaign, now) | BitMap(
        session.scalars(select(Enrolment.contact_id).where(*_on_the_way(campaign)))
    )
    step = -(-len(ids) // MOST_FORESEEN) or 1
    lines = preview(campaign, since=begins, days=days, contact_ids=list(ids[::step]))
    planned = [
        (local_date(line.at, line.timezone), line.step) for line in lines if line.outcome is Outcome.SENT
    ]
    return Load(planned * step, is_estimate=step > 1)


def version_of(step: Step) -> str:
    """Changes when somebody saves other words, another name or another wait of this step."""
    return f"{step.content_id}-{step.wait.get('amount', 0)}-{step.wait.get('unit', 'days')}-{step.name}"


def count_steps(campaign: Campaign) -> int:
    steps = select(func.count()).where(Step.sequence_id == campaign.id, Step.removed_at.is_(None))
    return session.scalar(steps) or 0


def count_active(campaign: Campaign) -> int:
    """How many people are on the way."""
    return session.scalar(select(func.count()).where(*_on_the_way(campaign))) or 0


def next_step_at() -> datetime | None:
    """When the next step of anybody is to run."""
    return session.scalar(
        select(func.min(Enrolment.next_run_at)).where(Enrolment.status == EnrolmentStatus.ACTIVE)
    )


def list_people(campaign: Campaign, *, who: str = "", step: str = "", outcome: str = "", reason: str = "",
                contact_id: int | None = None, number: int = 1) -> Page[PersonRow]:  # fmt: skip
    """The people behind a number of the report. With a step: how it went for them; else where they stand."""
    if outcome == "waiting":
        found = _waiting(campaign, step)
    elif step or outcome or contact_id:
        found = _settled(campaign, step, outcome, reason, contact_id)
    else:
        found = _enrolled(campaign, who)
    total = session.scalar(select(func.count()).select_from(found.order_by(None).subquery())) or 0
    rows = session.execute(found.offset(offset_of(number)).limit(PAGE_SIZE))
    return Page([PersonRow(*row) for row in rows], total, number)


def list_enrolments(contact_id: int) -> list[EnrolmentRow]:
    """Every campaign a contact is or was in, the running ones first."""
    each = aliased(Step)
    there = select(func.count()).where(each.sequence_id == Enrolment.sequence_id, each.removed_at.is_(None))
    ran = select(func.count()).where(StepRun.enrolment_id == Enrolment.id, StepRun.outcome.not_in(UNSETTLED))
    total, done = there.correlate(Enrolment).scalar_subquery(), ran.correlate(Enrolment).scalar_subquery()
    rows = session.execute(
        select(
            Campaign.id, Campaign.name, Enrolment.status, Enrolment.reason, done, total, Step.name,
            Enrolment.next_run_at, Enrolment.ended_at,
        )
        .join(Campaign, Campaign.id == Enrolment.sequence_id)
        .outerjoin(Step, Step.id == Enrolment.step_id)
        .where(Enrolment.contact_id == contact_id)
        .order_by(Enrolment.status != EnrolmentStatus.ACTIVE, Enrolment.enrolled_at.desc(), Enrolment.id.desc())
        .limit(20)
    )  # fmt: skip
    return [EnrolmentRow(*row) for row in rows]


def find_named(text: str, viewer: Viewer, limit: int) -> Sequence[tuple[int, str]]:
    """Campaigns whose name holds the text; there are a handful, so they are folded here."""
    wanted = fold(text)
    named = visible_campaigns(viewer).with_only_columns(Campaign.id, Campaign.name)
    rows = session.execute(named.order_by(Campaign.updated_at.desc(), Campaign.id))
    return [(campaign_id, name) for campaign_id, name in rows if wanted in fold(name)][:limit]


def _on_the_way(campaign: Campaign) -> tuple[ColumnElement[bool], ...]:
    return Enrolment.sequence_id == campaign.id, Enrolment.status == EnrolmentStatus.ACTIVE


def _bars() -> list[tuple[Reason, Select[int]]]:
    blank = or_(Contact.email_key.is_(None), Contact.email_key == "")
    by_status = [
        (reason, select(Contact.id).where(Contact.email_status == status))
        for status, reason in BARRED_STATUSES.items()
    ]
    listed = select(Contact.id).join(Suppression, Suppression.address_key == Contact.email_key)
    return [(Reason.NO_ADDRESS, select(Contact.id).where(blank)), *by_status, (Reason.SUPPRESSED, listed)]


def _settled(
    campaign: Campaign, step: str, outcome: str, reason: str, contact_id: int | None
) -> Select[*tuple[Any, ...]]:
    conditions: list[ColumnElement[bool]] = [Enrolment.sequence_id == campaign.id]
    if step:
        conditions.append(Step.key == step)
    if outcome in set(Outcome):
        conditions.append(StepRun.outcome == Outcome(outcome))
    if reason:
        conditions.append(StepRun.reason == reason)
    if contact_id:
        conditions.append(Enrolment.contact_id == contact_id)
    return (
        select(
            Contact.id, Contact.name, Contact.email, Step.name, StepRun.outcome, StepRun.reason, StepRun.at
        )
        .join(Enrolment, Enrolment.id == StepRun.enrolment_id)
        .join(Contact, Contact.id == Enrolment.contact_id)
        .join(Step, Step.id == StepRun.step_id)
        .where(*conditions)
        .order_by(StepRun.at.desc(), StepRun.id.desc())
    )


def _waiting(campaign: Campaign, step: str) -> Select[*tuple[Any, ...]]:
    conditions = [Enrolment.sequence_id == campaign.id, Enrolment.status == EnrolmentStatus.ACTIVE]
    if step:
        conditions.append(Step.key == step)
    return (
        select(
            Contact.id,
            Contact.name,
            Contact.email,
            Step.name,
            literal("waiting"),
            Enrolment.moved_by,
            Enrolment.next_run_at,
        )
        .join(Contact, Contact.id == Enrolment.contact_id)
        .join(Step, Step.id == Enrolment.step_id)
        .where(and_(*conditions))
        .order_by(Enrolment.next_run_at, Enrolment.id)
    )


def _enrolled(campaign: Campaign, who: str) -> Select[*tuple[Any, ...]]:
    conditions = [Enrolment.sequence_id == campaign.id]
    if who in set(EnrolmentStatus):
        conditions.append(Enrolment.status == EnrolmentStatus(who))
    return (
        select(
            Contact.id, Contact.name, Contact.email, Step.name, Enrolment.status, Enrolment.reason,
            func.coalesce(Enrolment.ended_at, Enrolment.next_run_at, Enrolment.enrolled_at),
        )
        .join(Contact, Contact.id == Enrolment.contact_id)
        .outerjoin(Step, Step.id == Enrolment.step_id)
        .where(*conditions)
        .order_by(Enrolment.id.desc())
    )  # fmt: skip
