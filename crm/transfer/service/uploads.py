"""An import before anything is saved: the file taken in, read anew, its columns matched, dropped."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

from crm.accounts import queries as accounts
from crm.core.calendars import Calendar
from crm.core.db import session
from crm.core.errors import Conflict, Invalid
from crm.core.language import language_of
from crm.core.messages import N_
from crm.core.permissions import Viewer
from crm.core.text import clean_line
from crm.transfer.dates import DateOrder, guess_order
from crm.transfer.mapping import ColumnGuess, guess, guess_region
from crm.transfer.models import Import, ImportState
from crm.transfer.options import Options
from crm.transfer.reading import FileShape, inspect, rows
from crm.transfer.service import storage

_WHO = ("name", "first_name", "last_name", "email", "phone", "external_id")
_TOGETHER = "tags"
_DATES_LOOKED_AT = 50_000


def take_file(save: Callable[[Path], object], filename: str, *, actor: Viewer) -> Import:
    """Keep the file, look into it and guess its columns. Raises Unreadable, and keeps nothing, for what is no table."""
    place = storage.store(save)
    try:
        shape = inspect(storage.path_of(place), filename=filename)
        record = Import(
            filename=clean_line(filename.rpartition("/")[2].rpartition("\\")[2])[:255] or "contacts.csv",
            path=place,
            actor_id=actor.id,
        )
        _take_shape(record, shape)
        session.add(record)
        session.flush()
    except BaseException:
        storage.remove(storage.path_of(place))
        raise
    return record


def shape_of(record: Import) -> FileShape:
    """How the file of this import is read."""
    kept: Mapping[str, Any] = record.shape
    return FileShape(
        record.filename, kept["encoding"], kept["delimiter"], tuple(kept["header"]), (), record.total, False, kept["size"],
        kept["skipped_lines"],
    )  # fmt: skip


def read_anew(record: Import, *, encoding: str, delimiter: str) -> None:
    """Read the file in another way; the columns are guessed anew. Raises Unreadable when it cannot be read so."""
    _refuse_started(record)
    if encoding == record.shape["encoding"] and delimiter == record.shape["delimiter"]:
        return
    path = storage.path_of(record.path)
    _take_shape(record, inspect(path, filename=record.filename, encoding=encoding, delimiter=delimiter))
    session.flush()


def guesses_of(record: Import) -> list[ColumnGuess]:
    """What we think of each column, whatever a person chose."""
    return guess(record.shape["header"], [row.cells for row in sample_rows(record)])


def sample_rows(record: Import) -> list[Any]:
    """The first rows of the file."""
    return list(islice(rows(storage.path_of(record.path), shape_of(record)), 20))


def match_columns(record: Import, mapping: Sequence[str | None], options: Options) -> None:
    """Keep what each column becomes and how the import is to go; what was checked before counts no more."""
    _refuse_started(record)
    chosen = [field for field in mapping if field is not None]
    twice = next((key for key in chosen if key != _TOGETHER and chosen.count(key) > 1), None)
    if twice is not None:
        raise Invalid(N_("Two columns are mapped to “%(key)s”. Choose one of them."), key=twice)
    record.mapping = list(mapping)
    record.options = {**options.stored(), "date_order": _date_order(record, mapping)}
    record.state, record.forecast, record.error = ImportState.UPLOADED, {}, None
    session.flush()


def refuse_nameless(record: Import) -> None:
    """Before the rows are looked at: without one of these columns every row would fail."""
    if not set(_WHO) & set(record.mapping):
        raise Invalid(N_("Choose a column for the name, the email address or the phone number."))


def drop(record: Import) -> None:
    """Throw away an import that was not started."""
    _refuse_started(record)
    storage.remove(storage.path_of(record.path))
    session.delete(record)
    session.flush()


def _take_shape(record: Import, shape: FileShape) -> None:
    record.shape = {
        "encoding": shape.encoding, "delimiter": shape.delimiter, "header": list(shape.header), "size": shape.size,
        "skipped_lines": shape.skipped_lines,
    }  # fmt: skip
    samples = [row.cells for row in shape.samples]
    record.mapping = [one.field for one in guess(shape.header, samples)]
    usual = _usual_options()
    region = usual.region or guess_region(record.mapping, samples) or ""
    record.options = replace(usual, region=region).stored()
    record.total = shape.row_count
    record.state, record.forecast, record.error = ImportState.UPLOADED, {}, None


def _usual_options() -> Options:
    workspace = accounts.find_workspace()
    if workspace is None:
        return Options()
    is_persian = workspace.calendar == "auto" and language_of(workspace.locale, "en") == "fa"
    is_jalali = workspace.calendar == Calendar.JALALI or is_persian
    return Options(region=workspace.region, calendar=Calendar.JALALI if is_jalali else Calendar.GREGORIAN)


def _date_order(record: Import, mapping: Sequence[str | None]) -> DateOrder | None:
    if "birthday" not in mapping:
        return None
    position = list(mapping).index("birthday")
    looked_at = islice(rows(storage.path_of(record.path), shape_of(record)), _DATES_LOOKED_AT)
    return guess_order(row.cells[position] for row in looked_at if position < len(row.cells))


def _refuse_started(record: Import) -> None:
    if not record.is_open:
        raise Conflict(N_("This import was started already."))
