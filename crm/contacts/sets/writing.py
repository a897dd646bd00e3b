"""Writing what a transaction adds to sets and takes from them, when it commits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pyroaring import BitMap
from sqlalchemy import Connection, Engine, bindparam, event, select, tuple_, update
from sqlalchemy.orm import Session, SessionTransaction

from crm.contacts.models import ContactSet
from crm.contacts.sets.memory import CHUNK_BITS, ROWS_AT_ONCE, Key, Unit, current_memory, memories, refresh
from crm.core.dialect import insert_ignoring, locked, transaction_stamp


def write_pending_of(opened: Session) -> None:
    unit: Unit | None = opened.info.get("contact_sets")
    if unit is None or not unit.pending:
        return
    refresh(unit, current_memory())
    changes: dict[Key, tuple[BitMap, BitMap]] = {}
    for name, (added, removed) in unit.pending.items():
        for chunk in _chunks(added | removed):
            span = BitMap(range(chunk << CHUNK_BITS, (chunk + 1) << CHUNK_BITS))
            changes[name, chunk] = (added & span, removed & span)
    unit.written |= set(unit.pending)
    unit.pending, unit.own = {}, {}
    opened.connection().info["contact_sets_written"] = True
    seq = transaction_stamp(opened, ContactSet.seq)
    keys = sorted(changes)
    for start in range(0, len(keys), ROWS_AT_ONCE):
        _write_chunks(opened, {key: changes[key] for key in keys[start : start + ROWS_AT_ONCE]}, seq)


def _chunks(ids: BitMap) -> Iterator[int]:
    past = 0
    while ids and past <= ids.max():
        chunk = ids.next_set_bit(past) >> CHUNK_BITS
        yield chunk
        past = (chunk + 1) << CHUNK_BITS


def _write_chunks(opened: Session, changes: dict[Key, tuple[BitMap, BitMap]], seq: int) -> None:
    empty = BitMap().serialize()
    table: Any = ContactSet.__table__
    missing = [{"name": name, "chunk": chunk, "seq": seq, "ids": empty} for name, chunk in changes]
    opened.connection().execute(insert_ignoring(opened, table, missing))
    held = select(ContactSet.name, ContactSet.chunk, ContactSet.ids)
    held = held.where(tuple_(ContactSet.name, ContactSet.chunk).in_(list(changes)))
    rows = opened.execute(locked(opened, held.order_by(ContactSet.name, ContactSet.chunk))).all()
    change = update(table).where(table.c.name == bindparam("in_set"), table.c.chunk == bindparam("in_chunk"))
    new = []
    for name, chunk, blob in rows:
        added, removed = changes[name, chunk]
        ids = (BitMap.deserialize(blob) | added) - removed
        ids.run_optimize()
        new.append({"in_set": name, "in_chunk": chunk, "new_ids": ids.serialize()})
    opened.connection().execute(change.values(ids=bindparam("new_ids"), seq=seq), new)


@event.listens_for(Session, "before_commit")
def _before_commit(opened: Session) -> None:
    if not opened.in_nested_transaction():
        write_pending_of(opened)


@event.listens_for(Session, "after_transaction_create")
def _begin_savepoint(opened: Session, transaction: SessionTransaction) -> None:
    if transaction.nested:
        unit: Unit = opened.info.setdefault("contact_sets", Unit())
        unit.before_savepoints.append(
            {name: (add.copy(), remove.copy()) for name, (add, remove) in unit.pending.items()}
        )


@event.listens_for(Session, "after_soft_rollback")
def _roll_back_savepoint(opened: Session, transaction: SessionTransaction) -> None:
    unit: Unit | None = opened.info.get("contact_sets")
    if unit is not None and transaction.nested:
        # SQLAlchemy has ended the savepoint's transaction already when it tells of the roll-back.
        unit.pending = unit.before_last_savepoint


@event.listens_for(Session, "after_transaction_end")
def _end_view(opened: Session, transaction: SessionTransaction) -> None:
    """A view ends with its transaction."""
    unit: Unit | None = opened.info.get("contact_sets")
    if unit is None:
        return
    if transaction.nested and unit.before_savepoints:
        unit.before_last_savepoint = unit.before_savepoints.pop()
        unit.own = {}
    elif transaction.parent is None:
        del opened.info["contact_sets"]


@event.listens_for(Engine, "commit")
def _on_commit(connection: Connection) -> None:
    connection.info.pop("contact_sets_written", None)


@event.listens_for(Engine, "rollback")
def _on_rollback(connection: Connection) -> None:
    """Whoever shared the connection may have kept what is now taken back (the tests do so)."""
    if connection.info.pop("contact_sets_written", None):
        memories.pop(connection.engine, None)
