"""What became of messages and addresses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from crm.delivery.reasons import Reason
from crm.delivery.states import MessageState, SuppressionReason


@dataclass(frozen=True, slots=True)
class SettledMessage:
    """One message that is sent, kept, refused, uncertain, dropped, or held for a person."""

    id: int
    contact_id: int | None
    enrolment_id: int | None
    step_id: int | None
    state: MessageState
    reason: Reason | None
    at: datetime


@dataclass(frozen=True)
class MessagesSettled:
    """Published in the transaction that settles them; several at once, since mail goes in groups."""

    messages: Sequence[SettledMessage]


@dataclass(frozen=True)
class AddressBarred:
    """An address came onto the list of those we must not write to."""

    address_key: str
    reason: SuppressionReason
    contact_ids: Sequence[int]
