"""Contacts as a file: everybody under the present filter, or those selected."""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue
from pyroaring import BitMap

from crm.contacts import queries as contacts
from crm.contacts.asked import read_query, selected_ids
from crm.contacts.permissions import Contacts
from crm.core import clock
from crm.transfer.downloads import csv_answer
from crm.transfer.service import exporting
from crm.transfer.views import bp
from crm.web.access import requires, viewer


@bp.get("/contacts/export")
@requires(Contacts.EXPORT)
def export_contacts() -> ResponseReturnValue:
    return _file(contacts.matching(read_query(request.args), viewer(), Contacts.EXPORT))


@bp.post("/contacts/export")
@requires(Contacts.EXPORT)
def export_selected() -> ResponseReturnValue:
    return _file(selected_ids(request.form, viewer(), Contacts.EXPORT))


def _file(ids: BitMap) -> ResponseReturnValue:
    return csv_answer(exporting.contacts_csv(ids, viewer()), f"contacts-{clock.now():%Y-%m-%d}")
