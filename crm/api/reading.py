"""The body of a request: JSON only, of a bounded size, with text that every database can keep."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NoReturn

from flask import Request, request
from flask_babel import gettext as _
from marshmallow import RAISE, Schema, ValidationError, missing
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from crm.api.problems import Fault, WrongFields, faults_of

LARGEST_BODY = 2 * 1024 * 1024
PLACES = {"json": "body"}


def bound_body() -> None:
    """Before a view: nothing but JSON, and not without end."""
    request.max_content_length = LARGEST_BODY
    if request.get_data() and request.mimetype != "application/json":
        raise UnsupportedMediaType


class JsonParser(FlaskParser):
    """Reads what views take. Unknown names are wrong everywhere, and every wrong field is named."""

    DEFAULT_UNKNOWN_BY_LOCATION = {**FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION, "query": RAISE}  # noqa: RUF012 - webargs' own

    def load_json(self, req: Request, schema: Schema) -> Any:
        return read_json(req.get_data()) if req.get_data() else missing

    def handle_error(self, error: ValidationError, req: Request, schema: Schema, **_more: Any) -> NoReturn:
        assert isinstance(error.messages, dict)
        raise WrongFields(
            *(
                fault
                for place, found in error.messages.items()
                for fault in faults_of(found, PLACES.get(place, place))
            )
        )


def read_json(body: bytes) -> Any:
    """The document. Raises BadRequest when it is none, WrongFields for text that cannot be stored."""
    try:
        document = json.loads(body, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise BadRequest from error
    faults = [
        Fault(path, _("This text holds a NUL or half a character."), "body") for path in _unsound(document)
    ]
    if faults:
        raise WrongFields(*faults)
    return document


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _unsound(document: Any) -> Iterator[str]:
    left: list[tuple[str, Any]] = [("", document)]
    while left:
        path, value = left.pop()
        if isinstance(value, dict):
            left += [(f"{path}.{key}" if path else key, inner) for key, inner in value.items()]
            if not all(map(_is_sound, value)):
                yield path
        elif isinstance(value, list):
            left += [(f"{path}[{place}]", inner) for place, inner in enumerate(value)]
        elif isinstance(value, str) and not _is_sound(value):
            yield path


def _is_sound(text: str) -> bool:
    return "\x00" not in text and not any("\ud800" <= sign <= "\udfff" for sign in text)
