"""A campaign as a file: one way of writing each thing, so that writing and reading again changes nothing."""

from __future__ import annotations

from typing import Any

from crm.campaigns.logic.draft import CampaignDraft, StepDraft
from crm.campaigns.logic.yaml_text import in_line, write_yaml
from crm.sequences.logic.schedule import Wait


def write_campaign(draft: CampaignDraft) -> str:
    """The file of a campaign; everything is named, also where it is what would be taken anyway."""
    top: dict[str, Any] = {
        "campaign": draft.name,
        "audience": in_line(dict(draft.audience)),
        "enrol": draft.enrols,
        "re_entry": f"after {draft.re_entry_days} days" if draft.re_entry_days else "never",
        "exclude": in_line(dict(draft.exclude)) if draft.exclude else None,
        "exit_on": in_line(list(draft.exit_on)),
        "goal": in_line(dict(draft.goal)) if draft.goal else None,
        "window": in_line(dict(draft.window)) if draft.window else None,
        "cap": in_line(dict(draft.cap)) if draft.cap else None,
        "over_cap": draft.over_cap,
        "priority": draft.priority,
        "uncertain": draft.uncertain,
        "calendar": draft.calendar,
        "sender": in_line(dict(draft.sender)) if draft.sender else None,
        "steps": [_step(step) for step in draft.steps],
    }
    return write_yaml({key: value for key, value in top.items() if value is not None})


def write_wait(wait: Wait) -> str:
    unit = wait.unit.value
    return f"{wait.amount} {unit.removesuffix('s') if wait.amount == 1 else unit}"


def _step(step: StepDraft) -> dict[str, Any]:
    return {
        "email": {"name": step.name, "subject": step.subject, "body": step.body},
        "wait": write_wait(step.wait),
    }
