"""Finding contacts by fragments of what is known of them."""

from __future__ import annotations

from dataclasses import dataclass

from pyroaring import BitMap
from sqlalchemy import select

from crm.contacts.logic import search_patterns
from crm.contacts.models import Contact
from crm.contacts.queries.order import current_mark
from crm.contacts.sets import kept_beside
from crm.core.db import is_writing, session
from crm.core.dialect import all_ids, ids_with_fragments

MANY = 5_000
"""Results from so many on are kept, so that paging and filtering them does not search again."""
KEPT = 32
CHANGES_LIMIT = 2_000


@dataclass(frozen=True)
class _Result:
    mark: int
    ids: BitMap


def ids_found(text: str) -> BitMap:
    """Contacts in which every word of the text occurs, archived ones among them. Do not change what you get."""
    patterns = tuple(search_patterns(text))
    if not patterns:
        return BitMap()
    kept: dict[tuple[str, ...], _Result] = kept_beside().setdefault("searches", {})
    former = kept.pop(patterns, None)
    result = _updated(former, patterns) if former else None
    if result is None:
        mark = current_mark()
        result = _Result(mark, BitMap(all_ids(session, ids_with_fragments(session, patterns))))
    # What this transaction has written itself is for nobody else yet.
    if len(result.ids) >= MANY and not is_writing():
        kept[patterns] = result
        for oldest in list(kept)[:-KEPT]:
            kept.pop(oldest, None)
    return result.ids


def _updated(former: _Result, patterns: tuple[str, ...]) -> _Result | None:
    """The result with everything that has changed since; None when searching anew is better."""
    mark = current_mark()
    if mark < former.mark:
        return None
    changed = (
        select(Contact.id, Contact.search_text).where(Contact.change_seq >= former.mark).limit(CHANGES_LIMIT)
    )
    rows = session.execute(changed).all()
    if len(rows) == CHANGES_LIMIT:
        return None
    looked_at = BitMap([contact_id for contact_id, _text in rows])
    matching = BitMap(
        [contact_id for contact_id, text in rows if all(pattern in text for pattern in patterns)]
    )
    return _Result(mark, (former.ids - looked_at) | matching)
