"""The steps of a campaign: added, changed, moved, copied, removed. Whoever ran a step never runs it again."""

from __future__ import annotations

from collections.abc import Collection
from collections.abc import Sequence as Rows
from dataclasses import asdict

from sqlalchemy import exists, select

from crm.campaigns.logic.draft import StepDraft
from crm.campaigns.service.versions import check_version, refuse_finished, touch
from crm.core import clock
from crm.core.db import session
from crm.core.errors import Invalid
from crm.core.messages import N_
from crm.core.text import slugify
from crm.delivery.content import unknown_fields
from crm.delivery.service.composing import compiled
from crm.delivery.service.queue import keep_content
from crm.sequences.logic.schedule import Wait
from crm.sequences.models import Sequence, SequenceStatus, Step, StepKind, StepRun
from crm.sequences.queries.people import MERGE_FIELDS


def append_step(campaign: Sequence, draft: StepDraft) -> Step:
    """At the end; for making campaigns, where nobody else can be at it."""
    steps = _steps(campaign)
    step = _made(campaign, draft, steps)
    step.position = max((each.position for each in steps), default=0) + 1
    session.add(step)
    session.flush()
    return step


def add_step(campaign: Sequence, draft: StepDraft, *, version: int, before: Step | None = None) -> Step:
    """A new step before another one, or at the end."""
    check_version(campaign, version)
    refuse_finished(campaign)
    step = append_step(campaign, draft)
    if before is not None:
        others = [each for each in _steps(campaign) if each.id != step.id]
        _order(campaign, [*others[: others.index(before)], step, *others[others.index(before) :]])
    touch(campaign)
    return step


def edit_step(campaign: Sequence, step: Step, draft: StepDraft, *, version: int) -> Step:
    """New words, name or wait: for everyone who has not reached the step yet."""
    check_version(campaign, version)
    refuse_finished(campaign)
    _check_name(draft.name, [each for each in _steps(campaign) if each.id != step.id])
    _check_content(draft)
    step.name = draft.name.strip()
    step.wait = _stored(draft.wait)
    step.content_id = keep_content(draft.subject, draft.body).id
    if campaign.status is SequenceStatus.DRAFT:
        step.key = free_key(step.name, [each.key for each in _every(campaign) if each.id != step.id])
    touch(campaign)
    return step


def move_step(campaign: Sequence, step: Step, *, to: int, version: int) -> None:
    """To a place counted from 0; the wait moves along."""
    check_version(campaign, version)
    refuse_finished(campaign)
    others = [each for each in _steps(campaign) if each.id != step.id]
    place = max(0, min(to, len(others)))
    _order(campaign, [*others[:place], step, *others[place:]])
    touch(campaign)


def copy_step(campaign: Sequence, step: Step, *, version: int, name: str | None = None) -> Step:
    """The same once more behind it. Unless its words are changed nobody gets it, since nobody gets a message twice."""
    content = step.content
    if content is None:
        raise Invalid(N_("Only emails can be copied."))
    steps = _steps(campaign)
    draft = StepDraft(name or _free_name(step.name, steps), content.subject, content.body, Wait.of(step.wait))
    place = steps.index(step) + 1
    return add_step(campaign, draft, version=version, before=steps[place] if place < len(steps) else None)


def remove_step(campaign: Sequence, step: Step, *, version: int) -> None:
    """Gone from the way; where it ran already its row stays, so that what it sent stays explained."""
    check_version(campaign, version)
    refuse_finished(campaign)
    if (
        session.scalar(select(exists().where(StepRun.step_id == step.id)))
        or campaign.status is not SequenceStatus.DRAFT
    ):
        step.removed_at = clock.now()
    else:
        session.delete(step)
    touch(campaign)


def free_key(name: str, taken: Collection[str]) -> str:
    base = slugify(name)[:100]
    if not base:
        raise Invalid(N_("A name needs a letter or a digit."), field="name")
    return next(key for key in (base, *(f"{base}-{n}" for n in range(2, len(taken) + 3))) if key not in taken)


def _made(campaign: Sequence, draft: StepDraft, steps: Rows[Step]) -> Step:
    _check_name(draft.name, steps)
    _check_content(draft)
    return Step(
        sequence_id=campaign.id,
        key=free_key(draft.name, [each.key for each in _every(campaign)]),
        name=draft.name.strip(),
        kind=StepKind.EMAIL,
        wait=_stored(draft.wait),
        content_id=keep_content(draft.subject, draft.body).id,
        settings={},
    )


def _check_name(name: str, others: Rows[Step]) -> None:
    if slugify(name) in {slugify(each.name) for each in others}:
        raise Invalid(N_("Another step has this name already."), field="name")


def _check_content(draft: StepDraft) -> None:
    """The merge fields are read as when sending, so that a wrong one is told to the author and not to a recipient."""
    unknown = unknown_fields(compiled(draft.subject, draft.body), MERGE_FIELDS.keys())
    if unknown:
        field = "subject" if unknown[0] in draft.subject else "body"
        raise Invalid(N_("There is no merge field called “%(name)s”."), field=field, name=unknown[0])


def _free_name(name: str, steps: Rows[Step]) -> str:
    taken = {slugify(each.name) for each in steps}
    return next(f"{name} {n}" for n in range(2, len(taken) + 3) if slugify(f"{name} {n}") not in taken)


def _stored(wait: Wait) -> dict[str, object]:
    return {**asdict(wait), "unit": wait.unit.value}


def _steps(campaign: Sequence) -> list[Step]:
    return [step for step in _every(campaign) if step.removed_at is None]


def _every(campaign: Sequence) -> list[Step]:
    found = select(Step).where(Step.sequence_id == campaign.id).order_by(Step.position, Step.id)
    return list(session.scalars(found))


def _order(campaign: Sequence, steps: Rows[Step]) -> None:
    """The steps in this order. Removed ones stay before what came after them, where people who wait for them go on."""
    removed_before: dict[int | None, list[Step]] = {}
    gone: list[Step] = []
    for step in _every(campaign):
        if step.removed_at is not None:
            gone.append(step)
        else:
            removed_before[step.id], gone = gone, []
    whole = [each for step in steps for each in (*removed_before.get(step.id, ()), step)] + gone
    for position, step in enumerate(whole, start=1):
        step.position = position
    session.flush()
