"""Writing facts down, and acts on many contacts that can be taken back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pyroaring import BitMap

from crm.activity.events import ActivityRecorded
from crm.activity.logic import kind_of
from crm.activity.models import Activity, ChangeSet
from crm.activity.permissions import Changes
from crm.core import clock
from crm.core.db import session, unit_of_work
from crm.core.dialect import insert_for_each
from crm.core.errors import Conflict, NotAllowed, NotFound
from crm.core.events import publish
from crm.core.jobs import enqueue
from crm.core.messages import N_
from crm.core.permissions import SYSTEM, Viewer

AT_ONCE = 200
"""Acts on up to so many contacts are done in the request; more become a job."""
STEP = 10_000

Step = Callable[[BitMap, ChangeSet], BitMap]
"""Does the act (or takes it back) for these contacts and returns those it really changed."""


@dataclass(frozen=True)
class Act:
    """A kind of change that can be done to many contacts and taken back."""

    kind: str
    do: Step
    undo: Step


_acts: dict[str, Act] = {}


def register_act(act: Act) -> None:
    """Plug in how a kind of act is done and taken back."""
    _acts[act.kind] = act


def act_kinds() -> list[str]:
    return sorted(_acts)


def record(
    contact_id: int,
    kind: str,
    *,
    actor: Viewer = SYSTEM,
    at: datetime | None = None,
    text: str | None = None,
    detail: Mapping[str, Any] | None = None,
    campaign: str | None = None,
    step: str | None = None,
) -> None:
    """Write one fact about one contact."""
    record_many(
        [contact_id], kind, actor=actor, at=at, text=text, detail=detail, campaign=campaign, step=step
    )


def record_many(
    contact_ids: Iterable[int],
    kind: str,
    *,
    actor: Viewer = SYSTEM,
    at: datetime | None = None,
    text: str | None = None,
    detail: Mapping[str, Any] | None = None,
    campaign: str | None = None,
    step: str | None = None,
) -> None:
    """Write the same fact about many contacts."""
    ids = BitMap(contact_ids)
    if not ids:
        return
    at = at or clock.now()
    fact = {
        "kind": kind, "at": at, "actor_id": actor.id, "actor_name": actor.name if actor.id else "", "text": text,
        "detail": dict(detail or {}), "campaign": campaign, "step": step,
    }  # fmt: skip
    session.flush()
    table: Any = Activity.__table__
    insert_for_each(session, table, "contact_id", ids, fact)
    publish(ActivityRecorded(ids, kind, at, kind_of(kind).is_lively))


def save_change(
    kind: str, title: str, params: Mapping[str, Any], *, actor: Viewer, before: Mapping[str, Any] | None = None,
    ids: BitMap | None = None,
) -> ChangeSet:  # fmt: skip
    """Keep what an act that is done has changed, so that it can be taken back. `title` is a msgid."""
    count = len(ids) if ids is not None else 1
    change = ChangeSet(
        kind=kind, title=title, params=dict(params), actor_id=actor.id, actor_name=actor.name if actor.id else "",
        before=dict(before or {}), ids=ids.serialize() if ids is not None else None, total=count, done=count,
    )  # fmt: skip
    session.add(change)
    session.flush()
    return change


def begin_act(
    kind: str,
    title: str,
    params: Mapping[str, Any],
    ids: BitMap,
    *,
    actor: Viewer,
    before: Mapping[str, Any] | None = None,
) -> ChangeSet:
    """Do an act to many contacts: at once when they are few, else by a job that shows how far it is."""
    change = save_change(kind, title, params, actor=actor, before=before, ids=BitMap())
    _start(change, ids)
    return change


def undo(change: ChangeSet, *, actor: Viewer) -> None:
    """Take an act back, as far as nobody has changed the same since."""
    if change.undone_at is not None or change.is_under_way:
        raise Conflict(N_("This was taken back already, or is still under way."))
    if change.actor_id != actor.id and not actor.can(Changes.UNDO_ALL):
        raise NotAllowed(N_("Only who did this, or an admin, can take it back."))
    change.undone_at = clock.now()
    _start(change, BitMap.deserialize(change.ids) if change.ids is not None else BitMap())


def carry_on(change_id: int) -> None:
    """Go on with an act where it stands, a part in each transaction, until it is through."""
    is_under_way = True
    while is_under_way:
        with unit_of_work():
            change = session.get(ChangeSet, change_id)
            is_under_way = change is not None and change.is_under_way
            if change is not None and is_under_way:
                _do_part(change)


def _start(change: ChangeSet, ids: BitMap) -> None:
    change.targets, change.total, change.done = ids.serialize(), len(ids), 0
    if len(ids) <= AT_ONCE:
        _do_part(change)
    else:
        session.flush()
        enqueue(
            "acts.carry_on",
            {"change_id": change.id},
            unique=f"act:{change.id}:{change.undone_at is not None}",
        )
    session.flush()


def _do_part(change: ChangeSet) -> None:
    act = _acts.get(change.kind)
    if act is None:
        raise NotFound
    targets = BitMap.deserialize(change.targets or BitMap().serialize())
    part = targets[:STEP]
    if change.undone_at is not None:
        act.undo(part, change)
    else:
        changed = act.do(part, change)
        change.ids = (BitMap.deserialize(change.ids or BitMap().serialize()) | changed).serialize()
    left = targets - part
    change.targets = left.serialize() if left else None
    change.done = change.total - len(left)
