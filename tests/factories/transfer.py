"""Imports of files that stand in the test itself."""

from __future__ import annotations

from pathlib import Path

from crm.accounts.models import User
from crm.core.db import session
from crm.core.permissions import SYSTEM
from crm.transfer.models import Import
from crm.transfer.options import Options, read_options
from crm.transfer.reading import count_rows
from crm.transfer.service import running, undoing, uploads, work
from crm.transfer.service.meeting import plan_of
from tests.factories.accounts import make_workspace


def make_import(
    text: str, *, actor: User | None = None, filename: str = "people.csv", **options: object
) -> Import:
    """An upload whose columns are matched by their names; `options` are those of `Options`."""
    make_workspace()

    def save(place: Path) -> None:
        place.write_text(text, encoding="utf-8")

    record = uploads.take_file(save, filename, actor=actor or SYSTEM)
    usual = read_options(record.options)
    chosen = Options(**{**usual.stored(), "tags": (), **options})  # type: ignore[arg-type]
    uploads.match_columns(record, record.mapping, read_options(chosen.stored()))
    return record


def run_import(record: Import) -> Import:
    """From start to end, in the foreground."""
    plan = plan_of(record)
    running.start_unchecked(record, count_rows(plan.path, plan.shape))
    return _finish(record)


def undo_import(record: Import) -> Import:
    undoing.begin_undo(record)
    return _finish(record)


def import_text(text: str, **options: object) -> Import:
    return run_import(make_import(text, **options))  # type: ignore[arg-type]


def _finish(record: Import) -> Import:
    import_id = record.id
    session.commit()
    while work.finish(import_id):
        pass
    session.expire_all()
    return record
