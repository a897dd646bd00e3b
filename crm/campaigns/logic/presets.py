"""Cadences to begin with: the mission's own, and two shorter ones, with texts good enough to keep."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from crm.campaigns.logic.draft import CampaignDraft, StepDraft
from crm.campaigns.logic.preset_texts import EN, FA
from crm.core.messages import N_
from crm.sequences.logic.schedule import Wait, WaitUnit

WEEK_OF_WORK = ("mon", "tue", "wed", "thu", "fri")
PERSIAN_WEEK_OF_WORK = ("mon", "tue", "wed", "sat", "sun")


@dataclass(frozen=True)
class Preset:
    key: str
    label: str
    about: str
    waits: Sequence[Wait]


PRESETS: Mapping[str, Preset] = MappingProxyType(
    {
        preset.key: preset
        for preset in (
            Preset(
                "nurture",
                N_("Nurture: first week, weekly, then monthly"),
                N_("One message in the first week, one a week for three weeks, then one a month, six times."),
                (Wait(), *(Wait(1, WaitUnit.WEEKS),) * 3, *(Wait(1, WaitUnit.MONTHS),) * 6),
            ),
            Preset(
                "welcome",
                N_("Welcome: three messages in a week"),
                N_("At once, after three days, and after a week."),
                (Wait(), Wait(3, WaitUnit.DAYS), Wait(4, WaitUnit.DAYS)),
            ),
            Preset(
                "blank",
                N_("One message"),
                N_("A single message, to build on."),
                (Wait(),),
            ),
        )
    }
)  # fmt: skip


def draft_of_preset(key: str, *, name: str, locale: str) -> CampaignDraft:
    """A campaign for nobody yet, with the preset's steps and example texts in a language; raises KeyError."""
    texts = FA if locale == "fa" else EN
    waits = PRESETS[key].waits
    is_persian = locale == "fa"
    return CampaignDraft(
        name=name,
        audience={"any": []},
        window={
            "days": list(PERSIAN_WEEK_OF_WORK if is_persian else WEEK_OF_WORK),
            "from": "09:00",
            "to": "17:00",
            "timezone": "contact",
        },
        calendar="jalali" if is_persian else "gregorian",
        cap={"day": 1, "week": 2, "month": 6},
        steps=[
            StepDraft(name_, subject, body, wait)
            for wait, (name_, subject, body) in zip(waits, texts, strict=False)
        ],
    )
