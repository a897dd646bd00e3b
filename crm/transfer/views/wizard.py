"""From the file to the start: upload, match, check."""

from __future__ import annotations

from pathlib import Path

from flask import request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import RequestEntityTooLarge

from crm.contacts.permissions import Leads
from crm.core.errors import Invalid, NotFound
from crm.core.messages import N_
from crm.transfer.cells import FIELDS
from crm.transfer.forms import MatchForm, UploadForm, chosen_columns, chosen_options, match_form
from crm.transfer.models import Import
from crm.transfer.permissions import Imports
from crm.transfer.queries import imports
from crm.transfer.queries.exports import LEAD_FIELDS
from crm.transfer.reading import SIZE_LIMIT
from crm.transfer.service import preview, running, uploads
from crm.transfer.service.forecast import begin_check
from crm.transfer.views import bp
from crm.web import htmx
from crm.web.access import requires, viewer

TOO_LARGE = N_(
    "The file is larger than %(limit)s MB. Split it into smaller files and import them one after another."
)


@bp.get("/imports/new")
@requires(Imports.CREATE)
def upload() -> ResponseReturnValue:
    return htmx.render("imports/new.html", form=UploadForm())


@bp.post("/imports/new")
@requires(Imports.CREATE)
def take_upload() -> ResponseReturnValue:
    form = UploadForm()
    file = form.file.data
    try:
        record = uploads.take_file(lambda place: _save(file, place), _name_of(file), actor=viewer())
    except Invalid as error:
        form.refuse(Invalid(error.message, field="file", **error.params))
        return htmx.render("imports/new.html", status=422, form=form)
    return htmx.go_to("transfer.match", import_id=record.id)


@bp.errorhandler(RequestEntityTooLarge)
def too_large(_error: RequestEntityTooLarge) -> ResponseReturnValue:
    """Told by the announced length, before anything of the file is read."""
    form = UploadForm(formdata=None)
    form.refuse(Invalid(TOO_LARGE, field="file", limit=SIZE_LIMIT // (1024 * 1024)))
    return htmx.render("imports/new.html", status=413, form=form)


@bp.get("/imports/<int:import_id>/match")
@requires(Imports.CREATE)
def match(import_id: int) -> ResponseReturnValue:
    record = _open(import_id)
    return _show_match(record, _form(record), fragment="preview")


@bp.post("/imports/<int:import_id>/match")
@requires(Imports.CREATE)
def keep_match(import_id: int) -> ResponseReturnValue:
    record = _open(import_id)
    form = _form(record)
    try:
        _keep(record, form)
        if request.form.get("then") == "check":
            begin_check(record)
    except Invalid as error:
        form.refuse(error)
        return _show_match(record, form, status=422)
    is_look = request.form.get("then") != "check"
    return htmx.go_to("transfer.match" if is_look else "transfer.check", import_id=record.id)


@bp.get("/imports/<int:import_id>/check")
@requires(Imports.CREATE)
def check(import_id: int) -> ResponseReturnValue:
    return htmx.render("imports/check.html", fragment="forecast", record=_open(import_id))


@bp.post("/imports/<int:import_id>/start")
@requires(Imports.CREATE)
def start(import_id: int) -> ResponseReturnValue:
    running.start(_open(import_id))
    return htmx.go_to("transfer.show", import_id=import_id)


@bp.post("/imports/<int:import_id>/drop")
@requires(Imports.CREATE)
def drop(import_id: int) -> ResponseReturnValue:
    uploads.drop(_open(import_id))
    htmx.notify(_("Upload thrown away. Nothing was imported."), "gone")
    return htmx.go_to("transfer.index")


def _open(import_id: int) -> Import:
    """An import that was not started; afterwards these pages are no more."""
    record = imports.get_import(import_id)
    if not record.is_open:
        raise NotFound
    return record


def _form(record: Import) -> MatchForm:
    hidden = frozenset() if viewer().can(Leads.EDIT) else LEAD_FIELDS
    return match_form(record, FIELDS - hidden)


def _keep(record: Import, form: MatchForm) -> None:
    """Reading the file in another way comes first, since it may bring other columns."""
    if not form.validate():
        raise Invalid(N_("Look at the choices again: one of them is none of the list."))
    header = list(record.shape["header"])
    uploads.read_anew(record, encoding=form.encoding.data, delimiter=form.delimiter.data)
    mapping = chosen_columns(form, len(header)) if record.shape["header"] == header else record.mapping
    uploads.match_columns(record, mapping, chosen_options(form))


def _show_match(
    record: Import, form: MatchForm, *, status: int = 200, fragment: str | None = None
) -> ResponseReturnValue:
    number = request.args.get("row", "1")
    return htmx.render(
        "imports/match.html", fragment=fragment, status=status, record=record, form=form,
        columns=preview.columns_of(record),
        preview=preview.preview_of(record, int(number) if number.isascii() and number.isdigit() else 1),
    )  # fmt: skip


def _name_of(file: FileStorage | None) -> str:
    if file is None or not file.filename:
        raise Invalid(N_("Choose a file first."))
    return file.filename


def _save(file: FileStorage | None, place: Path) -> None:
    if file is not None:
        file.save(place)
