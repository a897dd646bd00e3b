"""Which ids stand on a page of a large list, without reading the list.

Few results are sorted by the database. Near the beginning of many, an index is walked until the page is full. Deep in
many, the order kept in memory answers: all contacts by one key, cut in blocks of about a thousand ids, so that counting
the results in each block finds the block of the page, and the database sorts only that one. The order is made when it is
first needed and afterwards brought up to date with the contacts that have changed.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pyroaring import BitMap
from sqlalchemy import ColumnElement, select

from crm.contacts.models import Company, Contact
from crm.contacts.sets import kept_beside
from crm.core.db import is_writing, session
from crm.core.dialect import all_ids, commit_marks, one_of

FEW = 5_000
"""Up to so many results are sorted by the database."""
WALK = 20_000
"""Up to so many rows of an index are walked for one page."""
BLOCK = 1_024
BLOCK_LIMIT = 8_192
CHANGES_LIMIT = 50_000


@dataclass(frozen=True)
class SortBy:
    """A column that contacts can be sorted by; who has no value there comes last in either direction."""

    name: str
    column: Any
    is_indexed: bool = True
    """Whether an index holds (column, id)."""
    of_company: bool = False

    def select(self, *columns: Any) -> Any:
        asked = select(*columns).select_from(Contact)
        return (
            asked.join(Company, Company.id == Contact.company_id, isouter=True) if self.of_company else asked
        )


SORTS = {
    sort.name: sort
    for sort in (
        SortBy("name", Contact.sort_key),
        SortBy("email", Contact.email_key),
        SortBy("created_at", Contact.created_at),
        SortBy("last_activity_at", Contact.last_activity_at),
        SortBy("updated_at", Contact.updated_at, is_indexed=False),
        SortBy("company", Company.sort_key, is_indexed=False, of_company=True),
    )
}


@dataclass(frozen=True)
class _Order:
    """All contacts by one key. Never changed, only replaced."""

    mark: int
    blocks: list[BitMap]
    firsts: list[tuple[Any, int]]
    """(key, id) that each block begins with; what is smaller than the second belongs to the first."""
    unknown: BitMap


def page_ids(
    result: BitMap, sort: SortBy, descending: bool, *, offset: int, size: int, everyone: int
) -> list[int]:
    """Ids of the rows from `offset` on, in order. `everyone` is about how many contacts there are."""
    if offset >= len(result):
        return []
    if len(result) <= FEW:
        return _sorted(result, sort, descending, offset, size)
    reach = (offset + size) * max(everyone, len(result)) // len(result)
    if sort.is_indexed and reach <= WALK and sort.name not in _kept():
        walked = _walk(result, sort, descending, offset + size, reach)
        if walked is not None:
            return walked[offset:]
    return _from_order(result, sort, descending, offset, size)


def _in_order(sort: SortBy, descending: bool) -> tuple[ColumnElement[Any], ...]:
    if descending:
        return (sort.column.desc().nulls_last(), Contact.id.desc())
    return (sort.column.asc().nulls_last(), Contact.id.asc())


def _sorted(ids: BitMap, sort: SortBy, descending: bool, offset: int, size: int) -> list[int]:
    rows = (
        sort.select(Contact.id).where(one_of(session, Contact.id, ids)).order_by(*_in_order(sort, descending))
    )
    return list(session.scalars(rows.offset(offset).limit(size)))


def _walk(result: BitMap, sort: SortBy, descending: bool, wanted: int, reach: int) -> list[int] | None:
    """The first results along the index, or None when they lie further than expected."""
    column: Any = sort.column
    by = (column.desc(), Contact.id.desc()) if descending else (column.asc(), Contact.id.asc())
    along = select(Contact.id).where(column.is_not(None)).order_by(*by).limit(reach + reach // 2 + 100)
    found = [contact_id for contact_id in all_ids(session, along) if contact_id in result]
    return found[:wanted] if len(found) >= wanted else None


def _from_order(result: BitMap, sort: SortBy, descending: bool, offset: int, size: int) -> list[int]:
    order = _fresh_order(sort)
    blocks = order.blocks[::-1] if descending else order.blocks
    first, skipped = _find_block(blocks, result, offset)
    near, counted = BitMap(), -skipped
    for block in blocks[first:]:
        part = block & result
        near |= part
        counted += len(part)
        if counted >= size:
            break
    ids = _sorted(near, sort, descending, skipped, size) if near and counted > 0 else []
    if len(ids) < size:
        unknown = order.unknown & result
        start = max(0, offset - (len(result) - len(unknown)))
        wanted = size - len(ids)
        ids += _slice(unknown, descending, start, wanted)
    return ids


def _find_block(blocks: Sequence[BitMap], result: BitMap, offset: int) -> tuple[int, int]:
    """Which block holds the row at `offset`, and how many results of it come before that row."""
    for place, block in enumerate(blocks):
        count = block.intersection_cardinality(result)
        if offset < count:
            return place, offset
        offset -= count
    return len(blocks), 0


def _slice(ids: BitMap, descending: bool, start: int, size: int) -> list[int]:
    if not descending:
        return list(ids[start : start + size])
    end = len(ids) - start
    return list(ids[max(0, end - size) : end])[::-1] if end > 0 else []


# ---- the order in memory -------------------------------------------------------------


def _kept() -> dict[str, _Order]:
    kept: dict[str, _Order] = kept_beside().setdefault("orders", {})
    return kept


def _fresh_order(sort: SortBy) -> _Order:
    kept = _kept()
    order = kept.get(sort.name)
    order = _updated(order, sort) if order else None
    if order is None:
        order = _made(sort)
    # What this transaction has written itself is for nobody else yet.
    if not is_writing():
        former = kept.get(sort.name)
        if former is None or former.mark <= order.mark:
            kept[sort.name] = order
    return order


def current_mark() -> int:
    mark, _own = commit_marks(session, Contact.change_seq)
    return int(session.scalar(select(mark)) or 0)


def _made(sort: SortBy) -> _Order:
    mark = current_mark()
    known = (
        sort.select(Contact.id).where(sort.column.is_not(None)).order_by(sort.column.asc(), Contact.id.asc())
    )
    ids = all_ids(session, known)
    unknown = all_ids(session, sort.select(Contact.id).where(sort.column.is_(None)))
    heads = ids[::BLOCK]
    keys = {
        row[0]: row[1]
        for row in session.execute(
            sort.select(Contact.id, sort.column).where(one_of(session, Contact.id, heads))
        )
    }
    blocks = [BitMap(ids[start : start + BLOCK]) for start in range(0, len(ids), BLOCK)]
    return _Order(mark, blocks, [(keys[head], head) for head in heads], BitMap(unknown))


def _updated(order: _Order, sort: SortBy) -> _Order | None:
    """The order with everything that has changed since; None when making it anew is better."""
    mark = current_mark()
    changed = (
        sort.select(Contact.id, sort.column).where(Contact.change_seq >= order.mark).limit(CHANGES_LIMIT)
    )
    rows = session.execute(changed).all()
    if not rows:
        return order if mark == order.mark else _Order(mark, order.blocks, order.firsts, order.unknown)
    if len(rows) == CHANGES_LIMIT or not order.blocks:
        return None
    moved = BitMap([contact_id for contact_id, _key in rows])
    blocks = [block if block.isdisjoint(moved) else block - moved for block in order.blocks]
    unknown = order.unknown - moved
    arrived: dict[int, list[int]] = {}
    for contact_id, key in rows:
        if key is None:
            unknown.add(contact_id)
        else:
            arrived.setdefault(max(0, bisect_right(order.firsts, (key, contact_id)) - 1), []).append(
                contact_id
            )
    for place, ids in arrived.items():
        blocks[place] = blocks[place] | BitMap(ids)
    if max(map(len, blocks)) > BLOCK_LIMIT:
        return None
    return _Order(mark, blocks, order.firsts, unknown)
