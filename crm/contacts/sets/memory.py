"""What one process keeps of the sets, and what one transaction sees of them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

from pyroaring import BitMap
from sqlalchemy import Engine, select, tuple_

from crm.contacts.models import ContactSet
from crm.core.db import session
from crm.core.dialect import commit_marks, in_order_of_commits

CHUNK_BITS = 16
KEPT_BYTES = 96_000_000
ROWS_AT_ONCE = 400

Key = tuple[str, int]
Pending = dict[str, tuple[BitMap, BitMap]]
"""Name → (ids to add, ids to remove)."""


@dataclass
class Kept:
    """A set as this process last saw it, with the stamp of each chunk."""

    ids: BitMap
    seqs: dict[int, int]
    size: int


@dataclass
class Memory:
    """What one process keeps of one database."""

    mark: int | None = None
    sets: OrderedDict[str, Kept] = field(default_factory=OrderedDict)
    size: int = 0
    lock: Lock = field(default_factory=Lock)
    beside: dict[str, Any] = field(default_factory=dict)

    def keep(self, name: str, kept: Kept) -> None:
        self.forget(name)
        self.sets[name] = kept
        self.size += kept.size
        while self.size > KEPT_BYTES and len(self.sets) > 1:
            self.forget(next(iter(self.sets)))

    def forget(self, name: str) -> None:
        former = self.sets.pop(name, None)
        self.size -= former.size if former else 0


@dataclass
class Unit:
    """One transaction's own view: what it will write, what it has written, and what only it may see."""

    mark: int | None = None
    pending: Pending = field(default_factory=dict)
    written: set[str] = field(default_factory=set)
    own: dict[str, BitMap] = field(default_factory=dict)
    beside: dict[str, Any] = field(default_factory=dict)
    before_savepoints: list[Pending] = field(default_factory=list)
    before_last_savepoint: Pending = field(default_factory=dict)


memories: WeakKeyDictionary[Engine, Memory] = WeakKeyDictionary()


def current_unit() -> Unit:
    unit: Unit = session().info.setdefault("contact_sets", Unit())
    return unit


def current_memory() -> Memory:
    return memories.setdefault(session.get_bind().engine, Memory())


def with_pending(unit: Unit, name: str, ids: BitMap) -> BitMap:
    if name not in unit.pending:
        return ids
    added, removed = unit.pending[name]
    return (ids | added) - removed


def refresh(unit: Unit, memory: Memory) -> None:
    """Once a unit: bring what is kept up to what is committed."""
    if unit.mark is not None:
        return
    session.connection()  # before the lock: whoever holds it must not wait for the pool
    with memory.lock:
        mark, own = commit_marks(session, ContactSet.seq)
        head = select(mark.label("mark"), own.label("own")).cte("head")
        since = ContactSet.seq >= (memory.mark if memory.mark is not None else 2**62)
        changed = select(head.c.mark, head.c.own, ContactSet.name, ContactSet.chunk, ContactSet.seq)
        rows = session.execute(changed.select_from(head.outerjoin(ContactSet, since))).all()
        unit.mark = rows[0].mark
        unit.written |= {row.name for row in rows if row.seq is not None and row.seq == row.own}
        if memory.mark is not None and unit.mark is not None and unit.mark < memory.mark:
            return
        stale = [
            (r.name, r.chunk) for r in rows if r.seq is not None and r.seq != r.own and _is_stale(memory, r)
        ]
        for name, chunk, seq, blob in _read_chunks(stale):
            _replace(memory, name, chunk, seq, blob)
        memory.mark = unit.mark


def _is_stale(memory: Memory, row: Any) -> bool:
    kept = memory.sets.get(row.name)
    return kept is not None and kept.seqs.get(row.chunk) != row.seq


def _read_chunks(keys: Sequence[Key]) -> Iterator[tuple[str, int, int, bytes]]:
    columns = select(ContactSet.name, ContactSet.chunk, ContactSet.seq, ContactSet.ids)
    for start in range(0, len(keys), ROWS_AT_ONCE):
        part = keys[start : start + ROWS_AT_ONCE]
        yield from session.execute(columns.where(tuple_(ContactSet.name, ContactSet.chunk).in_(part)))


def _replace(memory: Memory, name: str, chunk: int, seq: int, blob: bytes) -> None:
    kept = memory.sets[name]
    ids = kept.ids.copy()
    ids.remove_range(chunk << CHUNK_BITS, (chunk + 1) << CHUNK_BITS)
    ids |= BitMap.deserialize(blob)
    memory.keep(name, Kept(ids, {**kept.seqs, chunk: seq}, kept.size))


def load(names: Sequence[str], unit: Unit, memory: Memory) -> dict[str, BitMap]:
    """Read whole sets. Only what is committed, and not older than what is kept, is kept for others."""
    with memory.lock:
        _, own = commit_marks(session, ContactSet.seq)
        columns = select(ContactSet.name, ContactSet.chunk, ContactSet.seq, ContactSet.ids, own.label("own"))
        loaded = {name: Kept(BitMap(), {}, 200) for name in names}
        for row in session.execute(columns.where(ContactSet.name.in_(names))):
            kept = loaded[row.name]
            kept.ids |= BitMap.deserialize(row.ids)
            kept.seqs[row.chunk] = row.seq
            kept.size += len(row.ids)
            if row.own is not None and row.seq == row.own:
                unit.written.add(row.name)
        fresh = not in_order_of_commits(session) or unit.mark == memory.mark
        for name, kept in loaded.items():
            if name in unit.written:
                unit.own[name] = kept.ids
            elif fresh:
                memory.keep(name, kept)
    return {name: kept.ids for name, kept in loaded.items()}
