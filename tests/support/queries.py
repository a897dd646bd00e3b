"""Counts what the database is asked: `with queries() as seen:`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event

_MANNERS = re.compile(r"\s*(SAVEPOINT|RELEASE|ROLLBACK|BEGIN|COMMIT|PRAGMA)\b", re.IGNORECASE)


class Seen(list[str]):
    """The statements, without those of transactions."""

    def of(self, table: str) -> list[str]:
        """Those that read or write this table."""
        return [each for each in self if re.search(rf"\b{table}\b", each)]


@contextmanager
def queries() -> Iterator[Seen]:
    """Record every statement sent inside the block. Compare counts rather than set ceilings."""
    seen = Seen()

    def record(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not _MANNERS.match(statement):
            seen.append(statement)

    event.listen(Engine, "before_cursor_execute", record)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", record)
