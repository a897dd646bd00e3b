"""The one blueprint of the API: every route hangs here, and so do its manners."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any, Protocol, TypeVar, cast

from flask import Response, current_app, request
from flask.typing import ResponseReturnValue
from flask.views import MethodView
from flask_babel import gettext as _
from flask_smorest import Blueprint
from marshmallow import Schema
from werkzeug.exceptions import PreconditionFailed

from crm.api import problems, reading, replay
from crm.web.access import SIGNED_IN

Method = TypeVar("Method", bound=Callable[..., Any])


class Mark(Protocol):
    """What stands above a method and leaves its type as it is."""

    def __call__(self, method: Method) -> Method: ...


NUMBER = "int(min=1, max=2147483647)"
"""Ids in addresses: what lies beyond is no record, whatever the database thinks of such a number."""

LOCATION = {
    "Location": {"description": "Where the new record is.", "required": True, "schema": {"type": "string"}}
}


class ApiBlueprint(Blueprint):  # type: ignore[misc]
    """Reads requests with our parser."""

    ARGUMENTS_PARSER = reading.JsonParser()


class Resource(MethodView):
    """An address and its methods, each marked with what it asks for."""

    init_every_request = False

    @classmethod
    def as_view(cls, name: str, *args: Any, **kwargs: Any) -> Any:
        view: Any = super().as_view(name, *args, **kwargs)
        view.access = SIGNED_IN  # for OPTIONS, which Flask answers by itself
        return view

    def dispatch_request(self, **kwargs: Any) -> ResponseReturnValue:
        if request.args and not self._takes_query():
            said = _("This address takes no such parameter.")
            raise problems.WrongFields(*(problems.Fault(name, said, "query") for name in request.args))
        return super().dispatch_request(**kwargs)

    def _takes_query(self) -> bool:
        verb = "get" if request.method == "HEAD" else request.method.lower()
        described = getattr(getattr(self, verb, None), "_apidoc", {}).get("arguments", {})
        return any(each["in"] == "query" for each in described.get("parameters", ()))


bp: Any = ApiBlueprint("api", __name__, url_prefix="/api/v1")
for kind, answer in problems.ANSWERS.items():
    bp.register_error_handler(kind, answer)


def takes(schema: type[Schema]) -> Mark:
    """The body is read with this schema and handed to the method."""
    return cast("Mark", bp.arguments(schema))


def asks(schema: type[Schema]) -> Mark:
    """The query is read with this schema and handed to the method."""
    return cast("Mark", bp.arguments(schema, location="query"))


def gives(status: int, schema: type[Schema] | None = None, **described: Any) -> Mark:
    """The method answers so."""
    return cast("Mark", bp.response(status, schema, **described))


def described(**words: Any) -> Mark:
    """Words for the document alone."""
    return cast("Mark", bp.doc(**words))


def _prepare() -> Response | None:
    reading.bound_body()
    return replay.answer_again()


def _finish(response: Response) -> Response:
    if (
        response.status_code == 200 and request.method in {"GET", "HEAD", "PATCH"}
    ) or response.status_code == 201:
        response.set_etag(_tag_of(response.get_data()))
        response.make_conditional(request)
    return replay.keep_answer(response)


def as_json(shown: dict[str, Any]) -> Response:
    return cast("Response", current_app.json.response(shown))


def refuse_stale(shown: dict[str, Any]) -> None:
    """Raise when If-Match names another state than the one the client would be shown now."""
    if request.if_match and not request.if_match.contains(_tag_of(as_json(shown).get_data())):
        raise PreconditionFailed


bp.before_request(_prepare)
bp.after_request(_finish)


def _tag_of(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()[:32]
