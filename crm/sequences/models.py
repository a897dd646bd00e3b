"""Tables of sequences, their steps, who is on the way through them, and how each step settled."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.core import clock
from crm.core.db import Model
from crm.core.types import Json, UtcDateTime, enum_column
from crm.delivery.models import MailContent


class SequenceStatus(StrEnum):
    DRAFT = "draft"
    SCHEDULED = "scheduled"
    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"


class EnrolmentStatus(StrEnum):
    ACTIVE = "active"
    FINISHED = "finished"
    EXITED = "exited"


class StepKind(StrEnum):
    EMAIL = "email"


class Outcome(StrEnum):
    """How a planned step settled. Planned (its message is on the way) and held are not final."""

    PLANNED = "planned"
    SENT = "sent"
    SKIPPED = "skipped"
    FAILED = "failed"
    UNCERTAIN = "uncertain"
    HELD = "held"


class Sequence(Model):
    """Ordered steps, whom they take in, when they may run, and what makes people leave."""

    __tablename__ = "sequence"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    slug: Mapped[str] = mapped_column(String(120), unique=True)
    status: Mapped[SequenceStatus] = mapped_column(enum_column(SequenceStatus), default=SequenceStatus.DRAFT)
    audience: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    exclude: Mapped[dict[str, Any] | None] = mapped_column(Json)
    enrols: Mapped[str] = mapped_column(String(16), default="continuously")
    """`once`: who is in at the start; `continuously`: also who comes in later."""
    re_entry_days: Mapped[int | None]
    """None is never; otherwise a person may come again so many days after the last time ended."""
    exit_on: Mapped[list[str]] = mapped_column(Json, default=list)
    goal: Mapped[dict[str, Any] | None] = mapped_column(Json)
    window: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    """days, from, to, timezone, fallback_timezone, holidays – as in the campaign file."""
    cap: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    over_cap: Mapped[str] = mapped_column(String(8), default="defer")
    priority: Mapped[int] = mapped_column(default=0)
    uncertain: Mapped[str] = mapped_column(String(8), default="hold")
    calendar: Mapped[str] = mapped_column(String(12), default="gregorian")
    sender: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    starts_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    paused_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    enrolled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the audience was last looked through for newcomers."""
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    version: Mapped[int] = mapped_column(default=1)


class Step(Model):
    """One thing a sequence does. The wait comes before it and counts from when the step before was due."""

    __tablename__ = "step"
    __table_args__ = (
        UniqueConstraint("sequence_id", "key"),
        Index("ix_step_sequence_id_position", "sequence_id", "position"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    sequence_id: Mapped[int] = mapped_column(ForeignKey("sequence.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(120))
    """The step's name as a slug; stays when the step is moved or its text changes."""
    position: Mapped[int]
    kind: Mapped[StepKind] = mapped_column(enum_column(StepKind), default=StepKind.EMAIL)
    name: Mapped[str] = mapped_column(String(120), default="")
    wait: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    """`{"amount": 3, "unit": "days"}`; units hours, days, business_days, weeks, months."""
    content_id: Mapped[int | None] = mapped_column(ForeignKey("mail_content.id", ondelete="RESTRICT"))
    settings: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """A removed step keeps its row, so that what it sent stays explained."""

    content: Mapped[MailContent | None] = relationship(lazy="raise_on_sql")


class Enrolment(Model):
    """One contact's way through one sequence."""

    __tablename__ = "enrolment"
    __table_args__ = (
        UniqueConstraint("sequence_id", "contact_id", "entry"),
        Index(
            "ix_enrolment_due", "next_run_at", "rank", "id",
            sqlite_where=text("status = 'active'"),
            postgresql_where=text("status = 'active'"),
        ),
        Index("ix_enrolment_contact_id", "contact_id"),
        Index("ix_enrolment_sequence_id_status", "sequence_id", "status"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    sequence_id: Mapped[int] = mapped_column(ForeignKey("sequence.id", ondelete="CASCADE"))
    contact_id: Mapped[int] = mapped_column(ForeignKey("contact.id", ondelete="CASCADE"))
    entry: Mapped[int] = mapped_column(default=1)
    """Which time this is, for sequences that people may enter again."""
    status: Mapped[EnrolmentStatus] = mapped_column(
        enum_column(EnrolmentStatus), default=EnrolmentStatus.ACTIVE
    )
    reason: Mapped[str | None] = mapped_column(String(40))
    """Why it ended, when it did not run to its last step."""
    enrolled_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    step_id: Mapped[int | None] = mapped_column(ForeignKey("step.id", ondelete="SET NULL"))
    """The step that comes next."""
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When that step is due before window and holiday move it: later waits count from here."""
    next_run_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When it will really run; None while a message of it is on its way and while the sequence is paused."""
    moved_by: Mapped[str | None] = mapped_column(String(40))
    """What moved it from due to next run: window, holiday, cap, late, paused."""
    deferrals: Mapped[int] = mapped_column(default=0)
    """How often the cap put the next step off; there is an end to that."""
    rank: Mapped[int] = mapped_column(default=0)
    """The sequence's priority turned round, so that the index gives the higher priority first."""


class StepRun(Model):
    """How one step went for one enrolment: one row, settled once. Its message is the one of the same two keys."""

    __tablename__ = "step_run"
    __table_args__ = (
        UniqueConstraint("enrolment_id", "step_id"),
        Index("ix_step_run_step_id_outcome", "step_id", "outcome"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id", ondelete="CASCADE"))
    step_id: Mapped[int] = mapped_column(ForeignKey("step.id", ondelete="CASCADE"))
    outcome: Mapped[Outcome] = mapped_column(enum_column(Outcome), default=Outcome.PLANNED)
    reason: Mapped[str | None] = mapped_column(String(40))
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    planned_at: Mapped[datetime] = mapped_column(UtcDateTime)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    """When it settled: the planned moment, unless it became much later."""
