"""The tags themselves: made, renamed, coloured, moved, merged, deleted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pyroaring import BitMap
from sqlalchemy import delete, select

from crm.activity import service as activity
from crm.activity.models import ChangeSet
from crm.contacts import sets
from crm.contacts.queries import existing_ids
from crm.core import clock
from crm.core.db import session
from crm.core.errors import Conflict, Invalid
from crm.core.events import publish
from crm.core.messages import N_
from crm.core.permissions import Viewer
from crm.core.text import clean_line, fold, slugify
from crm.tags import queries
from crm.tags.events import TagDeleted, TagMerged
from crm.tags.logic import HUES, STARTER
from crm.tags.models import ContactTag, Tag, TagGroup
from crm.tags.service.carry import insert_carried

WhereUsed = Callable[[str], list[tuple[str, str]]]
"""Slug → what names it: (title, address)."""
_where_used: dict[str, WhereUsed] = {}


def register_use(name: str, find: WhereUsed) -> None:
    """Plug in where else tags are named: campaigns, segments, workflows."""
    _where_used[name] = find


def used_by(tag: Tag) -> list[tuple[str, str]]:
    """Everything that names this tag, for telling what deleting it would do."""
    return [use for find in _where_used.values() for use in find(tag.slug)]


def create_tag(
    name: str, *, hue: int | None = None, group: TagGroup | None = None, description: str = ""
) -> Tag:
    """Make a tag; raises Conflict when one of this name is there."""
    name = _clean_name(name)
    if queries.find_tag(fold(name)) or session.scalar(select(Tag.id).where(Tag.name_key == fold(name))):
        raise Conflict(N_("There is a tag of this name already."), field="name")
    tag = Tag(
        name=name, name_key=fold(name), slug=_free_slug(name), hue=hue or _hue_of(group), group=group,
        group_id=group.id if group else None, description=clean_line(description)[:300],
        position=queries.next_position(group.id if group else None), created_at=clock.now(),
    )  # fmt: skip
    session.add(tag)
    session.flush()
    return tag


def ensure_tags(names: list[str]) -> list[Tag]:
    """The tags of these names (or slugs), made when there are none; for imports, campaigns and the API."""
    return [queries.find_tag(name) or create_tag(name) for name in dict.fromkeys(names)]


def rename_tag(tag: Tag, name: str) -> None:
    """Give another name. The slug stays, so rules and addresses go on working."""
    name = _clean_name(name)
    other = session.scalar(select(Tag.id).where(Tag.name_key == fold(name), Tag.id != tag.id))
    if other:
        raise Conflict(N_("There is a tag of this name already. Merge the two instead."), field="name")
    tag.name, tag.name_key = name, fold(name)
    session.flush()


def change_tag(
    tag: Tag, *, hue: int | None = None, group_id: int | None = None, description: str = ""
) -> None:
    """Colour, group and description."""
    if hue is not None and not 1 <= hue <= HUES:
        raise Invalid(N_("There are eight colours to choose from."), field="hue")
    tag.hue = hue or tag.hue
    if tag.group_id != group_id:
        tag.group = queries.get_group(group_id) if group_id else None
        tag.group_id = group_id
        tag.position = queries.next_position(group_id)
    tag.description = clean_line(description)[:300]
    session.flush()


def create_group(name: str, *, is_exclusive: bool = False) -> TagGroup:
    name = _clean_name(name)
    slug = slugify(name) or "group"
    if queries.find_group(slug) or queries.find_group(name):
        raise Conflict(N_("There is a group of this name already."), field="name")
    group = TagGroup(name=name, slug=slug, is_exclusive=is_exclusive, position=len(queries.list_groups()) + 1)
    session.add(group)
    session.flush()
    return group


def change_group(group: TagGroup, name: str, *, is_exclusive: bool) -> None:
    """Rename a group, or say that a contact holds at most one tag of it; who holds several keeps them until the next one."""
    group.name, group.is_exclusive = _clean_name(name), is_exclusive
    session.flush()


def delete_group(group: TagGroup) -> None:
    """The tags stay, without a group."""
    session.delete(group)
    session.flush()


def merge_tags(tag: Tag, into: Tag, *, actor: Viewer) -> ChangeSet:
    """Whoever carries `tag` carries `into` from now on, and every rule that names the one names the other."""
    if tag.id == into.id:
        raise Invalid(N_("Choose another tag to merge into."), field="into")
    carried, held = queries.people_with(tag.id), queries.people_with(into.id)
    table: Any = ContactTag.__table__
    moved = select(table).where(table.c.tag_id == tag.id)
    for part in session.execute(moved).mappings().partitions(5_000):
        rows = [{**row, "tag_id": into.id} for row in part]
        insert_carried(rows)
    before = {**_image(tag), "into": into.id, "carried": _packed(carried), "new": _packed(carried - held)}
    sets.add_to(sets.tag_set(into.id), carried)
    _drop(tag, carried)
    publish(TagMerged(tag.slug, into.slug))
    return activity.save_change(
        "tags.merge", N_("Tag %(name)s merged into %(into)s"), {"name": tag.name, "into": into.name}, actor=actor,
        before=before,
    )  # fmt: skip


def delete_tag(tag: Tag, *, actor: Viewer) -> ChangeSet:
    """Take a tag off everybody and out of the world; can be undone."""
    carried = queries.people_with(tag.id)
    before = {**_image(tag), "carried": _packed(carried)}
    _drop(tag, carried)
    publish(TagDeleted(tag.slug))
    return activity.save_change(
        "tags.delete", N_("Tag %(name)s deleted"), {"name": tag.name}, actor=actor, before=before
    )


def undo_delete(_part: BitMap, change: ChangeSet) -> BitMap:
    """Bring a deleted tag back with everybody who carried it."""
    return _bring_back(change)


def undo_merge(_part: BitMap, change: ChangeSet) -> BitMap:
    """Bring the merged tag back, and take the other off those who only had it through the merge."""
    tag = session.get(Tag, change.before["into"])
    new = BitMap.deserialize(bytes.fromhex(change.before["new"]))
    if tag is not None:
        for start in range(0, len(new), 5_000):
            part = list(new[start : start + 5_000])
            session.execute(
                delete(ContactTag).where(ContactTag.tag_id == tag.id, ContactTag.contact_id.in_(part))
            )
        sets.remove_from(sets.tag_set(tag.id), new)
    return _bring_back(change)


def install_starter_tags(locale: str) -> int:
    """The groups and tags a new installation starts with; returns how many tags were made. Safe to run again."""
    if session.scalar(select(TagGroup.id).limit(1)):
        return 0
    made = 0
    for starter in STARTER:
        group = create_group(starter.name(locale), is_exclusive=starter.is_exclusive)
        for name in starter.names(locale):
            if queries.find_tag(name) is None:
                create_tag(name, hue=starter.hue, group=group)
                made += 1
    return made


def _bring_back(change: ChangeSet) -> BitMap:
    image = change.before
    if session.scalar(
        select(Tag.id).where((Tag.slug == image["slug"]) | (Tag.name_key == fold(image["name"])))
    ):
        raise Conflict(N_("There is a tag of this name again. Rename it first."))
    group_id = image["group_id"] if image["group_id"] and session.get(TagGroup, image["group_id"]) else None
    tag = Tag(name=image["name"], name_key=fold(image["name"]), slug=image["slug"], hue=image["hue"], group_id=group_id,
              description=image["description"], position=image["position"], created_at=clock.now())  # fmt: skip
    session.add(tag)
    session.flush()
    carried = existing_ids(BitMap.deserialize(bytes.fromhex(image["carried"])))
    now = clock.now()
    insert_carried([
        {"contact_id": contact_id, "tag_id": tag.id, "added_at": now, "added_by": change.actor_id, "source": "hand"}
        for contact_id in carried
    ])  # fmt: skip
    sets.add_to(sets.tag_set(tag.id), carried)
    return carried


def _drop(tag: Tag, carried: BitMap) -> None:
    sets.remove_from(sets.tag_set(tag.id), carried)
    session.execute(delete(ContactTag).where(ContactTag.tag_id == tag.id))
    session.delete(tag)
    session.flush()


def _image(tag: Tag) -> dict[str, Any]:
    return {key: getattr(tag, key) for key in ("name", "slug", "hue", "description", "group_id", "position")}


def _packed(ids: BitMap) -> str:
    return ids.serialize().hex()


def _clean_name(name: str) -> str:
    name = clean_line(name)[:80].strip()
    if not fold(name):
        raise Invalid(N_("Give it a name."), field="name")
    return name


def _hue_of(group: TagGroup | None) -> int:
    """A new tag takes the colour of its group's first tag."""
    hue = (
        session.scalar(select(Tag.hue).where(Tag.group_id == group.id).order_by(Tag.position).limit(1))
        if group
        else None
    )
    return hue or 6


def _free_slug(name: str) -> str:
    slug = slugify(name) or "tag"
    taken = queries.slugs_like(slug)
    number = 2
    free = slug
    while free in taken:
        free, number = f"{slug[:76]}-{number}", number + 1
    return free
