"""Messages on their way, what they say, what was ever sent to whom, and whom we must not write to."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.core import clock
from crm.core.db import Model
from crm.core.types import Json, UtcDateTime, enum_column
from crm.delivery.states import MessageKind, MessageState, SuppressionReason, WhenUncertain


class MailContent(Model):
    """What a message says, as written, with merge fields unrendered. Never changed: an edit makes a new row."""

    __tablename__ = "mail_content"

    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(String(998))
    body: Mapped[str] = mapped_column(Text)
    fingerprint: Mapped[str] = mapped_column(String(64), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)


class Message(Model):
    """One email to one address. Its Message-ID is fixed when it is made."""

    __tablename__ = "message"
    __table_args__ = (
        UniqueConstraint("enrolment_id", "step_id"),
        Index(
            "ix_message_ready", "kind", "run_at", "id",
            sqlite_where=text("state = 'ready'"),
            postgresql_where=text("state = 'ready'"),
        ),
        Index(
            "ix_message_on_the_way", "lease_until",
            sqlite_where=text("state IN ('leased','at_wire')"),
            postgresql_where=text("state IN ('leased','at_wire')"),
        ),
        Index("ix_message_address_key", "address_key"),
        Index("ix_message_contact_id_planned_at", "contact_id", "planned_at"),
        Index("ix_message_sequence_id_state", "sequence_id", "state"),
        Index("ix_message_settled_at", "settled_at"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[MessageKind] = mapped_column(enum_column(MessageKind))
    state: Mapped[MessageState] = mapped_column(enum_column(MessageState), default=MessageState.READY)
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id", ondelete="SET NULL"))
    sequence_id: Mapped[int | None] = mapped_column(ForeignKey("sequence.id", ondelete="SET NULL"))
    enrolment_id: Mapped[int | None] = mapped_column(ForeignKey("enrolment.id", ondelete="SET NULL"))
    step_id: Mapped[int | None] = mapped_column(ForeignKey("step.id", ondelete="SET NULL"))
    campaign: Mapped[str | None] = mapped_column(String(120))
    """Slug of the campaign and key of the step, for the timeline and for List-Id."""
    step: Mapped[str | None] = mapped_column(String(120))
    content_id: Mapped[int] = mapped_column(ForeignKey("mail_content.id", ondelete="RESTRICT"))
    merge: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    """The values the merge fields get, as they were when the message was made."""
    sender: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    """name, email, reply_to."""
    to_name: Mapped[str] = mapped_column(String(300), default="")
    address: Mapped[str] = mapped_column(String(254))
    address_key: Mapped[str] = mapped_column(String(254))
    locale: Mapped[str] = mapped_column(String(10), default="en")
    message_id: Mapped[str] = mapped_column(String(200), unique=True)
    planned_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    """The moment it counts for in caps: when it was planned to go, or went if that was much later."""
    run_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    attempts: Mapped[int] = mapped_column(default=0)
    lease_owner: Mapped[str | None] = mapped_column(String(120))
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    when_uncertain: Mapped[WhenUncertain] = mapped_column(
        enum_column(WhenUncertain), default=WhenUncertain.HOLD
    )
    reason: Mapped[str | None] = mapped_column(String(40))
    """Reason code of a state that is neither on the way nor sent."""
    response: Mapped[str | None] = mapped_column(String(500))
    """What the server said last."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    content: Mapped[MailContent] = relationship(lazy="raise_on_sql")


class LedgerEntry(Model):
    """Never the same message twice: one row for each (address, content) that was or may have been sent."""

    __tablename__ = "ledger_entry"

    address_key: Mapped[str] = mapped_column(String(254), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(64), primary_key=True)
    message_id: Mapped[str] = mapped_column(String(200), index=True)
    """The Message-ID. Not a foreign key: the entry is written first, since it alone decides whether there is a message."""


class Outgoing(Model):
    """The way out for mail, one row: whether sending is held, and how long it rests after the server was at fault."""

    __tablename__ = "outgoing"

    id: Mapped[int] = mapped_column(primary_key=True)
    is_held: Mapped[bool] = mapped_column(default=False)
    resting_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    faults: Mapped[int] = mapped_column(default=0)
    """How often in a row; a message that goes through sets it back."""
    last_fault: Mapped[str | None] = mapped_column(String(500))
    last_fault_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Suppression(Model):
    """An address we must not write to, and why. It outlives the contact."""

    __tablename__ = "suppression"

    address_key: Mapped[str] = mapped_column(String(254), primary_key=True)
    reason: Mapped[SuppressionReason] = mapped_column(enum_column(SuppressionReason))
    source: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
