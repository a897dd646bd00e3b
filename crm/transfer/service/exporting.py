"""Contacts, and rows that did not go in, written out."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from pyroaring import BitMap

from crm.contacts.permissions import Leads
from crm.core.errors import Invalid
from crm.core.language import sentence
from crm.core.messages import N_
from crm.core.permissions import Viewer
from crm.transfer.models import Import
from crm.transfer.queries import exports, imports
from crm.transfer.writing import cell_text, csv_chunks, write_rows

REASON = N_("Reason")


def fields_for(viewer: Viewer) -> tuple[str, ...]:
    """The columns this person may take out."""
    hidden = frozenset() if viewer.can(Leads.VIEW) else exports.LEAD_FIELDS
    return tuple(key for key in exports.FIELDS if key not in hidden)


def contacts_csv(ids: BitMap, viewer: Viewer) -> Iterator[bytes]:
    """A CSV file in pieces."""
    fields = fields_for(viewer)
    return csv_chunks(fields, exports.iter_people(ids, fields))


def write_contacts(path: Path, ids: BitMap, viewer: Viewer) -> int:
    """Write the file its name asks for, all or nothing; returns how many contacts it holds."""
    write = {".csv": _write_csv, ".json": _write_json}.get(path.suffix.lower())
    if write is None:
        raise Invalid(N_("Contacts go out as .csv or .json so far. Choose a file name that ends so."))
    beside = path.with_name(f".{path.name}.part")
    try:
        count = write(beside, ids, fields_for(viewer))
        beside.replace(path)
    except OSError as error:
        raise Invalid(
            N_("The file %(filename)s cannot be written: %(reason)s."),
            filename=str(path),
            reason=error.strerror or "",
        ) from error
    finally:
        beside.unlink(missing_ok=True)
    return count


def failures_csv(record: Import, *, locale: str) -> Iterator[bytes]:
    """The rows that did not go in as they were, with a last column that says why."""
    header = [*record.shape["header"], sentence(REASON, locale)]
    width = len(header) - 1
    rows = (
        [*_padded(problem.cells, width), sentence(problem.reason, locale, **problem.params)]
        for problem in imports.iter_problems(record.id)
    )
    return csv_chunks(header, rows)


def _padded(cells: Sequence[str], width: int) -> list[str]:
    return [*cells[:width], *[""] * (width - len(cells))]


def _write_csv(path: Path, ids: BitMap, fields: Sequence[str]) -> int:
    with path.open("wb") as file:
        return write_rows(file, fields, exports.iter_people(ids, fields))


def _write_json(path: Path, ids: BitMap, fields: Sequence[str]) -> int:
    count = 0
    with path.open("w", encoding="utf-8") as file:
        file.write("[")
        for values in exports.iter_people(ids, fields):
            row = {key: _plain(value) for key, value in zip(fields, values, strict=True)}
            file.write(("," if count else "") + "\n" + json.dumps(row, ensure_ascii=False))
            count += 1
        file.write("\n]\n")
    return count


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, int | list) else cell_text(value)
