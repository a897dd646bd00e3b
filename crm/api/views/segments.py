"""Segments: for now, how many contacts a rule takes in."""

from __future__ import annotations

from typing import Any

from flask import request

from crm.api.blueprint import Resource, bp, described, gives
from crm.api.reading import read_json
from crm.api.schemas.rules import EXAMPLE, REFERENCE, CountSchema
from crm.contacts.permissions import Contacts
from crm.contacts.queries import ContactQuery, matching
from crm.rules.parse import parse
from crm.rules.vocabulary import VOCABULARY
from crm.web.access import requires, viewer

BODY = {"required": True, "content": {"application/json": {"schema": REFERENCE, "example": EXAMPLE}}}


@bp.route("/segments/count", endpoint="segment_count", tags=["Segments"])
class SegmentCount(Resource):
    @requires(Contacts.VIEW)
    @described(requestBody=BODY)
    @gives(200, CountSchema)
    def post(self) -> dict[str, Any]:
        """Count the contacts a rule takes in, among those the token may see."""
        rule = read_json(request.get_data())
        # The words are those this viewer may use: counting by a hidden field would tell what it holds.
        parse(rule, VOCABULARY.seen_by(viewer()))
        return {"count": len(matching(ContactQuery(rule=rule), viewer()))}
