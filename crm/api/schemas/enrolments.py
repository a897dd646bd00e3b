"""Enrolments as JSON."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from crm.api.schemas.shapes import Answer, Body, Window, asked_number, choice, moment, number
from crm.sequences.models import Enrolment, EnrolmentStatus


class EnrolmentFilters(Window):
    campaign = asked_number("Id of a campaign.")
    contact = asked_number("Id of a contact.")
    status = choice(EnrolmentStatus, load_default=lambda: None)


class NewEnrolment(Body):
    campaign = number(required=True, metadata={"description": "Id of the campaign.", "examples": [1]})
    contact = number(required=True, metadata={"description": "Id of the contact.", "examples": [1]})


class EnrolmentSchema(Answer):
    """One contact's way through one campaign."""

    id = fields.Integer()
    campaign = fields.Integer()
    contact = fields.Integer()
    entry = fields.Integer(metadata={"description": "Which time this is."})
    status = choice(EnrolmentStatus)
    reason = fields.String(allow_none=True, metadata={"description": "Why it ended before its last step."})
    step = fields.String(allow_none=True, metadata={"description": "Key of the step that comes next."})
    enrolled_at = moment()
    next_run_at = moment(allow_none=True)
    ended_at = moment(allow_none=True)


def shown(enrolment: Enrolment, steps: dict[int | None, str]) -> dict[str, Any]:
    plain = {
        key: getattr(enrolment, key)
        for key in ("id", "entry", "status", "reason", "enrolled_at", "next_run_at", "ended_at")
    }
    return {
        **plain,
        "campaign": enrolment.sequence_id,
        "contact": enrolment.contact_id,
        "step": steps.get(enrolment.step_id),
    }
