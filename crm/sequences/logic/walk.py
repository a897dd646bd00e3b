"""What becomes of one step of one person, decided in one place for the engine and for the dry run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from crm.core.calendars import local_date
from crm.delivery.reasons import Reason
from crm.sequences.logic.caps import Cap
from crm.sequences.logic.schedule import Planned, Timetable

MOST_DEFERRALS = 12
"""So often the cap may put one step off; then it settles as skipped."""

# What people write in exit_on → the reason a person leaves with.
EXITS: Mapping[str, Reason] = {
    "reply": Reason.REPLIED,
    "unsubscribe": Reason.UNSUBSCRIBED,
    "bounce": Reason.BOUNCED,
    "complaint": Reason.COMPLAINED,
    "goal": Reason.GOAL,
    "deal_won": Reason.DEAL_WON,
    "leaves_audience": Reason.LEFT_AUDIENCE,
}


@dataclass(frozen=True, slots=True)
class Go:
    """The step is carried out."""


@dataclass(frozen=True, slots=True)
class Skip:
    """The step settles without being carried out, and the next one is planned."""

    reason: Reason


@dataclass(frozen=True, slots=True)
class Leave:
    """The person leaves the sequence; this step and all that follow settle as skipped."""

    reason: Reason


@dataclass(frozen=True, slots=True)
class Put:
    """The step is planned anew, later."""

    planned: Planned


Decision = Go | Skip | Leave | Put
GO = Go()


@dataclass(frozen=True, slots=True)
class Limits:
    """What a sequence says about too many messages."""

    cap: Cap
    drops: bool
    """Over the cap a message is dropped, else put off."""


def decide_message(
    planned: Planned,
    timetable: Timetable,
    *,
    barred: Reason | None,
    has_received: bool,
    lacks_field: Callable[[], bool],
    limits: Limits,
    sent_on: Callable[[], Sequence[date]],
    deferrals: int,
) -> Decision:
    """What becomes of a message whose time has come; the later arguments are asked only when the earlier allow it."""
    if barred is not None:
        return Skip(barred)
    if has_received:
        return Skip(Reason.ALREADY_RECEIVED)
    if lacks_field():
        return Skip(Reason.MISSING_FIELD)
    if not limits.cap:
        return GO
    return _within_cap(planned, timetable, limits, sent_on(), deferrals)


def _within_cap(
    planned: Planned, timetable: Timetable, limits: Limits, sent_on: Sequence[date], deferrals: int
) -> Decision:
    day = local_date(planned.at, timetable.timezone)
    if limits.cap.has_room(day, sent_on, timetable.calendar):
        return GO
    if limits.drops or deferrals >= MOST_DEFERRALS:
        return Skip(Reason.CAP)
    later = planned
    while not limits.cap.has_room(local_date(later.at, timetable.timezone), sent_on, timetable.calendar):
        # Window and holidays may move it on to another day that is full as well.
        to_room = limits.cap.days_until_room(
            local_date(later.at, timetable.timezone), sent_on, timetable.calendar
        )
        later = timetable.shifted(later, to_room)
    return Put(later)
