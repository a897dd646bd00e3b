"""Campaigns as JSON: how they stand, what they are, what is foreseen and what came of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from marshmallow import INCLUDE, Schema, fields, validate

from crm.api.schemas.shapes import Answer, Body, Window, choice, moment, text
from crm.campaigns.logic.yaml_text import read_yaml
from crm.campaigns.service.text_file import export_campaign
from crm.campaigns.tally import Report
from crm.core.messages import N_
from crm.delivery.reasons import Reason
from crm.sequences.models import Outcome, Sequence, SequenceStatus

MOST_DAYS = 400
FILE = {
    "campaign": "Pricing visitors",
    "audience": {"all": [{"tag": "pricing-page"}, {"not": {"tag": "competitor"}}]},
    "enrol": "continuously",
    "steps": [
        {
            "email": {"name": "welcome", "subject": "Hello {{ contact.first_name | default: 'there' }}", "body": "Hi."},
            "wait": "0 days",
        },
        {"email": {"name": "a week later", "subject": "How is it going?", "body": "We are here."}, "wait": "7 days"},
    ],
}  # fmt: skip


class CampaignFile(Schema):
    """A campaign as its file says it, in JSON. The file's own reader judges it and names each wrong place."""

    campaign = fields.String(required=True, metadata={"description": "Its name."})
    audience = fields.Dict(required=True, metadata={"description": "A rule."})
    steps = fields.List(fields.Dict(), required=True, metadata={"description": "In order."})

    class Meta:
        unknown = INCLUDE


class CampaignFilters(Window):
    status = choice(SequenceStatus, load_default=lambda: None)


class CampaignSchema(Answer):
    id = fields.Integer()
    slug = text(example="pricing-visitors")
    name = text(example="Pricing visitors")
    status = choice(SequenceStatus)
    starts_at = moment(allow_none=True)
    started_at = moment(allow_none=True)
    paused_at = moment(allow_none=True)
    finished_at = moment(allow_none=True)
    created_at = moment()
    updated_at = moment()


class WholeCampaignSchema(CampaignSchema):
    """With all that its file would say."""

    definition = fields.Dict(
        metadata={
            "description": "The campaign file as JSON; post it to make the same campaign.",
            "examples": [FILE],
        }
    )


class Start(Body):
    at = moment(metadata={"description": "A moment ahead; now when left out."})


class PreviewFilters(Window):
    """`limit` and the cursor count people."""

    since = moment(
        data_key="from",
        load_default=lambda: None,
        metadata={"description": "From when on; now when left out."},
    )
    days = fields.Integer(
        load_default=30, validate=validate.Range(1, MOST_DAYS, error=N_("Between 1 and 400.")),
        metadata={"description": "For how many days."},
    )  # fmt: skip
    contact = text(
        254,
        load_default=lambda: None,
        metadata={"description": "The address of one contact; everybody when left out."},
    )


class PlannedSchema(Answer):
    """What will become of one step for one person."""

    contact_id = fields.Integer()
    contact = text(example="sara@example.com")
    step = text(example="welcome", metadata={"description": "Its key."})
    at = moment()
    outcome = choice(Outcome)
    reason = choice(Reason, allow_none=True)


class StepReportSchema(Answer):
    step = text(example="welcome")
    name = fields.String()
    waiting = fields.Integer(metadata={"description": "How many wait for it."})
    outcomes = fields.Dict(keys=fields.String(), values=fields.Integer())
    skipped = fields.Dict(
        keys=fields.String(), values=fields.Integer(), metadata={"description": "Reason → how many."}
    )


class ReportSchema(Answer):
    enrolled = fields.Integer()
    active = fields.Integer()
    finished = fields.Integer()
    exited = fields.Integer()
    exits = fields.Dict(
        keys=fields.String(), values=fields.Integer(), metadata={"description": "Reason → how many."}
    )
    outcomes = fields.Dict(
        keys=fields.String(), values=fields.Integer(), metadata={"examples": [{"sent": 120, "skipped": 4}]}
    )
    steps = fields.List(fields.Nested(StepReportSchema))


def shown(campaign: Sequence) -> dict[str, Any]:
    return {key: getattr(campaign, key) for key in CampaignSchema().fields}


def shown_whole(campaign: Sequence) -> dict[str, Any]:
    return {**shown(campaign), "definition": read_yaml(export_campaign(campaign))}


def shown_report(report: Report) -> dict[str, Any]:
    outcomes: Counter[str] = Counter()
    steps = []
    for step in report.steps:
        outcomes += step.outcomes
        plain = {"step": step.key, "name": step.name, "waiting": step.waiting}
        steps.append({**plain, "outcomes": _plain(step.outcomes), "skipped": _plain(step.skipped)})
    return {
        "enrolled": report.entered, "active": report.active, "finished": report.finished, "exited": report.left,
        "exits": report.left_by, "outcomes": _plain(outcomes), "steps": steps,
    }  # fmt: skip


def _plain(counts: Mapping[str, int]) -> dict[str, int]:
    return {str(name): count for name, count in counts.items()}
