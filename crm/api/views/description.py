"""The API says what it is."""

from __future__ import annotations

from flask import current_app
from flask.typing import ResponseReturnValue
from marshmallow import Schema

from crm.api.blueprint import Resource, as_json, bp, gives
from crm.api.openapi import document_of
from crm.web.access import public


@bp.route("/openapi.json", endpoint="description", tags=["Description"])
class Description(Resource):
    @gives(200, Schema.from_dict({}, name="OpenApi"), description="An OpenAPI 3.1 document")
    @public("what the API offers is no secret; what it holds needs a token")
    def get(self) -> ResponseReturnValue:
        """What the API offers, as this document says."""
        return as_json(document_of(current_app))
