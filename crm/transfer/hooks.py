"""Plugs files into the rest: navigation, “came with this import” for lists and rules, export of a selection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Flask
from flask_babel import gettext
from sqlalchemy import select

from crm.contacts.permissions import Contacts
from crm.core.messages import N_
from crm.core.permissions import Viewer
from crm.rules.operators import Kind
from crm.rules.vocabulary import VOCABULARY, Field, Many
from crm.transfer.models import Import, ImportChange, ImportState
from crm.transfer.permissions import Imports
from crm.web.errors import localised
from crm.web.panels import BulkAction, ListAction, ListFilter, NavigationEntry, plug

STATES = {
    ImportState.UPLOADED: (N_("Not started"), "hollow"),
    ImportState.CHECKING: (N_("Checking"), "half"),
    ImportState.CHECKED: (N_("Checked, not started"), "hollow"),
    ImportState.RUNNING: (N_("Importing"), "live"),
    ImportState.DONE: (N_("Done"), "good"),
    ImportState.FAILED: (N_("Broke off"), "bad"),
    ImportState.UNDOING: (N_("Being taken back"), "half"),
    ImportState.UNDONE: (N_("Taken back"), "hollow"),
}


def plug_in(app: Flask) -> None:
    plug(
        NavigationEntry(N_("Imports"), "transfer.index", "upload", Imports.VIEW, group="People", order=50),
        ListFilter("import", ("import",), _clauses, "imports/_filter.html", _filter, order=90),
        ListAction("import", N_("Import"), "download", Imports.CREATE, "transfer.upload", order=10),
        ListAction(
            "export",
            N_("Export"),
            "upload",
            Contacts.EXPORT,
            "transfer.export_contacts",
            takes_filter=True,
            order=20,
        ),
        BulkAction("export", N_("Export"), "download", Contacts.EXPORT, "imports/_bulk.html", order=60),
    )
    touched: Any = select(ImportChange.contact_id.label("contact_id"), ImportChange.import_id.label("value"))
    VOCABULARY.add_fields(
        Field(
            key="import", label=N_("Import"), kind=Kind.NUMBER, stored=Many(touched), permission=Imports.VIEW
        )
    )
    app.jinja_env.globals.update(
        import_state=_state,
        import_sentence=lambda msgid, params: (
            gettext(msgid, **localised(params)) if params else gettext(msgid)
        ),
    )


def _state(record: Import) -> dict[str, str]:
    label, kind = STATES[record.state]
    return {"label": gettext(label), "kind": kind}


def _clauses(asked: Mapping[str, Sequence[str]]) -> list[dict[str, Any]]:
    return [{"field": "import", "is": number} for number in _numbers(asked)]


def _filter(asked: Mapping[str, Sequence[str]], _viewer: Viewer) -> Mapping[str, Any]:
    return {"numbers": _numbers(asked)}


def _numbers(asked: Mapping[str, Sequence[str]]) -> list[int]:
    return [
        int(text) for text in asked.get("import", ()) if text.isascii() and text.isdigit() and len(text) < 10
    ]
