"""Tags as JSON."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from crm.api.schemas.shapes import Answer, Body, moment, text
from crm.core.messages import N_
from crm.tags.logic import HUES
from crm.tags.models import Tag


class TagFacts(Body):
    """What can be said of a tag."""

    name = text(80, example="Pricing page")
    hue = fields.Integer(
        strict=True, validate=validate.Range(1, HUES, error=N_("There are eight colours to choose from.")),
        metadata={"description": "One of eight colours."},
    )  # fmt: skip
    group = text(
        80, example="interest", allow_none=True, metadata={"description": "Slug or name of a group."}
    )
    description = text(300, example="Looked at the prices")


class NewTag(TagFacts):
    name = text(80, example="Pricing page", required=True)


class TagSchema(Answer, TagFacts):
    """A tag; the slug is made once from the name and stays."""

    id = fields.Integer()
    slug = text(example="pricing-page")
    contacts = fields.Integer(metadata={"description": "How many of the contacts you see carry it."})
    created_at = moment()


def shown(tag: Tag, count: int) -> dict[str, Any]:
    """A tag with its group loaded."""
    plain = {key: getattr(tag, key) for key in ("id", "name", "slug", "hue", "description", "created_at")}
    return {**plain, "group": tag.group.slug if tag.group else None, "contacts": count}
