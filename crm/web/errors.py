"""Broken rules and HTTP errors → a page, or a toast for htmx; JSON is the API's own business."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping
from decimal import Decimal

from flask import Flask, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from werkzeug.exceptions import HTTPException

from crm.core.db import session
from crm.core.errors import Conflict, DomainError, NotAllowed, NotFound
from crm.core.messages import N_
from crm.web import htmx
from crm.web.i18n import format_number

log = logging.getLogger(__name__)

PAGES = {400, 403, 404, 409, 413, 429, 500, 503}
SENTENCES = {
    400: N_("The page was open for too long. Reload it and try again."),
    404: N_("This page or record does not exist."),
    405: N_("This address does not answer to that."),
    413: N_("That is more than can be taken in at once."),
    429: N_("Too many tries. Wait a little and try again."),
    500: N_("Something broke on our side. Nothing was changed."),
    503: N_("The database is busy. Nothing was changed; try again in a moment."),
}


def init_errors(app: Flask) -> None:
    app.register_error_handler(DomainError, _broken_rule)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(OperationalError, _database_away)
    app.register_error_handler(Exception, _crash)


def sentence_of(error: DomainError) -> str:
    """What is wrong, in the language and digits of whoever looks."""
    return str(_(error.message, **localised(error.params)))


def localised(params: Mapping[str, object]) -> dict[str, object]:
    """Numbers as the viewer writes them; everything else as it is."""
    return {
        name: format_number(value)
        if isinstance(value, int | Decimal) and not isinstance(value, bool)
        else value
        for name, value in params.items()
    }


def status_of(error: DomainError) -> int:
    if isinstance(error, NotFound):
        return 404
    if isinstance(error, NotAllowed):
        return 403
    return 409 if isinstance(error, Conflict) else 422


def answer(status: int, sentence: str, *, reference: str | None = None) -> ResponseReturnValue:
    """The error as this client wants it. Takes back whatever the request had changed."""
    session.rollback()
    if htmx.is_htmx():
        return htmx.refuse(f"{sentence} ({reference})" if reference else sentence, status)
    page = status if status in PAGES else 400
    try:
        return render_template(f"errors/{page}.html", message=sentence, reference=reference), status
    except (SQLAlchemyError, DomainError):
        # Without a database there is no frame to draw: who looks and in which language stands there.
        return make_response(
            SENTENCES[503], 503, {"Content-Type": "text/plain; charset=utf-8", "Retry-After": "5"}
        )


def _broken_rule(error: DomainError) -> ResponseReturnValue:
    return answer(status_of(error), sentence_of(error))


def _http_error(error: HTTPException) -> ResponseReturnValue:
    if request.path.startswith("/api/"):
        return error
    code = error.code or 500
    if code < 400:
        return error
    if isinstance(error, CSRFError):
        # The token went with the session: who signs in again, keeps what was typed.
        is_over = htmx.is_htmx() and not current_user.is_authenticated
        return htmx.session_over() if is_over else answer(400, _(SENTENCES[400]))
    body = answer(code, _(SENTENCES[code]) if code in SENTENCES else error.name)
    headers = dict(error.get_response().headers)
    kept = {name: headers[name] for name in ("Allow", "Retry-After") if name in headers}
    if isinstance(body, tuple):
        return make_response(body[0], code, kept)
    return body


def _database_away(error: OperationalError) -> ResponseReturnValue:
    log.warning("database: %s", error.orig)
    return answer(503, _(SENTENCES[503]))


def _crash(error: Exception) -> ResponseReturnValue:
    reference = secrets.token_hex(4)
    log.error("reference %s", reference, exc_info=error)
    return answer(500, _(SENTENCES[500]), reference=reference)
