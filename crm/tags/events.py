"""What happened to tags, and to who carries them."""

from __future__ import annotations

from dataclasses import dataclass

from pyroaring import BitMap


@dataclass(frozen=True)
class TagsAdded:
    """Contacts that did not carry the tag before carry it now."""

    contact_ids: BitMap
    slug: str
    source: str
    actor_id: int | None


@dataclass(frozen=True)
class TagsRemoved:
    contact_ids: BitMap
    slug: str
    actor_id: int | None


@dataclass(frozen=True)
class TagMerged:
    """Whoever names the old slug in a rule or a step is to name the new one."""

    old_slug: str
    new_slug: str


@dataclass(frozen=True)
class TagDeleted:
    slug: str
