"""Recent changes: what was done to many or one, how far it is, and taking it back."""

from __future__ import annotations

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.activity import queries, service
from crm.activity.permissions import Changes
from crm.web import htmx
from crm.web.access import requires, safe_next, viewer

bp = Blueprint("activity", __name__)


@bp.get("/settings/changes")
@requires(Changes.VIEW)
def changes() -> ResponseReturnValue:
    return htmx.render("activity/changes.html", fragment="list", changes=queries.list_changes(viewer()))


@bp.get("/settings/changes/<int:change_id>")
@requires(Changes.VIEW)
def change(change_id: int) -> ResponseReturnValue:
    """How far an act is; asks again each second while it is under way."""
    shown = queries.get_change(change_id, viewer())
    return htmx.render(
        "activity/change.html", fragment="progress", change=shown, back=safe_next(request.args.get("next"))
    )


@bp.post("/settings/changes/<int:change_id>/undo")
@requires(Changes.VIEW)
def undo(change_id: int) -> ResponseReturnValue:
    change = queries.get_change(change_id, viewer())
    service.undo(change, actor=viewer())
    htmx.notify(_("Taken back"))
    if change.is_under_way:
        return htmx.go_to("activity.change", change_id=change.id)
    return htmx.go_to_url(_came_from())


def _came_from() -> str:
    """The page the undo was pressed on, when it is one of ours."""
    referrer = request.referrer or ""
    prefix = request.host_url.rstrip("/")
    return safe_next(referrer.removeprefix(prefix)) if referrer.startswith(prefix) else "/settings/changes"
