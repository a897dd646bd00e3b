"""The OpenAPI 3.1 document, made from the routes themselves."""

from __future__ import annotations

from typing import Any, cast

from flask import Blueprint, Flask
from flask.blueprints import BlueprintSetupState
from flask_smorest import Api

from crm import __version__
from crm.api.schemas.rules import RULE, RULE_SCHEMA
from crm.api.schemas.shapes import ProblemSchema
from crm.core.permissions import Permission
from crm.web.access import access_of

PROBLEM = "Problem"
ABOUT = (
    "Everything the pages can do with contacts, tags, campaigns and what happened, under the same permissions. "
    "A token never reaches further than its user. Lists answer `data`, `next` (a cursor, or null at the end) and "
    "`total`; errors are problems as of RFC 9457, with the path of each wrong field. A write with an "
    "`Idempotency-Key` is done once, however often it is sent within 24 hours. A single record carries an `ETag`; "
    "send it as `If-Match` to change only what you have seen. Times are ISO 8601 with an offset; in answers always UTC."
)
REFUSALS = {
    "400": "The request could not be read.",
    "401": "No token, or one that does not hold.",
    "403": "The token's user, or its scopes, do not include this.",
    "404": "There is no such record, or the token may not see it.",
    "409": "Somebody or something else got there first.",
    "412": "If-Match names another state than the present one.",
    "413": "The body is too large.",
    "415": "The body is not JSON.",
    "422": "Some of what was sent cannot be taken; each wrong field is named.",
    "500": "Something broke here; nothing was changed.",
    "503": "The database is busy; nothing was changed.",
}
KEY_PARAMETER = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "A text of your own, such as a UUID: the same key and request get the stored answer again.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200},
    "example": "5f0c0b7e-5a0f-4f5e-8d43-1f1c7f0f5a52",
}
MATCH = ("If-Match", "The ETag you read; the change is refused when the record is another by now.")
NONE_MATCH = ("If-None-Match", "The ETag you have; the answer is 304 when nothing is new.")
HEADERS = {
    "401": {"WWW-Authenticate": "How to sign in."},
    "503": {"Retry-After": "Seconds to wait."},
}


class Document(Api):  # type: ignore[misc]
    """The document alone: no error pages of its own for the app, no routes of its own."""

    ERROR_SCHEMA = ProblemSchema

    def _register_error_handlers(self) -> None:
        """Errors are `crm.api.problems`' business; flask-smorest would answer those of HTML pages too."""


def describe_on_registration(bp: Blueprint) -> None:
    """Make the document when the blueprint comes to an app; call after its last route."""

    def describe(state: BlueprintSetupState) -> None:
        state.app.extensions["openapi"] = _document(cast("Flask", state.app), bp)

    bp.record(describe)


def document_of(app: Any) -> dict[str, Any]:
    """The document of this app."""
    return cast("dict[str, Any]", app.extensions["openapi"])


def _document(app: Flask, bp: Any) -> dict[str, Any]:
    app.config.update(API_TITLE="Peyvand", API_VERSION=__version__, OPENAPI_VERSION="3.1.0")
    api = Document(app)
    app.extensions["flask-smorest"]["blp_name_to_api"][bp.name] = api
    bp.register_views_in_doc(api, app, api.spec, name=bp.name, parameters=None)
    if PROBLEM not in api.spec.components.schemas:
        api.spec.components.schema(PROBLEM, schema=ProblemSchema)
    api.spec.components.schema(RULE, component=RULE_SCHEMA)
    api.spec.components.security_scheme(
        "token", {"type": "http", "scheme": "bearer", "description": "An API token."}
    )
    document = cast("dict[str, Any]", api.spec.to_dict())
    document["info"]["description"] = ABOUT
    document["components"]["responses"] = {
        status: _refusal(status, about) for status, about in REFUSALS.items()
    }
    document["components"]["schemas"].pop("PaginationMetadata", None)
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith(f"{bp.name}."):
            path = document["paths"][api.flask_plugin.flaskpath2openapi(rule.rule)]
            for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
                _complete(path, method.lower(), rule.endpoint, access_of(app, rule.endpoint, method))
    return document


def _refusal(status: str, about: str) -> dict[str, Any]:
    described: dict[str, Any] = {
        "description": about,
        "content": {"application/problem+json": {"schema": {"$ref": f"#/components/schemas/{PROBLEM}"}}},
    }
    if status in HEADERS:
        described["headers"] = {name: _header(words) for name, words in HEADERS[status].items()}
    return described


def _header(words: str) -> dict[str, Any]:
    return {"description": words, "schema": {"type": "string"}}


def _complete(path: dict[str, Any], method: str, endpoint: str, access: Permission | str | None) -> None:
    """What holds for every operation: its name, what it asks for, how it may refuse."""
    operation = path[method]
    operation["operationId"] = f"{method}_{endpoint.partition('.')[2]}"
    scopes = [str(access)] if isinstance(access, Permission) else []
    operation["security"] = [] if access is None else [{"token": scopes}]
    answers, parameters = operation["responses"], operation.setdefault("parameters", [])
    answers.pop("default", None)
    if method == "get":
        parameters.append(_optional(*NONE_MATCH))
        answers["304"] = {"description": "Nothing is new."}
    else:
        parameters.append(KEY_PARAMETER)
    if method == "patch":
        parameters.append(_optional(*MATCH))
    for status in {"200", "201"} & answers.keys() if method in {"get", "patch"} or "201" in answers else ():
        answers[status].setdefault("headers", {})["ETag"] = _header("Names this state.")
    for status in _refusals(method, is_public=access is None, is_of_one=bool(path.get("parameters"))):
        answers[status] = {"$ref": f"#/components/responses/{status}"}


def _refusals(method: str, *, is_public: bool, is_of_one: bool) -> list[str]:
    found = {"422", "500", "503"}
    if not is_public:
        found |= {"401", "403"}
    if is_of_one:
        found.add("404")
    if method != "get":
        found |= {"400", "409", "413", "415"}
    if method == "patch":
        found.add("412")
    return sorted(found)


def _optional(name: str, about: str) -> dict[str, Any]:
    return {
        "name": name,
        "in": "header",
        "required": False,
        "description": about,
        "schema": {"type": "string"},
    }
