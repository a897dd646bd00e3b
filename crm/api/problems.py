"""Errors as application/problem+json (RFC 9457): what is wrong, and the path of each wrong field."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from flask import Response, current_app, request
from flask_babel import gettext as _
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException, UnprocessableEntity

from crm.core.db import commit_or_roll_back
from crm.core.errors import DomainError
from crm.core.messages import N_
from crm.web.errors import SENTENCES, status_of

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
SHAPES = (
    N_("Unknown field."), N_("Missing data for required field."), N_("Field may not be null."),
    N_("Not a valid string."), N_("Not a valid integer."), N_("Not a valid boolean."), N_("Not a valid list."),
    N_("Not a valid date."), N_("Not a valid datetime."), N_("Not a valid aware datetime."),
    N_("Not a valid mapping type."), N_("Invalid input type."), N_("Invalid value."),
)  # fmt: skip
"""What marshmallow says about shapes, marked so that it is translated too."""
SPOKEN = {
    **SENTENCES,
    400: N_("The request could not be read as JSON."),
    412: N_("This has changed since you read it. Read it again, then decide."),
    415: N_("Send JSON, with Content-Type: application/json."),
    422: N_("Some of what was sent cannot be taken. Each wrong field is named."),
}
KEPT_HEADERS = ("Allow", "Retry-After", "WWW-Authenticate")
FIELD_NAMES = {"owner_id": "owner", "contact_id": "contact"}
"""What services call differently from the JSON."""


@dataclass(frozen=True)
class Fault:
    """One wrong field: `steps[0].email.subject` of the body, or a parameter of the query or the header."""

    path: str
    detail: str
    place: str = "body"


class WrongFields(UnprocessableEntity):
    """The request is understood and cannot be followed: these fields are wrong."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__()
        self.faults = faults


class TokenWanted(HTTPException):
    """No token, or one that does not hold."""

    code = 401

    def __init__(self, *, was_wrong: bool) -> None:
        super().__init__()
        self.was_wrong = was_wrong


def problem(
    status: int,
    detail: str,
    *,
    faults: Iterable[Fault] = (),
    headers: Mapping[str, str] | None = None,
    **more: object,
) -> Response:
    """An error as JSON."""
    body: dict[str, Any] = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status}
    body |= {"detail": detail, **more}
    listed = [{"path": fault.path, "in": fault.place, "detail": fault.detail} for fault in faults]
    if listed:
        body["errors"] = listed
    return Response(current_app.json.dumps(body) + "\n", status, dict(headers or {}), content_type=MEDIA_TYPE)


def faults_of(messages: Any, place: str = "body", path: str = "") -> list[Fault]:
    """What marshmallow found wrong, nested as the body is, as a flat list of paths."""
    if isinstance(messages, Mapping):
        found = []
        for key, inner in messages.items():
            step = f"[{key}]" if isinstance(key, int) else f".{key}" if path else str(key)
            found += faults_of(inner, place, path if key == "_schema" else path + step)
        return found
    sentences = messages if isinstance(messages, list) else [messages]
    return [Fault(path, _(sentence), place) for sentence in sentences]


def broken_rule(error: DomainError) -> Response:
    """A rule of the domain, at its field where it has one."""
    commit_or_roll_back(keep=False)
    status, sentence = status_of(error), _(error.message, **error.params)
    field = FIELD_NAMES.get(error.field or "", error.field or "")
    place = "header" if field == "Idempotency-Key" else "body"
    return problem(status, sentence, faults=[Fault(field, sentence, place)] if field or status == 422 else [])


def http_error(error: HTTPException) -> Response | HTTPException:
    """What Flask and Werkzeug raise, with the headers that belong to it."""
    status = error.code or 500
    if status < 400:
        return error
    commit_or_roll_back(keep=False)
    if isinstance(error, TokenWanted):
        return _token_wanted(error)
    headers = dict(error.get_response().headers)
    kept = {name: headers[name] for name in KEPT_HEADERS if name in headers}
    faults = error.faults if isinstance(error, WrongFields) else ()
    return problem(status, _sentence(status), faults=faults, headers=kept)


def database_away(error: OperationalError) -> Response:
    log.warning("database: %s", error.orig)
    commit_or_roll_back(keep=False)
    return problem(503, SENTENCES[503], headers={"Retry-After": "5"})


def crash(error: Exception) -> Response:
    reference = secrets.token_hex(4)
    log.error("reference %s", reference, exc_info=error)
    commit_or_roll_back(keep=False)
    return problem(500, SENTENCES[500], reference=reference)


ANSWERS: dict[type[Exception], Any] = {
    DomainError: broken_rule,
    HTTPException: http_error,
    OperationalError: database_away,
    Exception: crash,
}
"""How each kind of error is told; the nearest kind wins."""


def make_uniform(response: Response) -> Response:
    """Errors that arose outside the blueprint, such as unknown addresses, become problems too."""
    if (
        request.path.startswith("/api/")
        and response.status_code >= 400
        and response.content_type != MEDIA_TYPE
    ):
        kept = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
        return problem(response.status_code, _sentence(response.status_code), headers=kept)
    return response


def _token_wanted(error: TokenWanted) -> Response:
    asked = 'Bearer realm="Peyvand"'
    if not error.was_wrong:
        return problem(
            401, _("Send your API token as Authorization: Bearer TOKEN."), headers={"WWW-Authenticate": asked}
        )
    wrong = f'{asked}, error="invalid_token"'
    return problem(
        401, _("This API token is unknown, expired or revoked."), headers={"WWW-Authenticate": wrong}
    )


def _sentence(status: int) -> str:
    return _(SPOKEN[status]) if status in SPOKEN else HTTPStatus(status).phrase
