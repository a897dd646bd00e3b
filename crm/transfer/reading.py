"""Reading a table of text: what the file is, what is wrong with it, and its rows, in constant memory."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from crm.core.errors import Invalid
from crm.core.messages import N_
from crm.transfer.formulas import unguard
from crm.transfer.soundness import (
    HEAD_LETTERS,
    LINE_LIMIT,
    SIZE_LIMIT,
    Unreadable,
    checked_encoding,
    checked_size,
    decoded_head,
    opened,
    scan,
    undecodable,
)

__all__ = [
    "CELL_LIMIT",
    "COLUMN_LIMIT",
    "DELIMITERS",
    "LINE_LIMIT",
    "SIZE_LIMIT",
    "FileShape",
    "Row",
    "RowProblem",
    "Unreadable",
    "count_rows",
    "inspect",
    "rows",
]

COLUMN_LIMIT = 500
# A spreadsheet may write all its columns, the empty ones too.
EMPTY_COLUMN_LIMIT = 20_000
CELL_LIMIT = 131_072
SAMPLE_ROWS = 20
DELIMITERS = (",", ";", "\t", "|")

# Up to this size the rows are counted one by one while the file is inspected (0.4 s); beyond, from a sample.
_COUNTED_BYTES = 16 * 1024 * 1024
_EXCEL_HINT = re.compile(r'"?sep=(.)"?(?:\r\n|\r|\n)', re.IGNORECASE)

csv.field_size_limit(
    CELL_LIMIT
)  # the module's own default, said here because the search for open quotes relies on it


class RowProblem(Invalid):
    """One row cannot be read; the others can."""


class Row(NamedTuple):
    line_number: int
    """The line of the file the row begins in; the header is usually line 1."""
    cells: list[str]
    """As many as the header has, or what there was when `problem` says that there were more."""
    problem: RowProblem | None = None


@dataclass(frozen=True)
class FileShape:
    filename: str
    encoding: str
    delimiter: str
    header: tuple[str, ...]
    """Unique names: an empty one becomes #3 by its position, a repeated one gets its number behind."""
    samples: tuple[Row, ...]
    row_count: int
    row_count_exact: bool
    size: int
    skipped_lines: int = 0
    """1 when Excel's `sep=;` stands above the header."""


def inspect(
    path: Path | str, *, filename: str, encoding: str | None = None, delimiter: str | None = None
) -> FileShape:
    """What the file holds, told without trusting it; `encoding` and `delimiter` overrule the guess.

    Raises Unreadable. Takes no more than about two seconds and a few megabytes, whatever the file.
    """
    path = Path(path)
    size = checked_size(path, filename)
    encoding = checked_encoding(path, encoding)
    with opened(path, encoding) as file:
        head = decoded_head(file, encoding)
    hint = _EXCEL_HINT.match(head)
    body = head[hint.end() :] if hint else head
    delimiter = _checked_delimiter(delimiter) or (hint[1] if hint else _guess_delimiter(body))
    header = _checked_header(body, delimiter, first_line=2 if hint else 1)
    line_count = scan(path, encoding, newline="\n" if "\n" in head else "\r")

    shape = FileShape(filename, encoding, delimiter, header, (), 0, False, size, 1 if hint else 0)
    samples = tuple(islice(rows(path, shape), SAMPLE_ROWS))
    if not samples:
        raise Unreadable(
            N_("The file has a line of column names but no rows below it. Add the rows and try again.")
        )
    exact = size <= _COUNTED_BYTES
    row_count = count_rows(path, shape) if exact else _estimated_count(body, delimiter, line_count)
    return FileShape(
        filename, encoding, delimiter, header, samples, row_count, exact, size, shape.skipped_lines
    )


def rows(path: Path | str, shape: FileShape) -> Iterator[Row]:
    """The rows below the header, without the empty ones. Raises Unreadable where the file breaks."""
    width = len(shape.header)
    records = _records(Path(path), shape)
    next(records, None)  # the header
    for row in records:
        count = len(row.cells)
        if row.problem is not None or count == width:
            yield row
        elif count < width:
            yield _too_short(row, shape.header)
        elif any(row.cells[width:]):
            yield row._replace(problem=RowProblem(_TOO_LONG, count=count, expected=width))
        else:
            yield row._replace(cells=row.cells[:width])


def count_rows(path: Path | str, shape: FileShape) -> int:
    """Reads the whole file once, so that one that breaks further down is refused before anything is saved."""
    return sum(1 for _ in rows(path, shape))


_TOO_LONG = N_(
    "This row has %(count)s cells, but the header has %(expected)s columns. "
    "Put a cell that contains the separator in quotes."
)
_TOO_SHORT = N_(
    "This row has only %(count)s cells, but the header has %(expected)s columns. Add the missing separators."
)


def _too_short(row: Row, header: tuple[str, ...]) -> Row:
    count, width = len(row.cells), len(header)
    padded = row.cells + [""] * (width - count)
    if all(name == f"#{position}" for position, name in enumerate(header[count:], start=count + 1)):
        return row._replace(cells=padded)
    return row._replace(cells=padded, problem=RowProblem(_TOO_SHORT, count=count, expected=width))


