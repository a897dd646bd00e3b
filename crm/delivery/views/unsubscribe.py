"""The public pages behind the unsubscribe link, in the recipient's language. Reading them changes nothing."""

from __future__ import annotations

from flask import Response, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from crm.accounts.queries import find_workspace
from crm.delivery import queries
from crm.delivery.models import Message
from crm.delivery.service import suppression
from crm.delivery.service.composing import message_of_unsubscribe_token
from crm.delivery.states import SuppressionReason
from crm.delivery.views import bp
from crm.web import htmx
from crm.web.access import public
from crm.web.i18n import LOCALES, Preferences, force
from crm.web.security import csrf

ONE_CLICK = ("List-Unsubscribe", "One-Click")


@bp.get("/u/<token>")
@public("people who get our mail have no account; the token in the address is their right")
def unsubscribe(token: str) -> ResponseReturnValue:
    message = _message_of(token)
    if message is None:
        return htmx.render("unsubscribe/unknown.html", status=404)
    found = queries.find_suppression(message.address)
    is_out = found is not None and found.reason is SuppressionReason.UNSUBSCRIBED
    with force(_preferences(message)):
        return htmx.render(
            "unsubscribe/show.html", token=token, message=message, is_out=is_out, is_barred=found is not None
        )


@bp.post("/u/<token>")
@public("the mail program of the recipient posts here without a cookie (RFC 8058)")
@csrf.exempt  # type: ignore[untyped-decorator]  # Flask-WTF has no hints
def confirm_unsubscribe(token: str) -> ResponseReturnValue:
    message = _message_of(token)
    is_one_click = request.form.get(ONE_CLICK[0]) == ONE_CLICK[1]
    if message is None:
        return make_response("", 404) if is_one_click else htmx.render("unsubscribe/unknown.html", status=404)
    suppression.unsubscribe(message.id, source="one-click" if is_one_click else "link")
    if is_one_click:
        return Response("", 200, content_type="text/plain; charset=utf-8")
    return redirect(url_for("delivery.unsubscribe", token=token), 303)


@bp.post("/u/<token>/undo")
@public("whoever could unsubscribe with this token may take it back")
@csrf.exempt  # type: ignore[untyped-decorator]  # Flask-WTF has no hints
def undo_unsubscribe(token: str) -> ResponseReturnValue:
    message = _message_of(token)
    if message is None:
        return htmx.render("unsubscribe/unknown.html", status=404)
    found = queries.find_suppression(message.address)
    if found is not None and found.reason is SuppressionReason.UNSUBSCRIBED:
        suppression.lift_suppression(message.address)
    return redirect(url_for("delivery.unsubscribe", token=token), 303)


def _message_of(token: str) -> Message | None:
    message_id = message_of_unsubscribe_token(token)
    return queries.find_message(message_id) if message_id is not None else None


def _preferences(message: Message) -> Preferences:
    workspace = find_workspace()
    locale = message.locale if message.locale in LOCALES else (workspace.locale if workspace else "en")
    return Preferences(locale, workspace.timezone if workspace else "UTC")
