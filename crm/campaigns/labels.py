"""The words of campaigns: their states, ways out and outcomes, each with its sign."""

from __future__ import annotations

from crm.core.messages import N_
from crm.sequences.models import Outcome, SequenceStatus
from crm.web.i18n.sentences import gettext as _

STATUS_LABELS = {
    SequenceStatus.DRAFT: N_("Draft"),
    SequenceStatus.SCHEDULED: N_("Scheduled"),
    SequenceStatus.RUNNING: N_("Running"),
    SequenceStatus.PAUSED: N_("Paused"),
    SequenceStatus.FINISHED: N_("Finished"),
}
STATUS_SIGNS = {
    SequenceStatus.DRAFT: "hollow",
    SequenceStatus.SCHEDULED: "half",
    SequenceStatus.RUNNING: "good",
    SequenceStatus.PAUSED: "warn square",
    SequenceStatus.FINISHED: "",
}
BADGE_ICONS = {
    SequenceStatus.RUNNING: ("good", "play"),
    SequenceStatus.PAUSED: ("warn", "pause"),
    SequenceStatus.SCHEDULED: ("live", "clock"),
}
EXIT_WORDS = {
    "reply": (N_("replies"), "reply"),
    "unsubscribe": (N_("unsubscribes"), "ban"),
    "bounce": (N_("bounces"), "unlink"),
    "complaint": (N_("complains"), "circle-alert"),
    "goal": (N_("reaches the goal"), "circle-check-big"),
    "deal_won": (N_("buys"), "star"),
    "leaves_audience": (N_("leaves the audience"), "log-out"),
}
OUTCOME_LABELS: dict[str, str] = {
    Outcome.PLANNED: N_("On its way"),
    Outcome.SENT: N_("Sent"),
    Outcome.SKIPPED: N_("Skipped"),
    Outcome.FAILED: N_("Failed"),
    Outcome.UNCERTAIN: N_("Uncertain"),
    Outcome.HELD: N_("Held"),
    "waiting": N_("Waiting"),
    "exited": N_("Left"),
    "finished": N_("Finished"),
    "active": N_("On the way"),
    "all": N_("Everyone who entered"),
}
OUTCOME_SIGNS = {
    "planned": "live", "sent": "good", "skipped": "hollow", "failed": "bad", "uncertain": "warn", "held": "warn square",
    "waiting": "half", "exited": "", "finished": "good", "active": "live",
}  # fmt: skip


def status_label(status: SequenceStatus) -> str:
    return _(STATUS_LABELS[status])


def status_sign(status: SequenceStatus) -> str:
    return STATUS_SIGNS[status]


def outcome_label(outcome: str) -> str:
    return _(OUTCOME_LABELS.get(outcome, OUTCOME_LABELS["all"]))


def outcome_sign(outcome: str) -> str:
    return OUTCOME_SIGNS[outcome]


def exit_label(name: str) -> str:
    return _(EXIT_WORDS[name][0])


def exit_icon(name: str) -> str:
    return EXIT_WORDS[name][1]
