"""The contact list."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import current_app, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.contacts import queries
from crm.contacts.asked import ARCHIVED, address, filter_values, parameters_of, read_query
from crm.contacts.permissions import Contacts, Leads
from crm.contacts.views import bp
from crm.web import htmx
from crm.web.access import requires, viewer
from crm.web.panels import for_viewer, sockets


@dataclass(frozen=True)
class Tab:
    """A saved view over the list."""

    label: str
    url: str
    is_current: bool
    count: int


@bp.get("/contacts")
@requires(Contacts.VIEW)
def index() -> ResponseReturnValue:
    asked = read_query(request.args)
    parameters = parameters_of(request.args)
    url = address(parameters)
    page = queries.list_contacts(asked, viewer())
    columns = sockets().list_columns
    ids = [row.id for row in page.rows]
    return htmx.render(
        "contacts/index.html", fragment="results", also=("count", "filters", "announce"),
        push_url=url(page=page.number if page.number > 1 else None),
        page=page, asked=asked, parameters=parameters, url=url, columns=columns,
        draw={column.name: _macro(column.template) for column in columns},
        page_url=lambda number: url(page=number if number > 1 else None), sort_url=lambda sort: url(sort=sort),
        cells={column.name: column.load(ids, viewer()) for column in columns},
        filters=sockets().list_filters, filter_values=filter_values(request.args, viewer()),
        bulk_actions=for_viewer(sockets().bulk_actions, viewer()), tabs=_tabs,
        list_actions=for_viewer(sockets().list_actions, viewer()), here=request.full_path.rstrip("?"),
        can_create=viewer().can(Contacts.CREATE), can_bulk_edit=viewer().can(Contacts.BULK_EDIT),
        can_see_lead=viewer().can(Leads.VIEW),
    )  # fmt: skip


@bp.get("/contacts/owners")
@requires(Contacts.VIEW)
def owners() -> ResponseReturnValue:
    """Whom the list can be narrowed to; a page of its own without script, else the content of the chip's menu."""
    parameters = parameters_of(request.args)
    return htmx.render(
        "contacts/owners.html", fragment="choices", owners=queries.list_owners(), url=address(parameters),
        chosen=request.args.get("owner", ""),
    )  # fmt: skip


def _macro(template: str) -> Callable[[Any], Any]:
    """The macro `cell` of a column's template; an include for every row would cost more than the row."""
    macro: Callable[[Any], Any] = current_app.jinja_env.get_template(template).module.cell  # type: ignore[attr-defined]
    return macro


def _tabs(is_archived: bool) -> list[Tab]:
    everyone, archived = queries.count_views(viewer())
    return [
        Tab(_("Everyone"), address({})(), not is_archived, everyone),
        Tab(_("Archived"), address({"view": [ARCHIVED]})(), is_archived, archived),
    ]
