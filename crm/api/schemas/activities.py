"""Facts about contacts as JSON."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from crm.activity.models import Activity
from crm.api.schemas.shapes import Answer, Body, Window, moment, number, text
from crm.core.messages import N_

NO_WORD = N_("A kind is a word of small Latin letters, digits and underscores.")
SHAPE = r"^[a-z][a-z0-9_]{0,39}$(?!\n)"


class ActivityFilters(Window):
    contact = fields.Integer(
        required=True, validate=validate.Range(1, 2**31 - 1, error=N_("There is no such number.")),
        metadata={"description": "Id of the contact."},
    )  # fmt: skip


class NewActivity(Body):
    """A fact that happened."""

    contact = number(required=True, metadata={"description": "Id of the contact.", "examples": [1]})
    kind = text(
        40, example="visited", required=True,
        validate_also=validate.Regexp(SHAPE, error=NO_WORD),
        metadata={"description": "The word rules use after `did`: visited, called, purchased, or one of your own."},
    )  # fmt: skip
    at = moment(metadata={"description": "When it happened; now when left out."})
    text = text(20_000, example="Wants a call back", metadata={"description": "What a person wrote or said."})
    detail = fields.Dict(
        keys=fields.String(),
        metadata={
            "description": "What else is known of it.",
            "examples": [{"url": "https://example.com/pricing"}],
        },
    )


class ActivitySchema(Answer, NewActivity):
    id = fields.Integer()
    at = moment()
    text = fields.String(allow_none=True)
    actor = fields.String(allow_none=True, metadata={"description": "Name of the user whose act it was."})
    campaign = fields.String(allow_none=True)
    step = fields.String(allow_none=True)


def shown(activity: Activity) -> dict[str, Any]:
    plain = {
        key: getattr(activity, key) for key in ("id", "kind", "at", "text", "detail", "campaign", "step")
    }
    return {**plain, "contact": activity.contact_id, "actor": activity.actor_name or None}
