"""The worker: a loop around what comes due."""

from __future__ import annotations

import gc
import logging
import os
import threading
from datetime import timedelta

from crm.core import clock
from crm.core.db import unit_of_work
from crm.core.jobs import beat, owner, run_due_jobs, run_due_works

log = logging.getLogger(__name__)

IDLE_PAUSE = 1.0
BEAT_EVERY = timedelta(seconds=15)


def run_worker(stop: threading.Event, *, parent: int | None = None) -> None:
    """Work until told to stop, or until the process that started this one is gone."""
    gc.collect()
    gc.freeze()
    last_beat = None
    while not stop.is_set() and (parent is None or os.getppid() == parent):
        now = clock.now()
        try:
            if last_beat is None or now - last_beat >= BEAT_EVERY:
                with unit_of_work():
                    beat(f"worker:{owner()}")
                last_beat = now
            done = run_due_jobs(now) + run_due_works(now)
        except Exception:
            # The database may be away for a while; the loop must outlive that.
            log.exception("worker round failed")
            done = 0
        if not done:
            stop.wait(IDLE_PAUSE)
