"""What the outbox says in words: states, kinds, reasons, and subjects with their merge fields drawn."""

from __future__ import annotations

import re

from markupsafe import Markup, escape

from crm.core.messages import N_
from crm.delivery.reasons import REASON_LABELS, Reason
from crm.delivery.states import MessageKind, MessageState
from crm.web.i18n.sentences import gettext

STATE_LABELS = {
    MessageState.READY: N_("Waiting"),
    MessageState.LEASED: N_("Being sent"),
    MessageState.AT_WIRE: N_("Being handed over"),
    MessageState.SENT: N_("Sent"),
    MessageState.KEPT: N_("Kept here"),
    MessageState.REFUSED: N_("Refused"),
    MessageState.UNCERTAIN: N_("Uncertain"),
    MessageState.HELD: N_("Held"),
    MessageState.DROPPED: N_("Dropped"),
}
STATE_SIGNS = {
    MessageState.READY: "half",
    MessageState.LEASED: "live",
    MessageState.AT_WIRE: "live",
    MessageState.SENT: "good",
    MessageState.KEPT: "accent",
    MessageState.REFUSED: "bad",
    MessageState.UNCERTAIN: "warn",
    MessageState.HELD: "warn square",
    MessageState.DROPPED: "hollow",
}
KIND_LABELS = {
    MessageKind.CAMPAIGN: N_("Campaign"),
    MessageKind.TRANSACTIONAL: N_("To the team"),
    MessageKind.TEST: N_("Test"),
}

_FIELD = re.compile(r"\{\{-?\s*([\w.]+)(?:[^}]*?)-?\}\}")


def state_label(state: MessageState) -> str:
    return gettext(STATE_LABELS[state])


def state_sign(state: MessageState) -> str:
    return STATE_SIGNS[state]


def kind_label(kind: MessageKind) -> str:
    return gettext(KIND_LABELS[kind])


def reason_label(code: str | None) -> str:
    """What a reason code says to a person; nothing for none, the code itself for one of a later version."""
    if not code:
        return ""
    return gettext(REASON_LABELS[Reason(code)]) if code in set(Reason) else code


def subject_text(subject: str) -> Markup:
    """A subject as written, its merge fields drawn as fields."""
    drawn = []
    end = 0
    for found in _FIELD.finditer(subject):
        name = found[1].removeprefix("contact.").replace("_", " ").replace(".", " ")
        drawn += [escape(subject[end : found.start()]), Markup("<i>{}</i>").format(name)]
        end = found.end()
    return Markup("").join([*drawn, escape(subject[end:])])
