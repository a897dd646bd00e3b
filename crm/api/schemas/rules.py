"""Rules as JSON: the language of interfaces, written down for the document. The rules' own parser judges them."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from crm.api.schemas.shapes import Answer

RULE = "Rule"
REFERENCE = {"$ref": f"#/components/schemas/{RULE}"}
NAMED = {"type": "string", "description": "Slug or exact name."}
EXAMPLE = {
    "all": [{"tag": "pricing-page"}, {"field": "country", "is": "IR"}, {"did": "visited", "within_days": 90}]
}


def _clause(required: str, *others: str, **properties: Any) -> dict[str, Any]:
    closed: bool | dict[str, Any] = bool(others)
    return {
        "type": "object",
        "required": [required],
        "properties": properties,
        "additionalProperties": closed,
    }


RULE_SCHEMA: dict[str, Any] = {
    "description": "A question about contacts. An empty `all` is everyone, an empty `any` is no one. At most 32 deep.",
    "oneOf": [
        _clause("all", all={"type": "array", "items": REFERENCE, "maxItems": 1000}),
        _clause("any", any={"type": "array", "items": REFERENCE, "maxItems": 1000}),
        _clause("not", **{"not": REFERENCE}),
        _clause("tag", tag=NAMED),
        _clause("segment", segment=NAMED),
        _clause("field", "operator", field={"type": "string", "description": "A field key; one operator beside it."}),
        _clause(
            "did", "operator",
            did={"type": "string", "description": "A kind of fact: sent, opened, visited, called …"},
            times={"type": "object"}, within_days={"type": "integer", "minimum": 0}, where={"type": "object"},
        ),
    ],
    "examples": [EXAMPLE],
}  # fmt: skip


class CountSchema(Answer):
    count = fields.Integer(metadata={"examples": [128]})
