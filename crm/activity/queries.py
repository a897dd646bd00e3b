"""The timeline of a contact, and the changes that can be taken back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select, tuple_

from crm.activity.logic import kinds_in
from crm.activity.models import Activity, ChangeSet
from crm.activity.permissions import Changes
from crm.core.db import session
from crm.core.errors import NotFound
from crm.core.permissions import Viewer

TIMELINE_SIZE = 30
CHANGES_SIZE = 50


@dataclass(frozen=True)
class Timeline:
    """Facts about one contact, the newest first; `older` is where the next part begins, None at the end."""

    entries: Sequence[Activity]
    older: int | None
    group: str = ""


def list_timeline(contact_id: int, *, group: str = "", before: int | None = None) -> Timeline:
    """A part of the timeline, from the entry `before` on. Whoever asks has seen the contact already."""
    rows = select(Activity).where(Activity.contact_id == contact_id)
    kinds = kinds_in(group)
    if kinds is not None:
        rows = rows.where(Activity.kind.in_(kinds))
    if before is not None:
        at = (
            select(Activity.at)
            .where(Activity.id == before, Activity.contact_id == contact_id)
            .correlate(None)
            .scalar_subquery()
        )
        rows = rows.where(tuple_(Activity.at, Activity.id) < tuple_(at, before))
    found = session.scalars(
        rows.order_by(Activity.at.desc(), Activity.id.desc()).limit(TIMELINE_SIZE + 1)
    ).all()
    shown = found[:TIMELINE_SIZE]
    return Timeline(shown, shown[-1].id if len(found) > TIMELINE_SIZE else None, group)


def list_changes(viewer: Viewer) -> Sequence[ChangeSet]:
    """Recent acts that can be taken back: one's own, for some everybody's."""
    rows = select(ChangeSet)
    if not viewer.can(Changes.UNDO_ALL):
        rows = rows.where(ChangeSet.actor_id == viewer.id)
    return session.scalars(
        rows.order_by(ChangeSet.created_at.desc(), ChangeSet.id.desc()).limit(CHANGES_SIZE)
    ).all()


def get_change(change_id: int, viewer: Viewer) -> ChangeSet:
    """One act; who may not take it back does not know of it."""
    change = session.get(ChangeSet, change_id)
    if change is None or (change.actor_id != viewer.id and not viewer.can(Changes.UNDO_ALL)):
        raise NotFound
    return change
