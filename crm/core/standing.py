"""How the work in the background stands: what is next, and which jobs failed and wait for a person."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import delete, select, update

from crm.core import clock
from crm.core.db import session
from crm.core.jobs import Job, JobState

MOST_SHOWN = 100

_next_due: dict[str, Callable[[], datetime | None]] = {}


def next_due_of(name: str, ask: Callable[[], datetime | None]) -> None:
    """Let a feature say when the next thing of its queue is due."""
    _next_due[name] = ask


def next_due() -> datetime | None:
    """The moment of the next thing that will go by itself; None when nothing is planned."""
    moments = [moment for ask in _next_due.values() if (moment := ask()) is not None]
    return min(moments, default=None)


def list_failed_jobs() -> Sequence[Job]:
    """Jobs that were given up, oldest first."""
    failed = select(Job).where(Job.state == JobState.FAILED).order_by(Job.run_at, Job.id)
    return session.scalars(failed.limit(MOST_SHOWN)).all()


def retry_job(job_id: int) -> bool:
    """Let a failed job run again as if it were new; says whether there was one."""
    changed = session.execute(
        update(Job)
        .where(Job.id == job_id, Job.state == JobState.FAILED)
        .values(state=JobState.READY, attempts=0, run_at=clock.now(), last_error=None)
    )
    return bool(changed.rowcount)  # type: ignore[attr-defined]  # a result of an UPDATE has it


def drop_job(job_id: int) -> bool:
    """Give a failed job up for good; says whether there was one."""
    changed = session.execute(delete(Job).where(Job.id == job_id, Job.state == JobState.FAILED))
    return bool(changed.rowcount)  # type: ignore[attr-defined]  # a result of a DELETE has it
