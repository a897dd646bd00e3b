"""Counted limits that hold across processes: so many tries of a thing within a window of time."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Index, String, case, delete
from sqlalchemy.orm import Mapped, mapped_column

from crm.core import clock
from crm.core.db import Model, session, unit_of_work
from crm.core.dialect import upsert
from crm.core.types import UtcDateTime


class RateCount(Model):
    """How often something was tried within its current window."""

    __tablename__ = "rate_count"
    __table_args__ = (Index("ix_rate_count_window_end", "window_end"),)

    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    window_end: Mapped[datetime] = mapped_column(UtcDateTime)
    count: Mapped[int] = mapped_column(default=0)


def count_try(key: str, *, limit: int, window: timedelta) -> int:
    """Count one try; returns the seconds to wait when it is one too many, else 0.

    Opens a unit of its own, so the count stays when the request is refused. Whatever the request had begun is
    rolled back first: on SQLite its lock would be waited for.
    """
    session.rollback()
    now = clock.now()
    key = key[:200]
    over = RateCount.window_end <= now
    change = {
        "count": case((over, 1), else_=RateCount.count + 1),
        "window_end": case((over, now + window), else_=RateCount.window_end),
    }
    with unit_of_work():
        row = {"key": key, "window_end": now + window, "count": 1}
        statement = upsert(session, RateCount.__table__, row, key=["key"], change=change)  # type: ignore[arg-type]
        counted, ends = session.execute(statement.returning(RateCount.count, RateCount.window_end)).one()
    return max(1, int((ends - now).total_seconds())) if counted > limit else 0


def forget_tries(key: str) -> None:
    """Start a key afresh, after a success; in the caller's transaction."""
    session.execute(delete(RateCount).where(RateCount.key == key[:200]))


def sweep_tries() -> None:
    """Drop counters whose window has passed; in the caller's transaction."""
    session.execute(delete(RateCount).where(RateCount.window_end < clock.now()))
