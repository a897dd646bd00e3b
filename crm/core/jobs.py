"""Work for later, kept in the database: jobs with leases and retries, and everything that comes due with time."""

from __future__ import annotations

import logging
import os
import socket
import traceback
from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, String, Text, delete, func, select, text, update
from sqlalchemy.orm import Mapped, mapped_column

from crm.core import clock
from crm.core.db import Model, session, unit_of_work
from crm.core.dialect import claimable, insert_ignoring, upsert
from crm.core.errors import DomainError
from crm.core.types import Json, UtcDateTime, enum_column

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=10)
RETRY_PAUSES = [timedelta(seconds=30), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2)]


class JobState(StrEnum):
    READY = "ready"
    LEASED = "leased"
    FAILED = "failed"


class Job(Model):
    """One piece of work for later. A finished one is deleted; a failed one stays until someone retries or drops it."""

    __tablename__ = "job"
    __table_args__ = (
        Index(
            "ix_job_ready",
            "run_at",
            "id",
            sqlite_where=text("state = 'ready'"),
            postgresql_where=text("state = 'ready'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(60))
    payload: Mapped[dict[str, Any]] = mapped_column(Json)
    state: Mapped[JobState] = mapped_column(enum_column(JobState), default=JobState.READY)
    run_at: Mapped[datetime] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    unique_key: Mapped[str | None] = mapped_column(String(200), unique=True)
    lease_owner: Mapped[str | None] = mapped_column(String(120))
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_error: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)


class Heartbeat(Model):
    """When something that runs by itself was last seen alive."""

    __tablename__ = "heartbeat"

    name: Mapped[str] = mapped_column(String(120), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


_jobs: dict[str, tuple[Callable[..., None], bool]] = {}
_due_works: dict[str, Callable[[datetime], int]] = {}
_oldest_due: dict[str, Callable[[datetime], datetime | None]] = {}


def owner() -> str:
    """Who this process is, on its leases; asked each time, since a forked worker is somebody else."""
    return f"{socket.gethostname()}:{os.getpid()}"


def job(kind: str, *, own_units: bool = False) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Register a function as the doer of this kind of job; it gets the payload as keywords.

    It runs inside one unit of work that also removes the job. With `own_units` it opens its own units
    instead, because it is long or speaks to the outside; then it must bear being run twice.
    """

    def register(function: Callable[..., None]) -> Callable[..., None]:
        _jobs[kind] = (function, own_units)
        return function

    return register


def due_work(name: str) -> Callable[[Callable[[datetime], int]], Callable[[datetime], int]]:
    """Register something that comes due with time; called with the moment, returns how many things it did."""

    def register(function: Callable[[datetime], int]) -> Callable[[datetime], int]:
        _due_works[name] = function
        return function

    return register


def job_kinds() -> list[str]:
    return sorted(_jobs)


def due_work_names() -> list[str]:
    return list(_due_works)


def enqueue(
    kind: str, payload: dict[str, Any], *, run_at: datetime | None = None, unique: str | None = None
) -> None:
    """Write a job in the caller's transaction. With `unique`, one that is already waiting is left alone."""
    row = {
        "kind": kind, "payload": payload, "state": JobState.READY, "run_at": run_at or clock.now(),
        "attempts": 0, "unique_key": unique, "created_at": clock.now(),
    }  # fmt: skip
    session.execute(insert_ignoring(session, Job.__table__, row))  # type: ignore[arg-type]


def run_due_jobs(now: datetime, *, limit: int = 20) -> int:
    """Claim and run jobs that are due, oldest first; returns how many were run."""
    claimed = _claim(now, limit)
    for job_id in claimed:
        _run(job_id)
    return len(claimed)


def run_everything_due(now: datetime, *, rounds: int = 10_000) -> int:
    """Do once all that is due by the clock, mail included, until nothing more is; returns how many things were done."""
    total = 0
    for _ in range(rounds):
        done = run_due_jobs(now) + run_due_works(now)
        total += done
        if not done:
            break
    return total


def run_due_works(now: datetime) -> int:
    """One round of everything that comes due with time; returns how many things were done."""
    return sum(work(now) for work in list(_due_works.values()))


def beat(name: str) -> None:
    """Write down that this is alive; call inside a unit of work."""
    row = {"name": name, "at": clock.now()}
    session.execute(upsert(session, Heartbeat.__table__, row, key=["name"], change={"at": row["at"]}))  # type: ignore[arg-type]


def last_beat(prefix: str) -> datetime | None:
    return session.scalar(select(func.max(Heartbeat.at)).where(Heartbeat.name.startswith(prefix)))


def count_failed() -> int:
    return session.scalar(select(func.count()).where(Job.state == JobState.FAILED)) or 0


def oldest_due() -> datetime | None:
    """The moment since when something that should have gone is still waiting; None when nothing is."""
    now = clock.now()
    waiting = [moment for ask in _oldest_due.values() if (moment := ask(now)) is not None]
    return min(waiting, default=None)


def oldest_due_of(name: str, ask: Callable[[datetime], datetime | None]) -> None:
    """Let a feature say how long the oldest thing of its queue has been due."""
    _oldest_due[name] = ask


def extend_lease(kind: str, unique: str) -> None:
    """Tell that a long job is still at it, so that nobody else starts it again; call inside a unit of work."""
    session.execute(
        update(Job).where(Job.kind == kind, Job.unique_key == unique).values(lease_until=clock.now() + LEASE)
    )


def _claim(now: datetime, limit: int) -> list[int]:
    with unit_of_work():
        session.execute(
            update(Job)
            .where(Job.state == JobState.LEASED, Job.lease_until < now)
            .values(state=JobState.READY, lease_owner=None, lease_until=None)
        )
        due = (
            select(Job.id)
            .where(text("job.state = 'ready'"), Job.run_at <= now)
            .order_by(Job.run_at, Job.id)
            .limit(limit)
        )
        ids = list(session.scalars(claimable(session, due)))
        if ids:
            session.execute(
                update(Job)
                .where(Job.id.in_(ids))
                .values(
                    state=JobState.LEASED,
                    lease_owner=owner(),
                    lease_until=now + LEASE,
                    attempts=Job.attempts + 1,
                )
            )
        return ids


def _run(job_id: int) -> None:
    with unit_of_work():
        row = session.get(Job, job_id)
        if row is None or row.lease_owner != owner():
            return
        kind, payload, attempts = row.kind, row.payload, row.attempts
    function, own_units = _jobs[kind]
    try:
        if own_units:
            function(**payload)
        with unit_of_work():
            if not own_units:
                function(**payload)
            session.execute(delete(Job).where(Job.id == job_id, Job.lease_owner == owner()))
    except DomainError as error:
        _give_up_or_retry(job_id, str(error), None)
    except Exception:
        # One broken job must not stop the others; the worker goes on and the row tells what happened.
        log.exception("job %s (%s) failed", job_id, kind)
        pause = RETRY_PAUSES[attempts - 1] if attempts <= len(RETRY_PAUSES) else None
        _give_up_or_retry(job_id, traceback.format_exc(limit=4)[-2000:], pause)


def _give_up_or_retry(job_id: int, error: str, pause: timedelta | None) -> None:
    change: dict[str, Any] = {"last_error": error, "lease_owner": None, "lease_until": None}
    if pause is None:
        change["state"] = JobState.FAILED
    else:
        change |= {"state": JobState.READY, "run_at": clock.now() + pause}
    with unit_of_work():
        session.execute(update(Job).where(Job.id == job_id).values(**change))
