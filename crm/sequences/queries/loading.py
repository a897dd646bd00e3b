"""Sequences as the engine and the dry run read them: steps, timetables and limits made ready once."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from copy import copy
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select

from crm.accounts.queries import get_workspace
from crm.core.db import session
from crm.delivery.content import Content
from crm.delivery.models import MailContent
from crm.delivery.reasons import Reason
from crm.delivery.service.composing import compiled
from crm.delivery.service.transactional import workspace_sender
from crm.sequences.logic.caps import Cap
from crm.sequences.logic.schedule import Timetables, Wait
from crm.sequences.logic.walk import EXITS, Limits
from crm.sequences.models import Sequence, SequenceStatus, Step, StepKind


@dataclass(frozen=True, slots=True)
class LoadedStep:
    id: int
    key: str
    name: str
    position: int
    kind: StepKind
    wait: Wait
    content_id: int | None
    fingerprint: str
    content: Content | None
    has_conditions: bool
    """Whether the text depends on values, so that the missing ones alone do not say whether it can be written."""
    is_removed: bool
    lacking: dict[frozenset[str], bool] = field(default_factory=dict)
    """Missing fields → whether one of them has no default; filled while asked."""


@dataclass(slots=True)
class Loaded:
    """One version of a sequence. `status` is that of the moment it was asked for."""

    id: int
    name: str
    slug: str
    version: int
    status: SequenceStatus
    row: Any
    """The other columns, as they were."""
    steps: list[LoadedStep]
    """Those that are there, in order."""
    every: dict[int, LoadedStep]
    """Also removed ones, by id."""
    timetables: Timetables
    limits: Limits
    exits: frozenset[Reason]
    sender: Mapping[str, Any]
    fields: frozenset[str] = field(default_factory=frozenset)

    @property
    def rank(self) -> int:
        return -int(self.row.priority)

    def after(self, step_id: int | None) -> LoadedStep | None:
        """The step that comes after one, removed ones being passed over."""
        former = self.every.get(step_id) if step_id is not None else None
        if former is None:
            return self.steps[0] if self.steps else None
        return next((step for step in self.steps if step.position > former.position), None)


_Key = tuple[int, str, int, datetime, str, str]
_kept: dict[_Key, Loaded] = {}
"""By number, slug, version and moment of the last change, since SQLite gives numbers again."""


def load_sequences(ids: Collection[int]) -> dict[int, Loaded]:
    """The sequences by id; made ready once for each version in a process."""
    if not ids:
        return {}
    workspace = get_workspace()
    own = (workspace.timezone, workspace.sender_email + workspace.sender_name)
    keys: dict[int, _Key] = {}
    statuses: dict[int, SequenceStatus] = {}
    asked = select(Sequence.id, Sequence.slug, Sequence.version, Sequence.updated_at, Sequence.status)
    for row in session.execute(asked.where(Sequence.id.in_(list(ids)))):
        keys[row.id] = (row.id, row.slug, row.version, row.updated_at, *own)
        statuses[row.id] = row.status
    stale = [sequence_id for sequence_id, key in keys.items() if key not in _kept]
    if stale:
        if len(_kept) > 500:
            _kept.clear()
        _kept.update({keys[loaded.id]: loaded for loaded in _read(stale, workspace.timezone)})
    found = {sequence_id: copy(_kept[key]) for sequence_id, key in keys.items()}
    for sequence_id, loaded in found.items():
        loaded.status = statuses[sequence_id]
    return found


def load_one(sequence: Sequence) -> Loaded:
    return load_sequences([sequence.id])[sequence.id]


def _read(ids: list[int], timezone: str) -> list[Loaded]:
    rows = session.execute(select(*Sequence.__table__.c).where(Sequence.id.in_(ids))).all()
    steps: dict[int, list[LoadedStep]] = {sequence_id: [] for sequence_id in ids}
    for step in session.execute(
        select(*Step.__table__.c, MailContent.subject, MailContent.body, MailContent.fingerprint)
        .outerjoin(MailContent, MailContent.id == Step.content_id)
        .where(Step.sequence_id.in_(ids))
        .order_by(Step.sequence_id, Step.position, Step.id)
    ):
        steps[step.sequence_id].append(_step(step))
    return [_loaded(row, steps[row.id], timezone) for row in rows]


def _step(row: Any) -> LoadedStep:
    has_content = row.content_id is not None
    return LoadedStep(
        row.id, row.key, row.name, row.position, row.kind, Wait.of(row.wait), row.content_id, row.fingerprint or "",
        compiled(row.subject, row.body) if has_content else None,
        has_content and "{%" in row.subject + row.body,
        row.removed_at is not None,
    )  # fmt: skip


def _loaded(row: Any, steps: list[LoadedStep], timezone: str) -> Loaded:
    there = [step for step in steps if not step.is_removed]
    return Loaded(
        id=row.id,
        name=row.name,
        slug=row.slug,
        version=row.version,
        status=row.status,
        row=row,
        steps=there,
        every={step.id: step for step in steps},
        timetables=Timetables(row.window, row.calendar, timezone),
        limits=Limits(Cap.of(row.cap), row.over_cap == "drop"),
        exits=frozenset(EXITS[name] for name in row.exit_on),
        sender={key: value for key, value in (row.sender or {}).items() if value} or workspace_sender(),
        fields=frozenset(name for step in there if step.content for name in step.content.fields),
    )
