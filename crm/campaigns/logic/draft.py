"""A campaign as plain data: what a text file says, a preset offers, and a row is made from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from crm.core.errors import Invalid
from crm.core.messages import N_
from crm.sequences.logic.schedule import Wait

EXITS_TO_BEGIN_WITH = ("reply", "unsubscribe", "bounce", "complaint")


@dataclass(frozen=True)
class StepDraft:
    name: str
    subject: str
    body: str
    wait: Wait = field(default_factory=Wait)


@dataclass(frozen=True)
class CampaignDraft:
    """Everything a campaign file can say, in the order it says it."""

    name: str
    audience: Mapping[str, Any]
    enrols: str = "continuously"
    re_entry_days: int | None = None
    exclude: Mapping[str, Any] | None = None
    exit_on: Sequence[str] = EXITS_TO_BEGIN_WITH
    goal: Mapping[str, Any] | None = None
    window: Mapping[str, Any] = field(default_factory=dict)
    cap: Mapping[str, int] = field(default_factory=dict)
    over_cap: str = "defer"
    priority: int = 0
    uncertain: str = "hold"
    calendar: str = "gregorian"
    sender: Mapping[str, str] = field(default_factory=dict)
    steps: Sequence[StepDraft] = ()


class CampaignFileError(Invalid):
    """A campaign file cannot be understood; `path` names the place, as in `steps[2].email.subject`."""

    def __init__(self, message: str, path: str, **params: object) -> None:
        super().__init__(message, field=path, path=path or N_("the file"), **params)
        self.path = path
