"""Every reason code there is: why a planned message was moved, or why it settled otherwise than sent."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from crm.core.messages import N_


class Reason(StrEnum):
    """One code for each thing that can move, stop or end a message. Codes are stable; labels may change."""

    WINDOW = "window"
    HOLIDAY = "holiday"
    CAP = "cap"
    LATE = "late"
    PAUSED = "paused"
    ALREADY_RECEIVED = "already_received"
    UNSUBSCRIBED = "unsubscribed"
    SUPPRESSED = "suppressed"
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    INVALID_ADDRESS = "invalid_address"
    NO_ADDRESS = "no_address"
    MISSING_FIELD = "missing_field"
    UNREADABLE = "unreadable"
    ARCHIVED = "archived"
    REPLIED = "replied"
    GOAL = "goal"
    DEAL_WON = "deal_won"
    LEFT_AUDIENCE = "left_audience"
    EXITED = "exited"
    REMOVED = "removed"
    PASSED_OVER = "passed_over"
    ENDED = "ended"
    REFUSED = "refused"
    GAVE_UP = "gave_up"
    NO_ANSWER = "no_answer"
    BY_HAND = "by_hand"


MOVES = frozenset({Reason.WINDOW, Reason.HOLIDAY, Reason.CAP, Reason.LATE, Reason.PAUSED})
"""What only moves a message: such a one still ends as sent, with this as its reason."""

REASON_LABELS: Mapping[Reason, str] = MappingProxyType(
    {
        Reason.WINDOW: N_("Moved into the sending hours"),
        Reason.HOLIDAY: N_("Moved past a holiday"),
        Reason.CAP: N_("The limit of messages per person was reached"),
        Reason.LATE: N_("Later than planned, because sending was not running"),
        Reason.PAUSED: N_("Moved by a pause"),
        Reason.ALREADY_RECEIVED: N_("This address already received this message"),
        Reason.UNSUBSCRIBED: N_("Unsubscribed"),
        Reason.SUPPRESSED: N_("The address is on the list of those we must not write to"),
        Reason.BOUNCED: N_("Mail to this address came back"),
        Reason.COMPLAINED: N_("Marked our mail as spam"),
        Reason.INVALID_ADDRESS: N_("The email address is not valid"),
        Reason.NO_ADDRESS: N_("No email address is known"),
        Reason.MISSING_FIELD: N_("A merge field without a default has no value"),
        Reason.UNREADABLE: N_("The message could not be put together"),
        Reason.ARCHIVED: N_("The contact was archived"),
        Reason.REPLIED: N_("Replied"),
        Reason.GOAL: N_("Reached the goal"),
        Reason.DEAL_WON: N_("A deal was won"),
        Reason.LEFT_AUDIENCE: N_("No longer in the audience"),
        Reason.EXITED: N_("Taken out of the campaign"),
        Reason.REMOVED: N_("The step was removed from the campaign"),
        Reason.PASSED_OVER: N_("The step came to stand before where this person was already"),
        Reason.ENDED: N_("The campaign ended"),
        Reason.REFUSED: N_("The receiving server refused it"),
        Reason.GAVE_UP: N_("The receiving server put us off for too long"),
        Reason.NO_ANSWER: N_("Handed over, but the answer is not known"),
        Reason.BY_HAND: N_("Decided by a person"),
    }
)
