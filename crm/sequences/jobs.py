"""What of sequences comes due with time."""

from __future__ import annotations

from datetime import datetime

from crm.core.db import unit_of_work
from crm.core.jobs import due_work, oldest_due_of
from crm.sequences.queries import engine
from crm.sequences.service import enrolling, lifecycle, running


@due_work("sequences.enrol")
def enrol(now: datetime) -> int:
    with unit_of_work():
        started = lifecycle.start_scheduled(now)
    return started + enrolling.enrol_due(now)


@due_work("sequences.run")
def run(now: datetime) -> int:
    with unit_of_work(durable=True):
        return running.run_batch(now)


@due_work("sequences.finish")
def finish(_now: datetime) -> int:
    with unit_of_work():
        return lifecycle.finish_done()


oldest_due_of("sequences", engine.oldest_due)
