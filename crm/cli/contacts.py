"""Files of contacts: import contacts, import undo, export contacts."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import click
from flask import current_app

from crm.cli.speaking import json_option, plain_errors, tell
from crm.core.calendars import Calendar
from crm.core.db import reading, unit_of_work
from crm.core.errors import Invalid
from crm.core.permissions import SYSTEM
from crm.transfer.mapping import parse_map_option, with_choices
from crm.transfer.models import Import
from crm.transfer.options import MatchBy, Mode, Options, read_options
from crm.transfer.outcomes import Outcome
from crm.transfer.queries import exports, imports
from crm.transfer.reading import count_rows
from crm.transfer.service import exporting, running, storage, undoing, uploads, work
from crm.transfer.service.forecast import foresee
from crm.transfer.service.meeting import plan_of

SAY_EVERY = 2_000


@click.group("import")
def import_() -> None:
    """Bring contacts in, or take an import back."""


@import_.command("contacts")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--map",
    "choices",
    multiple=True,
    metavar="COLUMN=FIELD",
    help="May be given several times; an empty FIELD leaves the column out.",
)
@click.option(
    "--match",
    type=click.Choice([each.value for each in MatchBy]),
    default="email",
    show_default=True,
    help="What says that a row is about somebody who is here.",
)
@click.option("--mode", type=click.Choice([each.value for each in Mode]), default="both", show_default=True)
@click.option(
    "--fill-only",
    "fills_only",
    is_flag=True,
    help="Known people keep what they have; only what is empty is filled.",
)
@click.option("--tag", "tags", multiple=True, help="For everybody in the file; may be given several times.")
@click.option("--encoding", help="Instead of the guessed one, as in cp1256.")
@click.option("--delimiter", help="Instead of the guessed one.")
@click.option("--region", help="Country of phone numbers without one, as in IR.")
@click.option(
    "--calendar", type=click.Choice([each.value for each in Calendar]), help="What years of two digits mean."
)
@click.option("--dry-run", is_flag=True, help="Say what would happen and change nothing.")
@json_option
@plain_errors
def import_contacts(file: Path, choices: tuple[str, ...], dry_run: bool, as_json: bool, **asked: Any) -> None:
    """Bring contacts in from a CSV file. Headings and values say what each column is; --map overrules them."""
    with unit_of_work():
        record = uploads.take_file(lambda place: shutil.copyfile(file, place), file.name, actor=SYSTEM)
        path = storage.path_of(record.path)
        try:
            _prepare(record, choices, asked)
        except BaseException:
            storage.remove(path)
            raise
        import_id = record.id
    result = _foresee(import_id) if dry_run else _run(import_id)
    tell(as_json, result, _words(result))


@import_.command("undo")
@click.argument("import_id", metavar="ID", type=int)
@json_option
@plain_errors
def import_undo(import_id: int, as_json: bool) -> None:
    """Put back what an import did, as far as nobody has changed it since."""
    with unit_of_work():
        record = imports.get_import(import_id)
        if record.state.value != "undoing":
            undoing.begin_undo(record)
    while work.finish(import_id):
        pass
    with reading():
        record = imports.get_import(import_id)
        kept = [
            {"contact": each.label, "contact_id": each.contact_id, "field": each.field, "why": each.why}
            for each in imports.list_kept(import_id)
        ]
        result = {"import": import_id, "reverted": record.reverted, "kept": kept}
    lines = [f"{each['contact']}: {each['field']}: {each['why']}" for each in kept]
    tell(
        as_json,
        result,
        "\n".join([f"{result['reverted']} contacts put back, {len(kept)} values kept.", *lines]),
    )


@click.group("export")
def export() -> None:
    """Take contacts out."""


@export.command("contacts")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@json_option
@plain_errors
def export_contacts(file: Path, as_json: bool) -> None:
    """Write all contacts to FILE.csv or FILE.json, with every field as a column."""
    with reading():
        count = exporting.write_contacts(file, exports.everyone(), SYSTEM)
    tell(as_json, {"contacts": count, "file": str(file)}, f"{count} contacts written to {file}.")


def _prepare(record: Import, choices: tuple[str, ...], asked: dict[str, Any]) -> None:
    """Read the file as asked, and settle its columns and options."""
    if asked["encoding"] or asked["delimiter"]:
        delimiter = "\t" if asked["delimiter"] in {"\\t", "tab"} else asked["delimiter"]
        uploads.read_anew(
            record, encoding=asked["encoding"] or record.shape["encoding"],
            delimiter=delimiter or record.shape["delimiter"],
        )  # fmt: skip
    usual = read_options(record.options)
    options = Options(
        match=MatchBy(asked["match"]), mode=Mode(asked["mode"]), fills_only=asked["fills_only"], tags=asked["tags"],
        region=(asked["region"] or usual.region).upper(),
        calendar=Calendar(asked["calendar"]) if asked["calendar"] else usual.calendar,
    )  # fmt: skip
    try:
        chosen = dict(parse_map_option(choice) for choice in choices)
        guesses = with_choices(uploads.guesses_of(record), chosen)
    except Invalid as error:
        raise click.UsageError(str(error)) from error
    uploads.match_columns(record, [one.field for one in guesses], options)
    uploads.refuse_nameless(record)
    for one in guesses:
        click.echo(f"  {one.column} -> {one.field or '-'}  ({one.why})", err=True)


def _run(import_id: int) -> dict[str, Any]:
    with reading():
        plan = plan_of(imports.get_import(import_id))
    try:
        total = count_rows(plan.path, plan.shape)
    except Invalid:
        _forget(import_id)
        raise
    with unit_of_work():
        running.start_unchecked(imports.get_import(import_id), total)
    said = 0
    while work.finish(import_id):
        with reading():
            done = imports.get_import(import_id).done
        if done - said >= SAY_EVERY:
            said = done
            click.echo(f"{done} of {total} rows", err=True)
    with reading():
        record = imports.get_import(import_id)
        counts = {outcome.value: getattr(record, outcome.value) for outcome in Outcome}
        for note, count in record.notes.items():
            click.echo(f"{count} x {note}", err=True)
        return {"import": import_id, **counts, "failures_file": _write_failures(record)}


def _foresee(import_id: int) -> dict[str, Any]:
    with reading():
        plan = plan_of(imports.get_import(import_id))
    try:
        forecast = foresee(plan, most=None, tell=_say)
    finally:
        _forget(import_id)
    for problem in forecast.problems:
        click.echo(f"line {problem['line']}: {problem['reason'] % problem['params']}", err=True)
    counts = {outcome.value: number for outcome, number in forecast.tally.counts.items()}
    return {"import": None, **counts, "failures_file": None, "dry_run": True}


def _say(done: int, total: int) -> None:
    if done % SAY_EVERY == 0:
        click.echo(f"{done} of {total} rows", err=True)


def _forget(import_id: int) -> None:
    with unit_of_work():
        uploads.drop(imports.get_import(import_id))


def _write_failures(record: Import) -> str | None:
    if not record.failed:
        return None
    path = storage.failures_path(record)
    with path.open("wb") as file:
        file.writelines(exporting.failures_csv(record, locale=current_app.config["PEYVAND"].locale))
    return str(path)


def _words(result: dict[str, Any]) -> str:
    counts = ", ".join(f"{result[outcome.value]} {outcome.value}" for outcome in Outcome)
    if result["import"] is None:
        return f"Nothing was changed. It would be: {counts}."
    where = f" Rows that failed, with reasons: {result['failures_file']}" if result["failures_file"] else ""
    return f"Import {result['import']}: {counts}.{where}"


COMMANDS = [import_, export]