def _records(path: Path, shape: FileShape) -> Iterator[Row]:
    """Every record that is not empty, the header included."""
    last_line = ""

    def lines(file: io.TextIOWrapper) -> Iterator[str]:
        nonlocal last_line
        for line in islice(file, shape.skipped_lines, None):
            last_line = line
            yield line

    with opened(path, shape.encoding) as file:
        reader = csv.reader(lines(file), delimiter=shape.delimiter, strict=True, skipinitialspace=True)
        line = shape.skipped_lines
        while True:
            start = line + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except UnicodeDecodeError as error:
                raise undecodable(shape.encoding, start) from error
            except csv.Error as error:
                line = shape.skipped_lines + reader.line_num
                yield Row(start, *_mismatched(error, last_line, shape.delimiter, start, line))
                continue
            line = shape.skipped_lines + reader.line_num
            if any(cells):
                yield Row(start, cells)


def _mismatched(
    error: csv.Error, text: str, delimiter: str, start: int, line: int
) -> tuple[list[str], RowProblem]:
    """Within one line, quotes that do not match spoil that row alone; one that runs on swallows others."""
    if line > start or "end of data" in str(error):
        raise _open_quote(start) from error
    if "expected after" not in str(error):
        raise Unreadable(
            N_(
                "A cell in line %(line)s is longer than %(limit)s characters. "
                "Shorten it and upload the file again."
            ),
            line=start,
            limit=CELL_LIMIT,
        ) from error
    return next(csv.reader([text], delimiter=delimiter)), RowProblem(
        N_("The quotes in this row do not match. Double every quote inside a cell that stands in quotes.")
    )


def _open_quote(line: int) -> Unreadable:
    return Unreadable(
        N_(
            "A quote that opens in line %(line)s is never closed, or one inside its cell is not doubled. "
            "Correct that line and upload the file again."
        ),
        line=line,
    )


def _checked_delimiter(delimiter: str | None) -> str | None:
    if delimiter is not None and (len(delimiter) != 1 or delimiter in '"\r\n\0 '):
        raise Unreadable(
            N_("The separator of the columns must be one character, such as a comma, a semicolon or a tab.")
        )
    return delimiter


def _first_records(body: str, delimiter: str, count: int) -> list[list[str]]:
    records: list[list[str]] = []
    reader = csv.reader(io.StringIO(body, newline=""), delimiter=delimiter, skipinitialspace=True)
    try:
        for record in reader:
            if any(record):
                records.append(record)
            if len(records) == count:
                break
    except csv.Error:  # an open quote further down; `rows` says where
        pass
    return records


def _guess_delimiter(body: str) -> str:
    """The sign under which most rows are as wide as the header; csv.Sniffer fails on one column."""

    def fit(delimiter: str) -> tuple[float, int]:
        records = _first_records(body, delimiter, 50)
        width = len(records[0]) if records else 0
        same = sum(len(record) == width for record in records)
        return (round(same / len(records), 1), width) if width > 1 else (0.0, 0)

    return max(DELIMITERS, key=fit)


def _checked_header(body: str, delimiter: str, *, first_line: int) -> tuple[str, ...]:
    reader = csv.reader(
        io.StringIO(body, newline=""), delimiter=delimiter, strict=True, skipinitialspace=True
    )
    try:
        record = next((record for record in reader if any(record)), [])
    except csv.Error as error:
        raise _open_quote(first_line) from error
    names = [unguard(name.strip()).strip() for name in record]
    while names and not names[-1] and (len(names) > COLUMN_LIMIT or not any(names)):
        names.pop()
    if len(names) > COLUMN_LIMIT or len(record) > EMPTY_COLUMN_LIMIT:
        raise Unreadable(
            N_("The file has more than %(limit)s columns. Remove those you do not need and upload it again."),
            limit=COLUMN_LIMIT,
        )
    if not names or any(re.fullmatch(r"\S+@\S+\.\S+", name) for name in names):
        raise Unreadable(
            N_(
                "The first line must name the columns, such as Email, First name, Company. "
                "Add that line at the top and upload the file again."
            )
        )
    return _unique(names)


def _unique(names: list[str]) -> tuple[str, ...]:
    unique: dict[str, None] = {}
    for position, name in enumerate(names, start=1):
        wanted = candidate = name or f"#{position}"
        number = 2
        while candidate in unique:
            candidate, number = f"{wanted} ({number})", number + 1
        unique[candidate] = None
    return tuple(unique)


def _estimated_count(body: str, delimiter: str, line_count: int) -> int:
    """Lines, less the share of them that are line breaks within cells."""
    record_count = len(_first_records(body, delimiter, HEAD_LETTERS)) or 1
    lines_in_head = body.count("\n") or body.count("\r") or 1
    return max(round(line_count * min(record_count / lines_in_head, 1.0)) - 1, 1)
