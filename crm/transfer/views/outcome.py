"""Imports under way and done: the list, one import, its failed rows, taking it back."""

from __future__ import annotations

from flask import request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.transfer.downloads import csv_answer
from crm.transfer.permissions import Imports
from crm.transfer.queries import imports
from crm.transfer.service import exporting, running, undoing
from crm.transfer.views import bp
from crm.web import htmx
from crm.web.access import requires, viewer
from crm.web.i18n import lang
from crm.web.listing import page_number

KEPT_SHOWN = 100


@bp.get("/imports")
@requires(Imports.VIEW)
def index() -> ResponseReturnValue:
    page = imports.list_imports(page_number(request.args))
    return htmx.render(
        "imports/index.html", page=page, page_url=lambda number: url_for("transfer.index", page=number),
        can_create=viewer().can(Imports.CREATE),
    )  # fmt: skip


@bp.get("/imports/<int:import_id>")
@requires(Imports.VIEW)
def show(import_id: int) -> ResponseReturnValue:
    record = imports.get_import(import_id)
    if record.is_open:
        return htmx.go_to("transfer.match" if not record.forecast else "transfer.check", import_id=import_id)
    return htmx.render(
        "imports/show.html", fragment="outcome", record=record, problems=imports.list_problems(import_id),
        kept=imports.list_kept(import_id, limit=KEPT_SHOWN), kept_count=imports.count_kept(import_id),
        can_create=viewer().can(Imports.CREATE),
    )  # fmt: skip


@bp.get("/imports/<int:import_id>/failures.csv")
@requires(Imports.VIEW)
def failures(import_id: int) -> ResponseReturnValue:
    record = imports.get_import(import_id)
    name = _("%(file)s, failed rows", file=record.filename.rpartition(".")[0] or record.filename)
    return csv_answer(exporting.failures_csv(record, locale=lang()), name)


@bp.get("/imports/<int:import_id>/undo")
@requires(Imports.CREATE)
def undo(import_id: int) -> ResponseReturnValue:
    return htmx.render("imports/undo.html", record=imports.get_import(import_id))


@bp.post("/imports/<int:import_id>/undo")
@requires(Imports.CREATE)
def begin_undo(import_id: int) -> ResponseReturnValue:
    undoing.begin_undo(imports.get_import(import_id))
    return htmx.go_to("transfer.show", import_id=import_id)


@bp.post("/imports/<int:import_id>/resume")
@requires(Imports.CREATE)
def resume(import_id: int) -> ResponseReturnValue:
    running.resume(imports.get_import(import_id))
    return htmx.go_to("transfer.show", import_id=import_id)
