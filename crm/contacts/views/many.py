"""Acts on the people selected in the list."""

from __future__ import annotations

from flask import request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext

from crm.contacts import service
from crm.contacts.asked import selected_ids
from crm.contacts.permissions import Contacts
from crm.contacts.views import bp
from crm.core.errors import Invalid
from crm.core.messages import N_
from crm.web import htmx
from crm.web.access import requires, safe_next, viewer
from crm.web.i18n import format_number


@bp.post("/contacts/archive")
@requires(Contacts.BULK_EDIT)
def archive_many() -> ResponseReturnValue:
    return _act(is_archive=True)


@bp.post("/contacts/restore")
@requires(Contacts.BULK_EDIT)
def restore_many() -> ResponseReturnValue:
    return _act(is_archive=False)


def _act(*, is_archive: bool) -> ResponseReturnValue:
    ids = selected_ids(request.form, viewer(), Contacts.BULK_EDIT)
    if not ids:
        raise Invalid(N_("Nobody is selected. Tick some people first."))
    change = (service.archive_contacts if is_archive else service.restore_contacts)(ids, actor=viewer())
    back = safe_next(request.form.get("back") or url_for("contacts.index"))
    if change.is_under_way:
        return htmx.go_to("activity.change", change_id=change.id, next=back)
    number = format_number(len(ids))
    done = (
        ngettext("One person archived", "%(number)s people archived", len(ids), number=number)
        if is_archive
        else ngettext("One person restored", "%(number)s people restored", len(ids), number=number)
    )
    htmx.notify(done, undo_url=url_for("activity.undo", change_id=change.id))
    return htmx.go_to_url(back)
