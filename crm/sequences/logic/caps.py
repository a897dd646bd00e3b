"""How many messages one person may get: a day, a week, a month, of all campaigns together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from crm.core.calendars import Calendar, add_months

LOOK_BACK = timedelta(days=33)
"""Further back no cap counts; a month of either calendar, and a time zone."""
_MOST_DAYS = 400


@dataclass(frozen=True, slots=True)
class Cap:
    """The most messages on one local day, on any seven days on end, and in any month on end; None is no limit."""

    day: int | None = None
    week: int | None = None
    month: int | None = None

    @classmethod
    def of(cls, *stored: Mapping[str, Any] | None) -> Cap:
        """The strictest of several; 0 or nothing is no limit."""
        return cls(*(_strictest(stored, unit) for unit in ("day", "week", "month")))

    def __bool__(self) -> bool:
        return any(limit is not None for limit in (self.day, self.week, self.month))

    def has_room(self, day: date, sent_on: Sequence[date], calendar: Calendar) -> bool:
        """Whether one more may go on a day, given the days of the messages so far."""
        limits = (
            (self.day, day - timedelta(days=1)),
            (self.week, day - timedelta(days=7)),
            (self.month, add_months(day, -1, calendar)),
        )
        return all(
            limit is None or sum(after < sent <= day for sent in sent_on) < limit for limit, after in limits
        )

    def days_until_room(self, day: date, sent_on: Sequence[date], calendar: Calendar) -> int:
        """How many days later there is room; 0 when there is room on the day itself."""
        for count in range(_MOST_DAYS):
            if self.has_room(day + timedelta(days=count), sent_on, calendar):
                return count
        raise AssertionError("unreachable: what was sent lies further and further back")


def _strictest(stored: Iterable[Mapping[str, Any] | None], unit: str) -> int | None:
    return min((int(cap[unit]) for cap in stored if cap and cap.get(unit)), default=None)
