"""What a write with an Idempotency-Key answered, so that asking twice does once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from crm.core import clock
from crm.core.db import Model
from crm.core.types import UtcDateTime


class StoredAnswer(Model):
    """One key of one user. It is reserved in the transaction of the write itself, so that both stay or neither."""

    __tablename__ = "stored_answer"
    __table_args__ = (UniqueConstraint("user_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(200))
    request_hash: Mapped[str] = mapped_column(String(64))
    """Of method, address, body, and what the token may do."""
    status: Mapped[int] = mapped_column(default=0)
    location: Mapped[str | None] = mapped_column(String(500))
    body: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now, index=True)
