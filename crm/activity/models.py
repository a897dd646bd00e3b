"""Facts that happened, and what rows were like before bulk changes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from crm.core import clock
from crm.core.db import Model
from crm.core.types import Json, UtcDateTime

BigId = BigInteger().with_variant(Integer, "sqlite")


class Activity(Model):
    """One fact about one contact; never changed afterwards. `kind` is the word rules use after `did`."""

    __tablename__ = "activity"
    __table_args__ = (
        Index("ix_activity_contact_id_at", "contact_id", "at", "id"),
        Index("ix_activity_kind_contact_id_at", "kind", "contact_id", "at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contact.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    actor_name: Mapped[str] = mapped_column(String(120), default="")
    campaign: Mapped[str | None] = mapped_column(String(120))
    """Slug of the campaign it came from, for `where` in rules."""
    step: Mapped[str | None] = mapped_column(String(120))
    text: Mapped[str | None] = mapped_column(Text)
    """What a person wrote: the note, the reply."""
    detail: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)


class ChangeSet(Model):
    """One act on one or many rows that can be taken back for a while."""

    __tablename__ = "change_set"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(60))
    """Which feature knows how to take it back."""
    title: Mapped[str] = mapped_column(String(300))
    """A msgid; `params` fill it."""
    params: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    actor_name: Mapped[str] = mapped_column(String(120), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now, index=True)
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    before: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    """Small before-images."""
    ids: Mapped[bytes | None] = mapped_column(LargeBinary)
    """For acts on many contacts: which ones were really changed, as a compressed bitmap."""
    targets: Mapped[bytes | None] = mapped_column(LargeBinary)
    """While the act is under way: which ones are still to do."""
    total: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)

    @property
    def is_under_way(self) -> bool:
        return self.targets is not None
