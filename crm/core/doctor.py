"""The doctor's round: checks that core knows and those that features register."""

from __future__ import annotations

import shutil
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app
from sqlalchemy import text

from crm.core import jobs
from crm.core.db import reading, session
from crm.core.setup import alembic_config

LEAST_FREE = 200 * 1024 * 1024


@dataclass(frozen=True)
class Finding:
    """One thing looked at: is it well, and in words what was seen or what to do."""

    check: str
    is_well: bool
    words: str


_checks: list[Callable[[], Finding]] = []


def check(examine: Callable[[], Finding]) -> Callable[[], Finding]:
    """Register a check; it runs in a reading unit."""
    if examine not in _checks:
        _checks.append(examine)
    return examine


def examine() -> list[Finding]:
    """Run every check, each in a reading unit of its own."""
    findings = []
    for each in _checks:
        with reading():
            findings.append(each())
    return findings


@check
def _database() -> Finding:
    dialect = session.get_bind().dialect.name
    question = "PRAGMA quick_check(1)" if dialect == "sqlite" else "SELECT 'ok'"
    answer = str(session.scalar(text(question)))
    return Finding("database", answer == "ok", f"{dialect}: {answer}")


@check
def _migrations() -> Finding:
    head = ScriptDirectory.from_config(alembic_config()).get_current_head()
    current = MigrationContext.configure(session.connection()).get_current_revision()
    words = f"at {current}" if current == head else f"at {current}, newest is {head}; run: peyvand init"
    return Finding("migrations", current == head, words)


@check
def _secret_key() -> Finding:
    path = Path(current_app.instance_path) / "secret_key"
    if not path.exists():
        return Finding("secret key", True, "given by the environment")
    mode = stat.S_IMODE(path.stat().st_mode)
    return Finding(
        "secret key",
        mode == 0o600,
        "readable by the owner alone" if mode == 0o600 else f"run: chmod 600 {path}",
    )


@check
def _disk() -> Finding:
    free = shutil.disk_usage(current_app.instance_path).free
    return Finding("disk", free > LEAST_FREE, f"{free // 1_048_576} MB free")


@check
def _worker() -> Finding:
    seen = jobs.last_beat("worker:")
    return Finding(
        "worker", True, f"last seen {seen.isoformat()}" if seen else "not seen yet; serve starts one"
    )


@check
def _failed_jobs() -> Finding:
    count = jobs.count_failed()
    return Finding("jobs", count == 0, f"{count} failed; see Settings, Status" if count else "none failed")
