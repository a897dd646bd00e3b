"""Rows out as CSV that every spreadsheet opens rightly, that runs nowhere, and that comes back as it was."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from enum import Enum
from functools import lru_cache
from typing import BinaryIO

from crm.transfer.cells import split_tags
from crm.transfer.formulas import guard

# Excel takes UTF-8 for the local code page without it.
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_CHUNK_LETTERS = 1 << 16


def write_rows(file: BinaryIO, header: Sequence[str], rows: Iterable[Sequence[object]]) -> int:
    """Writes header and rows to a binary file, a row at a time; answers how many rows there were."""
    count = 0

    def counted() -> Iterator[Sequence[object]]:
        nonlocal count
        for row in rows:
            count += 1
            yield row

    file.writelines(csv_chunks(header, counted()))
    return count


def csv_chunks(header: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[bytes]:
    """The same as pieces of some 64 kB, for an answer that is streamed."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow([guard(name) for name in header])
    yield BYTE_ORDER_MARK
    for row in rows:
        writer.writerow([guard(cell_text(value)) for value in row])
        if buffer.tell() > _CHUNK_LETTERS:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode()


def cell_text(value: object) -> str:
    """A value as text that `read_cell` takes back: ISO dates, tags with commas, nothing for None."""
    match value:
        case None:
            return ""
        case str() if not isinstance(value, Enum):
            return value
        case Enum():
            return str(value.value)
        case bool():
            return "yes" if value else "no"
        case datetime():
            return value.astimezone(UTC).isoformat(timespec="seconds") if value.tzinfo else value.isoformat()
        case date():
            return value.isoformat()
        case list() | tuple() | set() | frozenset():
            return ", ".join(_tag_text(str(tag)) for tag in value)
        case _:
            return str(value)


@lru_cache(maxsize=4096)
def _tag_text(tag: str) -> str:
    # Beside another tag even a lone quote would begin something.
    is_plain = '"' not in tag and split_tags(tag) == (tag,)
    return tag if is_plain else '"' + tag.replace('"', '""') + '"'
