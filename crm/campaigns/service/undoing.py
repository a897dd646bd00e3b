"""A removed step comes back."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from crm.campaigns.logic.draft import StepDraft
from crm.campaigns.service.steps import add_step
from crm.campaigns.service.versions import refuse_finished, touch
from crm.core.db import session
from crm.core.errors import NotFound
from crm.delivery.models import MailContent
from crm.sequences.logic.schedule import Wait
from crm.sequences.models import Sequence, Step


@dataclass(frozen=True)
class RemovedStep:
    """What it takes to put a step back where it stood."""

    key: str
    name: str
    wait: Wait
    content_id: int
    before: str | None
    """The key of the step that came after it."""


def restore_step(campaign: Sequence, removed: RemovedStep) -> Step:
    """The very step where its row is still there, else the same words in the same place."""
    refuse_finished(campaign)
    step = session.scalar(select(Step).where(Step.sequence_id == campaign.id, Step.key == removed.key))
    if step is not None and step.removed_at is not None:
        step.removed_at = None
        touch(campaign)
        return step
    content = session.get(MailContent, removed.content_id)
    if content is None or step is not None:
        raise NotFound
    after = select(Step).where(
        Step.sequence_id == campaign.id, Step.key == removed.before, Step.removed_at.is_(None)
    )
    draft = StepDraft(removed.name, content.subject, content.body, removed.wait)
    return add_step(
        campaign, draft, version=campaign.version, before=session.scalar(after) if removed.before else None
    )
