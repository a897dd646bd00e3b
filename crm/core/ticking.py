"""The foreground tick: everything due at a moment, with the clock standing where each thing belongs."""

from __future__ import annotations

from datetime import datetime, timedelta

from crm.core import clock
from crm.core.db import reading, unit_of_work
from crm.core.jobs import beat, last_beat, oldest_due, run_everything_due

AS_GOOD_AS_RUNNING = timedelta(hours=25)
"""Ticks at most so far apart stand for a worker that runs all the time; the day the clocks go back has 25 hours."""
SLICE = timedelta(minutes=1)
NAME = "tick"


def tick(at: datetime | None = None) -> int:
    """Do what is due, oldest first, until nothing more is; answers how many things were done.

    With a moment, time passes from the tick before up to it, and each thing is done when it was due. After a longer
    gap nothing is done in the past: then everything is late, as after a worker that was away.
    """
    if at is None:
        return run_everything_due(clock.now())
    with clock.frozen(at):
        done = _pass_time(at) + run_everything_due(at)
        with unit_of_work():
            beat(NAME)
    return done


def _pass_time(at: datetime) -> int:
    with reading():
        moment = last_beat(NAME)
    if moment is None or not timedelta(0) < at - moment <= AS_GOOD_AS_RUNNING:
        return 0
    done = 0
    while moment < at:
        with reading():
            due = oldest_due()
        if due is None:
            break
        moment = min(max(moment, due) + SLICE, at)
        with clock.frozen(moment):
            done += run_everything_due(moment)
    return done
