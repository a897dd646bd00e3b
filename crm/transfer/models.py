"""Imports: the file, how its columns are read, how far it got, whom it touched, and which rows did not go in."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from crm.core import clock
from crm.core.db import Model
from crm.core.types import Json, UtcDateTime, enum_column


class ImportState(StrEnum):
    """Where an import stands. Checking, running and undoing are what the worker carries on with."""

    UPLOADED = "uploaded"
    CHECKING = "checking"
    CHECKED = "checked"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    UNDOING = "undoing"
    UNDONE = "undone"


class Import(Model):
    """One file brought in. How far it is stands in the row and moves with each part, so that nothing comes in twice."""

    __tablename__ = "import"
    __table_args__ = (Index("ix_import_state", "state"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    filename: Mapped[str] = mapped_column(String(255))
    path: Mapped[str] = mapped_column(String(100))
    """Where the file lies, relative to the data directory."""
    state: Mapped[ImportState] = mapped_column(enum_column(ImportState), default=ImportState.UPLOADED)
    shape: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    """encoding, delimiter, header, skipped_lines, size."""
    mapping: Mapped[list[str | None]] = mapped_column(Json, default=list)
    """Field key of each column, None where it is left out."""
    options: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    """See `crm.transfer.options.Options`."""
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    line: Mapped[int] = mapped_column(default=0)
    """The last line that was worked in."""
    total: Mapped[int] = mapped_column(default=0)
    """Rows of the file; an estimate until it is checked."""
    created: Mapped[int] = mapped_column(default=0)
    updated: Mapped[int] = mapped_column(default=0)
    unchanged: Mapped[int] = mapped_column(default=0)
    skipped: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)
    reverted: Mapped[int] = mapped_column(default=0)
    """People put back by undoing."""
    notes: Mapped[dict[str, int]] = mapped_column(Json, default=dict)
    """What else there is to say, a msgid each: why rows were left out, which values were dropped → how often."""
    forecast: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    """What checking said; see `crm.transfer.service.forecast`."""
    companies: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Companies that came into being, as a compressed bitmap."""
    tags: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Tags that came into being, likewise."""
    error: Mapped[str | None] = mapped_column(Text)
    """Why it broke off: a msgid; `error_params` fill it."""
    error_params: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)

    @property
    def done(self) -> int:
        """Rows worked in, whatever became of them."""
        return self.created + self.updated + self.unchanged + self.skipped + self.failed

    @property
    def is_under_way(self) -> bool:
        return self.state in UNDER_WAY

    @property
    def is_open(self) -> bool:
        """Whether nothing was saved yet, so that it can be matched anew or dropped."""
        return self.state in {ImportState.UPLOADED, ImportState.CHECKING, ImportState.CHECKED}

    @property
    def can_be_undone(self) -> bool:
        return self.state in {ImportState.DONE, ImportState.FAILED} and bool(self.created or self.updated)


UNDER_WAY = (ImportState.CHECKING, ImportState.RUNNING, ImportState.UNDOING)


class ImportChange(Model):
    """What an import did to one contact, so that it can be taken back."""

    __tablename__ = "import_change"
    __table_args__ = (Index("ix_import_change_contact_id", "contact_id"), {"sqlite_with_rowid": False})

    import_id: Mapped[int] = mapped_column(ForeignKey("import.id", ondelete="CASCADE"), primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contact.id", ondelete="CASCADE"), primary_key=True)
    is_created: Mapped[bool]
    version: Mapped[int]
    """The contact's version when the import left it: a higher one means that somebody changed it since."""
    fields: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    """Field key → [before, after], for a contact that was here before."""
    added: Mapped[list[int]] = mapped_column(Json, default=list)
    """Tags put on."""
    removed: Mapped[list[int]] = mapped_column(Json, default=list)
    """Tags that had to go because a group lets a contact hold one."""
    kept: Mapped[list[list[str]] | None] = mapped_column(Json)
    """What undoing left as it is: [field key, why]; None while it was not tried."""


class ImportProblem(Model):
    """A row that did not go in, with its cells as they were and the reason."""

    __tablename__ = "import_problem"

    import_id: Mapped[int] = mapped_column(ForeignKey("import.id", ondelete="CASCADE"), primary_key=True)
    line: Mapped[int] = mapped_column(primary_key=True)
    cells: Mapped[list[str]] = mapped_column(Json)
    reason: Mapped[str] = mapped_column(String(500))
    """A msgid; `params` fill it."""
    params: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
