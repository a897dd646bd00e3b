"""The outbox: every message, what became of it, and settling those whose fate nobody knows."""

from __future__ import annotations

from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.core.errors import Conflict, NotFound
from crm.core.settings import current_settings
from crm.delivery import queries
from crm.delivery.permissions import Messages
from crm.delivery.service.reading import read_message
from crm.delivery.service.recovery import resolve_uncertain
from crm.delivery.states import MessageState
from crm.delivery.views import bp
from crm.web import htmx
from crm.web.access import requires, viewer
from crm.web.listing import page_number
from crm.web.mail_frame import mail_frame


@bp.get("/outbox")
@requires(Messages.VIEW)
def outbox() -> ResponseReturnValue:
    state = _asked_state()
    page = queries.list_outbox(viewer(), state=state, number=page_number(request.args))
    return htmx.render(
        "outbox/index.html",
        fragment="results",
        also=("state_tabs",),
        page=page,
        state=state,
        states=list(MessageState),
        counts=queries.count_by_state(),
        page_url=lambda number: url_for("delivery.outbox", state=state, page=number),
        **_way_out(),
    )


@bp.get("/outbox/<int:message_id>")
@requires(Messages.VIEW)
def message(message_id: int) -> ResponseReturnValue:
    found = queries.get_message(message_id, viewer())
    return htmx.render("outbox/show.html", message=found, mail=read_message(found), **_way_out())


@bp.get("/outbox/<int:message_id>/body")
@requires(Messages.VIEW)
def message_body(message_id: int) -> ResponseReturnValue:
    mail = read_message(queries.get_message(message_id, viewer()))
    if mail is None:
        raise NotFound
    return mail_frame(mail.html)


@bp.post("/outbox/<int:message_id>/arrived")
@requires(Messages.MANAGE)
def settle_arrived(message_id: int) -> ResponseReturnValue:
    return _settle(message_id, arrived=True, done=_("Settled: it arrived"))


@bp.post("/outbox/<int:message_id>/send-again")
@requires(Messages.MANAGE)
def send_again(message_id: int) -> ResponseReturnValue:
    return _settle(message_id, arrived=False, done=_("It goes out once more"))


def _settle(message_id: int, *, arrived: bool, done: str) -> ResponseReturnValue:
    try:
        resolve_uncertain(queries.get_message(message_id, viewer()), arrived=arrived)
        htmx.notify(done)
    except Conflict as error:
        htmx.notify(_(error.message, **error.params), "bad")
    if request.form.get("back") == "status":
        return htmx.go_to("delivery.status")
    return htmx.go_to("delivery.message", message_id=message_id)


def _way_out() -> dict[str, Any]:
    return {
        "leaves": bool(current_settings().smtp_url),
        "outgoing": queries.find_outgoing(),
        "can_manage": viewer().can(Messages.MANAGE),
    }


def _asked_state() -> MessageState | None:
    asked = request.args.get("state", "")
    return MessageState(asked) if asked in set(MessageState) else None
