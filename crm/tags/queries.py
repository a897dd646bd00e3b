"""Which tags there are, who carries them, and how many that would be under a filter."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pyroaring import BitMap
from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from crm.contacts import sets
from crm.core.db import session
from crm.core.dialect import one_of
from crm.core.errors import NotFound
from crm.core.text import fold
from crm.tags.models import ContactTag, Tag, TagGroup

WITH_GROUP = (joinedload(Tag.group),)


@dataclass(frozen=True, slots=True)
class TagRow:
    """A tag as pages draw it."""

    id: int
    name: str
    slug: str
    hue: int


@dataclass(frozen=True)
class GroupOfTags:
    """A group (None for the tags without one) and its tags, in order."""

    group: TagGroup | None
    tags: Sequence[Tag]


def list_groups() -> Sequence[TagGroup]:
    return session.scalars(select(TagGroup).order_by(TagGroup.position, TagGroup.id)).all()


def list_tags() -> Sequence[Tag]:
    """Every tag with its group, in the order of groups; tags without a group last."""
    rows = select(Tag).outerjoin(TagGroup, TagGroup.id == Tag.group_id).options(*WITH_GROUP)
    in_order = rows.order_by(
        TagGroup.position.is_(None), TagGroup.position, TagGroup.id, Tag.position, Tag.name_key, Tag.id
    )
    return session.scalars(in_order).all()


def list_tags_by_group() -> list[GroupOfTags]:
    """Every group with its tags, empty groups too."""
    tags = list_tags()
    groups = [
        GroupOfTags(group, [tag for tag in tags if tag.group_id == group.id]) for group in list_groups()
    ]
    rest = [tag for tag in tags if tag.group_id is None]
    return [*groups, GroupOfTags(None, rest)] if rest else groups


def get_tag(tag_id: int) -> Tag:
    tag = session.scalar(select(Tag).where(Tag.id == tag_id).options(*WITH_GROUP))
    if tag is None:
        raise NotFound
    return tag


def get_tag_by_name(name: str) -> Tag:
    """By slug or exact name."""
    tag = find_tag(name)
    if tag is None:
        raise NotFound
    return tag


def find_tag(name: str) -> Tag | None:
    """By slug, else by name as people type it."""
    return session.scalar(select(Tag).where(Tag.slug == name)) or session.scalar(
        select(Tag).where(Tag.name_key == fold(name))
    )


def find_tags(slugs: Iterable[str]) -> dict[str, Tag]:
    """Slug → tag, for those that exist; asked once a transaction."""
    known: dict[str, Tag] = sets.kept_for_unit().setdefault("tags", {})
    wanted = [slug for slug in dict.fromkeys(slugs) if slug not in known]
    if wanted:
        known |= {tag.slug: tag for tag in session.scalars(select(Tag).where(Tag.slug.in_(wanted)))}
    return known


def get_group(group_id: int) -> TagGroup:
    group = session.get(TagGroup, group_id)
    if group is None:
        raise NotFound
    return group


def find_group(name: str) -> TagGroup | None:
    """By slug or exact name."""
    return session.scalar(select(TagGroup).where((TagGroup.slug == name) | (TagGroup.name == name)))


def tags_of(contact_ids: Sequence[int]) -> dict[int, list[TagRow]]:
    """Contact → its tags by name, for all of these contacts in one statement."""
    if not contact_ids:
        return {}
    rows = session.execute(
        select(ContactTag.contact_id, Tag.id, Tag.name, Tag.slug, Tag.hue)
        .join(Tag, Tag.id == ContactTag.tag_id)
        .where(one_of(session, ContactTag.contact_id, contact_ids))
        .order_by(ContactTag.contact_id, Tag.name_key, Tag.id)
    )
    found: dict[int, list[TagRow]] = {}
    for contact_id, tag_id, name, slug, hue in rows:
        found.setdefault(contact_id, []).append(TagRow(tag_id, name, slug, hue))
    return found


def find_carried(contact_id: int, tag_id: int) -> ContactTag | None:
    """How one contact came to a tag."""
    return session.get(ContactTag, (contact_id, tag_id))


def carriers(tag_id: int) -> Select[int]:
    """Who carries a tag, as rules ask it."""
    return select(ContactTag.contact_id.label("contact_id")).where(ContactTag.tag_id == tag_id)


def count_people(tags: Sequence[Tag], among: BitMap) -> dict[int, int]:
    """Tag id → how many of these contacts carry it."""
    names = {tag.id: sets.tag_set(tag.id) for tag in tags}
    carried = sets.ids_of_each(list(names.values()))
    return {tag_id: carried[name].intersection_cardinality(among) for tag_id, name in names.items()}


def people_with(tag_id: int) -> BitMap:
    """Everyone who carries a tag, archived contacts among them."""
    return sets.ids_of(sets.tag_set(tag_id))


def next_position(group_id: int | None) -> int:
    return (session.scalar(select(func.max(Tag.position)).where(Tag.group_id == group_id)) or 0) + 1


def slugs_like(slug: str) -> set[str]:
    """Slugs that begin so, for finding a free one."""
    return set(session.scalars(select(Tag.slug).where(Tag.slug.startswith(slug, autoescape=True))))


def right_sets() -> Iterator[tuple[str, BitMap]]:
    """What the sets of tags should hold, from who carries which."""
    for tag_id in session.scalars(select(Tag.id).order_by(Tag.id)).all():
        carried = select(ContactTag.contact_id).where(ContactTag.tag_id == tag_id)
        yield sets.tag_set(tag_id), BitMap(session.scalars(carried))
