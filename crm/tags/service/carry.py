"""Who carries which tag: put on and taken off one person, a page, or a whole filter result."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from pyroaring import BitMap
from sqlalchemy import delete, select

from crm.activity import service as activity
from crm.activity.models import ChangeSet
from crm.contacts import sets
from crm.contacts.service import Actor
from crm.core import clock
from crm.core.db import session
from crm.core.dialect import insert_for_each, insert_new, one_of
from crm.core.events import publish
from crm.core.messages import N_
from crm.core.permissions import Viewer
from crm.tags.events import TagsAdded, TagsRemoved
from crm.tags.models import ContactTag, Tag, TagGroup, TagSource

ROWS_AT_ONCE = 5_000


def add_tags(
    contact_ids: Iterable[int],
    tags: Sequence[Tag],
    *,
    actor: Viewer,
    source: TagSource = TagSource.HAND,
    quiet: bool = False,
) -> dict[int, BitMap]:
    """Put tags on contacts. A tag of an exclusive group takes the place of the former one.

    Returns tag id → contacts that did not carry it before. With `quiet` no timeline line is written.
    """
    ids = BitMap(contact_ids)
    added = {}
    for tag in tags:
        new = ids - sets.ids_of(sets.tag_set(tag.id))
        added[tag.id] = new
        if not new:
            continue
        _take_off_others(tag, new, actor)
        carried = {"tag_id": tag.id, "added_at": clock.now(), "added_by": actor.id, "source": source}
        table: Any = ContactTag.__table__
        insert_for_each(session, table, "contact_id", new, carried)
        sets.add_to(sets.tag_set(tag.id), new)
        if not quiet:
            activity.record_many(
                new, "tagged", actor=actor, detail={"tag": tag.name, "slug": tag.slug, "hue": tag.hue}
            )
        publish(TagsAdded(new, tag.slug, source.value, actor.id))
    return added


def remove_tags(
    contact_ids: Iterable[int], tags: Sequence[Tag], *, actor: Viewer, quiet: bool = False
) -> dict[int, BitMap]:
    """Take tags off contacts; returns tag id → contacts that carried it."""
    ids = BitMap(contact_ids)
    removed = {}
    for tag in tags:
        gone = ids & sets.ids_of(sets.tag_set(tag.id))
        removed[tag.id] = gone
        if not gone:
            continue
        _delete_carried(tag.id, gone)
        if not quiet:
            activity.record_many(
                gone, "untagged", actor=actor, detail={"tag": tag.name, "slug": tag.slug, "hue": tag.hue}
            )
        publish(TagsRemoved(gone, tag.slug, actor.id))
    return removed


def tag_many(ids: BitMap, tag: Tag, *, actor: Viewer) -> ChangeSet:
    """Put a tag on a whole filter result; can be undone, and is a job when there are many."""
    title = N_("%(tag)s added to %(count)s people") if len(ids) != 1 else N_("%(tag)s added to one person")
    return activity.begin_act(
        "tags.add", title, {"tag": tag.name, "count": len(ids), "tag_id": tag.id}, ids, actor=actor
    )


def untag_many(ids: BitMap, tag: Tag, *, actor: Viewer) -> ChangeSet:
    """Take a tag off a whole filter result, likewise."""
    title = (
        N_("%(tag)s removed from %(count)s people")
        if len(ids) != 1
        else N_("%(tag)s removed from one person")
    )
    return activity.begin_act(
        "tags.remove", title, {"tag": tag.name, "count": len(ids), "tag_id": tag.id}, ids, actor=actor
    )


def add_step(part: BitMap, change: ChangeSet) -> BitMap:
    """Put the tag on these; what it takes the place of is kept for taking it back."""
    tag = session.get(Tag, change.params["tag_id"])
    if tag is None:
        return BitMap()
    displaced = dict(change.before)
    for other in _others_of_group(tag):
        if gone := part & sets.ids_of(sets.tag_set(other.id)):
            former = BitMap.deserialize(
                bytes.fromhex(displaced.get(str(other.id), BitMap().serialize().hex()))
            )
            displaced[str(other.id)] = (former | gone).serialize().hex()
    change.before = displaced
    return add_tags(part, [tag], actor=_actor(change))[tag.id]


def take_back_step(part: BitMap, change: ChangeSet) -> BitMap:
    """Take the tag off those who got it, and give back the tags it took the place of."""
    tag = session.get(Tag, change.params["tag_id"])
    gone = remove_tags(part, [tag], actor=_actor(change))[tag.id] if tag else part
    for other_id, packed in change.before.items():
        other = session.get(Tag, int(other_id))
        back = BitMap.deserialize(bytes.fromhex(packed)) & gone
        if other is not None and back:
            add_tags(back, [other], actor=_actor(change))
    return gone


def remove_step(part: BitMap, change: ChangeSet) -> BitMap:
    tag = session.get(Tag, change.params["tag_id"])
    return remove_tags(part, [tag], actor=_actor(change))[tag.id] if tag else BitMap()


def give_back_step(part: BitMap, change: ChangeSet) -> BitMap:
    """Give the tag back to those it was taken off."""
    tag = session.get(Tag, change.params["tag_id"])
    return add_tags(part, [tag], actor=_actor(change))[tag.id] if tag else BitMap()


def insert_carried(rows: Sequence[dict[str, Any]]) -> None:
    """Write who carries a tag, as it stands; what is there already is left alone."""
    table: Any = ContactTag.__table__
    statement = insert_new(session, table)
    for start in range(0, len(rows), ROWS_AT_ONCE):
        session.connection().execute(statement, list(rows[start : start + ROWS_AT_ONCE]))


def _actor(change: ChangeSet) -> Actor:
    return Actor(change.actor_id, change.actor_name)


def _take_off_others(tag: Tag, ids: BitMap, actor: Viewer) -> None:
    for other in _others_of_group(tag):
        gone = ids & sets.ids_of(sets.tag_set(other.id))
        if gone:
            _delete_carried(other.id, gone)
            publish(TagsRemoved(gone, other.slug, actor.id))


def _others_of_group(tag: Tag) -> Sequence[Tag]:
    """The tags this one takes the place of: those of its group, when a contact may hold only one of them."""
    if tag.group_id is None or not session.scalar(
        select(TagGroup.is_exclusive).where(TagGroup.id == tag.group_id)
    ):
        return []
    return session.scalars(select(Tag).where(Tag.group_id == tag.group_id, Tag.id != tag.id)).all()


def _delete_carried(tag_id: int, ids: BitMap) -> None:
    for start in range(0, len(ids), ROWS_AT_ONCE):
        part = ids[start : start + ROWS_AT_ONCE]
        session.execute(
            delete(ContactTag).where(
                ContactTag.tag_id == tag_id, one_of(session, ContactTag.contact_id, part)
            )
        )
    sets.remove_from(sets.tag_set(tag_id), ids)
