"""Sets of contact ids as compressed bitmaps: written with the change they belong to, answered from memory.

A set is cut into chunks of 65,536 ids, one row of `contact_set` each. What a transaction adds and removes is written
when it commits, with the rows locked in one order, so that transactions wait for each other briefly and never crosswise.
Each process keeps the sets it has used and asks once a unit which rows have changed since. Work on copies: what
`ids_of` answers is shared with other threads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from pyroaring import BitMap
from sqlalchemy import select

from crm.contacts.models import ContactSet
from crm.contacts.sets.memory import current_memory, current_unit, load, refresh, with_pending
from crm.contacts.sets.writing import write_pending_of
from crm.core.db import session

LIVE = "live"
ARCHIVED = "archived"

_sources: dict[str, Callable[[], Iterator[tuple[str, BitMap]]]] = {}


def tag_set(tag_id: int) -> str:
    return f"tag:{tag_id}"


def owner_set(user_id: int | None) -> str:
    """Who belongs to this user; None is who belongs to nobody."""
    return f"owner:{user_id or 0}"


def add_to(name: str, ids: Iterable[int]) -> None:
    """Put contacts into a set when this transaction commits; the transaction itself sees them at once."""
    added, removed = current_unit().pending.setdefault(name, (BitMap(), BitMap()))
    new = BitMap(ids)
    added |= new
    removed -= new


def remove_from(name: str, ids: Iterable[int]) -> None:
    """Take contacts out of a set, likewise."""
    added, removed = current_unit().pending.setdefault(name, (BitMap(), BitMap()))
    gone = BitMap(ids)
    added -= gone
    removed |= gone


def ids_of(name: str) -> BitMap:
    """The members of a set, empty for an unknown one. Do not change what you get."""
    return ids_of_each([name])[name]


def ids_of_each(names: Sequence[str]) -> dict[str, BitMap]:
    """The members of several sets, read at once."""
    unit, memory = current_unit(), current_memory()
    refresh(unit, memory)
    found = {name: unit.own[name] for name in names if name in unit.own}
    for name in names:
        kept = memory.sets.get(name) if name not in unit.written else None
        if kept is not None:
            found[name] = kept.ids
    missing = [name for name in names if name not in found]
    if missing:
        found |= load(missing, unit, memory)
    return {name: with_pending(unit, name, found[name]) for name in names}


def set_names(prefix: str) -> list[str]:
    """Names of stored sets that begin so."""
    names = select(ContactSet.name).where(ContactSet.name.startswith(prefix, autoescape=True)).distinct()
    return list(session.scalars(names.order_by(ContactSet.name)))


def kept_beside() -> dict[str, Any]:
    """A place for what else this process keeps of this database; forgotten together with the sets."""
    return current_memory().beside


def kept_for_unit() -> dict[str, Any]:
    """A place for what has been looked up once in this transaction."""
    return current_unit().beside


def write_pending() -> None:
    """Write now what would be written at the commit."""
    write_pending_of(session())


def register_source(name: str, source: Callable[[], Iterator[tuple[str, BitMap]]]) -> None:
    """Tell what the sets of one kind should hold, for `rebuild_sets` and `check_sets`."""
    _sources[name] = source


def rebuild_sets() -> int:
    """Make every set again from the rows it stands for; returns how many were wrong."""
    wrong = 0
    for name, should, held in _differences():
        wrong += 1
        remove_from(name, held - should)
        add_to(name, should - held)
    return wrong


def check_sets() -> list[str]:
    """Names of sets that do not hold what they should."""
    return [name for name, _should, _held in _differences()]


def _differences() -> Iterator[tuple[str, BitMap, BitMap]]:
    stored = set(set_names(""))
    for source in _sources.values():
        for name, should in source():
            stored.discard(name)
            held = ids_of(name)
            if held != should:
                yield name, should, held
    for name in sorted(stored):
        if held := ids_of(name):
            yield name, BitMap(), held
