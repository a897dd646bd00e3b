"""What happened to contacts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pyroaring import BitMap


@dataclass(frozen=True)
class ContactsCreated:
    """Contacts came in, by hand or by file."""

    contact_ids: BitMap
    actor_id: int | None


@dataclass(frozen=True)
class ContactChanged:
    """Facts of one contact changed: field key → (before, after)."""

    contact_id: int
    changes: Mapping[str, tuple[Any, Any]]
    actor_id: int | None


@dataclass(frozen=True)
class ContactsUpdated:
    """Facts of many contacts changed at once, by an import."""

    contact_ids: BitMap
    actor_id: int | None


@dataclass(frozen=True)
class ContactsArchived:
    contact_ids: BitMap
    actor_id: int | None


@dataclass(frozen=True)
class ContactsRestored:
    contact_ids: BitMap
    actor_id: int | None
