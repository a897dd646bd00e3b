"""The states and kinds of messages, and the reasons an address is barred: words that events and tables share."""

from __future__ import annotations

from enum import StrEnum

from crm.delivery.reasons import Reason


class MessageKind(StrEnum):
    CAMPAIGN = "campaign"
    TRANSACTIONAL = "transactional"
    """Invitations, resets, confirmations: exempt from caps, and may be sent again when nobody knows."""
    TEST = "test"


class MessageState(StrEnum):
    """ready → leased → at_wire → sent, refused or uncertain.

    Held waits for a person or for time, dropped will never leave; kept is as good as sent where no server is set
    up: it stays readable in the outbox, and nothing left.
    """

    READY = "ready"
    LEASED = "leased"
    AT_WIRE = "at_wire"
    SENT = "sent"
    KEPT = "kept"
    REFUSED = "refused"
    UNCERTAIN = "uncertain"
    HELD = "held"
    DROPPED = "dropped"


class WhenUncertain(StrEnum):
    """What becomes of a message that was handed over and whose answer nobody knows."""

    HOLD = "hold"
    RESEND = "resend"


class SuppressionReason(StrEnum):
    UNSUBSCRIBED = "unsubscribed"
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    BY_HAND = "by_hand"

    @property
    def outcome(self) -> Reason:
        """The reason code of a message that this suppression stops."""
        return Reason.SUPPRESSED if self is SuppressionReason.BY_HAND else Reason(self.value)
