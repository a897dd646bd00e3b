"""When a step is due and when it goes: one way of reckoning for the engine, the dry run and the calendar.

A step is *due* when its wait is over, counted from when the step before was due. Window and holidays move only the
moment it goes, not what later steps count from; a cap, a pause or a late worker shifts both.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Any

from crm.core.calendars import (
    WEEKDAY_CODES,
    Calendar,
    SendingWindow,
    add_months,
    at_local,
    local_date,
    local_time,
    parse_date,
    zone,
)  # fmt: skip
from crm.delivery.reasons import Reason

GRACE = timedelta(minutes=30)
"""A step that runs so much later than planned still counts as on time, so that nothing creeps later and later."""
KEPT_PLANS = 20_000


class WaitUnit(StrEnum):
    HOURS = "hours"
    DAYS = "days"
    BUSINESS_DAYS = "business_days"
    WEEKS = "weeks"
    MONTHS = "months"


@dataclass(frozen=True, slots=True)
class Wait:
    """How long after the step before. Hours pass; everything longer keeps the time of day on local clocks."""

    amount: int = 0
    unit: WaitUnit = WaitUnit.DAYS

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Wait:
        return cls(stored["amount"], WaitUnit(stored["unit"])) if stored else cls()


@dataclass(frozen=True, slots=True)
class Planned:
    """When a step is due and when it goes, with what moved it from the one to the other."""

    due_at: datetime
    at: datetime
    moved_by: Reason | None = None


@dataclass(slots=True)
class Timetable:
    """How a sequence reckons for the people of one time zone."""

    window: SendingWindow
    calendar: Calendar
    _plans: dict[tuple[Planned, Wait], Planned] = field(default_factory=dict)

    @property
    def timezone(self) -> str:
        return self.window.timezone

    def first(self, joined_at: datetime, wait: Wait) -> Planned:
        """The first step of somebody who joins at a moment."""
        return self.after(Planned(joined_at, joined_at), wait)

    def after(self, former: Planned, wait: Wait) -> Planned:
        """The step after a wait. It is never before the former one, wherever a cap has moved that."""
        found = self._plans.get((former, wait))
        if found is None:
            if len(self._plans) >= KEPT_PLANS:
                self._plans.clear()
            due_at = self._after(former.due_at, wait)
            moved_by = former.moved_by if former.at > due_at else None
            found = self._plans[former, wait] = self.open_from(
                due_at, not_before=former.at, moved_by=moved_by
            )
        return found

    def open_from(
        self, due_at: datetime, *, not_before: datetime | None = None, moved_by: Reason | None = None
    ) -> Planned:
        """A step that is due at a moment and goes when the window is open, not before another one if given."""
        at, mover = self.window.next_open(max(due_at, not_before) if not_before else due_at)
        return Planned(due_at, at, moved_by or (Reason(mover) if mover else None))

    def caught_up(self, planned: Planned, now: datetime) -> Planned:
        """The plan of a step that is looked at now, its time having come: the same, or moved into open hours.

        What runs late by more than the grace shifts as a whole, so that the steps after it keep their distance.
        """
        delay = now - planned.at
        if delay > GRACE:
            return self.open_from(planned.due_at + delay, not_before=now, moved_by=Reason.LATE)
        if self.window.is_open(planned.at):
            return planned
        return self.open_from(planned.due_at, not_before=planned.at, moved_by=planned.moved_by)

    def settled_at(self, planned: Planned, at: datetime) -> Planned:
        """The plan as it turned out for a message that left at a moment."""
        delay = at - planned.at
        if delay <= GRACE:
            return planned
        return Planned(planned.due_at + delay, at, planned.moved_by or Reason.LATE)

    def shifted(self, planned: Planned, days: int) -> Planned:
        """Later by whole local days because of the cap; what window and holidays did before is done anew."""
        due_at = self._on_day(
            planned.due_at, local_date(planned.due_at, self.timezone) + timedelta(days=days)
        )
        room = self._on_day(planned.at, local_date(planned.at, self.timezone) + timedelta(days=days))
        return self.open_from(due_at, not_before=room, moved_by=Reason.CAP)

    def _after(self, since: datetime, wait: Wait) -> datetime:
        if wait.amount == 0:
            return since
        if wait.unit is WaitUnit.HOURS:
            return since + timedelta(hours=wait.amount)
        day = local_date(since, self.timezone)
        match wait.unit:
            case WaitUnit.MONTHS:
                day = add_months(day, wait.amount, self.calendar)
            case WaitUnit.BUSINESS_DAYS:
                day = self.window.add_business_days(day, wait.amount)
            case _:
                day += timedelta(days=wait.amount * (7 if wait.unit is WaitUnit.WEEKS else 1))
        return self._on_day(since, day)

    def _on_day(self, moment: datetime, day: Any) -> datetime:
        return at_local(day, local_time(moment, self.timezone).time(), self.timezone)


class Timetables:
    """The timetables of one sequence, one for each time zone among its people."""

    def __init__(self, window: Mapping[str, Any], calendar: str, workspace_timezone: str) -> None:
        self._window = window
        self._calendar = Calendar(calendar)
        self._declared = window.get("timezone", "contact")
        self._fallback = window.get("fallback_timezone") or workspace_timezone
        self._made: dict[str | None, Timetable] = {}

    def of(self, contact_timezone: str | None) -> Timetable:
        """The timetable for a contact; an unknown or unreadable time zone is the declared fallback."""
        found = self._made.get(contact_timezone)
        if found is None:
            window = window_of(self._window, self._timezone(contact_timezone))
            found = self._made[contact_timezone] = Timetable(window, self._calendar)
        return found

    def _timezone(self, contact_timezone: str | None) -> str:
        if self._declared != "contact":
            return str(self._declared)
        if contact_timezone:
            try:
                return zone(contact_timezone).key
            except ValueError:
                pass
        return str(self._fallback)


def window_of(stored: Mapping[str, Any], timezone: str) -> SendingWindow:
    """The sending window of a stored one; days and hours that are not named are open. Raises ValueError."""
    days = frozenset(WEEKDAY_CODES.index(code) for code in stored.get("days") or WEEKDAY_CODES)
    return SendingWindow(
        days,
        read_time(stored.get("from") or "00:00"),
        read_time(stored.get("to") or "00:00"),
        timezone,
        frozenset(parse_date(day) for day in stored.get("holidays") or ()),
    )


def read_time(text: str) -> time:
    """A time of day as 09:00; 24:00 is the end of the day. Raises ValueError."""
    return time(0) if text == "24:00" else time.fromisoformat(text)


def plan_all(timetable: Timetable, waits: Sequence[Wait], joined_at: datetime) -> list[Planned]:
    """Every step of somebody who joins at a moment, as if nothing but window and holidays moved them."""
    plans: list[Planned] = []
    for wait in waits:
        plans.append(timetable.after(plans[-1], wait) if plans else timetable.first(joined_at, wait))
    return plans
