"""A calendar sheet of one month: which days are closed, what goes out on them, and what was moved away."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from crm.campaigns.timeline import Card, hue_of
from crm.core.calendars import Calendar, SendingWindow, add_months, from_parts, month_grid, parts


@dataclass(frozen=True, slots=True)
class Mark:
    """What goes out on a day: one step, and to how many where it is about everyone."""

    number: int
    title: str
    key: str
    count: int | None = None
    is_monthly: bool = False

    @property
    def hue(self) -> int:
        return hue_of(self.number)


@dataclass(frozen=True, slots=True)
class Cell:
    day: date
    is_out: bool
    """Belongs to the month before or after."""
    is_closed: bool
    is_holiday: bool
    is_today: bool
    marks: tuple[Mark, ...] = ()
    ghosts: tuple[Mark, ...] = ()
    """Steps that were due here and moved to an open day."""


@dataclass(frozen=True, slots=True)
class Sheet:
    first: date
    weeks: list[list[Cell]]
    previous: date
    next: date


Marks = Mapping[date, tuple[Mark, ...]]


def marks_of(cards: Iterable[Card]) -> tuple[Marks, Marks]:
    """What one person gets on which day, and where it was due before it was moved."""
    goes: dict[date, list[Mark]] = defaultdict(list)
    moved: dict[date, list[Mark]] = defaultdict(list)
    for card in cards:
        mark = Mark(
            card.number,
            card.step.name,
            card.step.key,
            is_monthly=card.wait.unit == "months" and card.wait.amount > 0,
        )
        goes[card.goes_on].append(mark)
        if card.is_moved:
            moved[card.due_on].append(mark)
    return _frozen(goes), _frozen(moved)


def load_of(planned: Iterable[tuple[date, str]], cards: Iterable[Card]) -> Marks:
    """What everyone together gets on which day, from (day, step key) of each planned message."""
    by_key = {card.step.key: card for card in cards}
    counts = Counter(pair for pair in planned if pair[1] in by_key)
    found: dict[date, list[Mark]] = defaultdict(list)
    for (day, key), count in sorted(counts.items(), key=lambda each: (each[0][0], by_key[each[0][1]].number)):
        found[day].append(Mark(by_key[key].number, by_key[key].step.name, key, count))
    return _frozen(found)


def sheet_of(
    day: date,
    calendar: Calendar,
    first_weekday: int,
    *,
    window: SendingWindow,
    today: date,
    marks: Marks,
    ghosts: Marks,
) -> Sheet:
    """The month that holds a day."""
    year, month, _ = parts(day, calendar)
    first = from_parts(year, month, 1, calendar)
    weeks = [
        [
            Cell(
                each,
                is_out=parts(each, calendar)[:2] != (year, month),
                is_closed=not window.is_business_day(each),
                is_holiday=each in window.holidays,
                is_today=each == today,
                marks=marks.get(each, ()),
                ghosts=ghosts.get(each, ()),
            )
            for each in week
        ]
        for week in month_grid(year, month, calendar, first_weekday)
    ]
    return Sheet(first, weeks, first - timedelta(days=1), add_months(first, 1, calendar))


def month_after(day: date, calendar: Calendar) -> date:
    """The first day of the month after the one that holds a day."""
    year, month, _ = parts(day, calendar)
    return add_months(from_parts(year, month, 1, calendar), 1, calendar)


def _frozen(lists: Mapping[date, list[Mark]]) -> Marks:
    return {day: tuple(marks) for day, marks in lists.items()}
