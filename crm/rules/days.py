"""When a rule is asked, and the spans of days and moments its comparisons mean."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Generic, TypeVar, cast

from crm.core.calendars import at_local, day_bounds, local_date
from crm.rules.operators import Operator
from crm.rules.tree import Operand, Scalar

FIRST_YEAR, LAST_YEAR = 1000, 8999
"""Years a date in a rule may have: some way from the ends of what databases can hold."""
_YEARS_WITH_ANNIVERSARIES = range(1900, 2101)
_DAY = timedelta(days=1)
_INSTANT = timedelta(microseconds=1)

Point = TypeVar("Point", date, datetime)


@dataclass(frozen=True, slots=True)
class Span(Generic[Point]):
    """From `start` on and before `end`; None is no end on that side."""

    start: Point | None
    end: Point | None


@dataclass(frozen=True, slots=True)
class RuleContext:
    """The moment a rule is asked and the time zone whose days it means, as `Asia/Tehran`."""

    now: datetime
    timezone: str

    @property
    def today(self) -> date:
        return local_date(self.now, self.timezone)

    def start_of(self, day: date) -> datetime:
        return day_bounds(day, self.timezone)[0]

    def moments(self, days: Span[date]) -> Span[datetime]:
        start = None if days.start is None else self.start_of(days.start)
        return Span(start, None if days.end is None else self.start_of(days.end))

    def instant(self, at: datetime) -> datetime:
        """The moment in UTC; a time without an offset is what the clocks of the zone show."""
        return at.astimezone(UTC) if at.tzinfo else at_local(at.date(), at.time(), self.timezone)


def date_spans(operator: Operator, value: Operand, context: RuleContext) -> list[Span[date]]:
    """The days that fit the comparison, in order and apart from each other."""
    if isinstance(value, tuple) and operator == Operator.IN:
        return _merged([_span_of_day(Operator.IS, _day(member)) for member in value])
    if isinstance(value, tuple):
        return [Span(_day(value[0]), _day(value[1]) + _DAY)]
    if isinstance(value, date):
        return [_span_of_day(operator, value)]
    return [_span_of_count(operator, int(value), context.today)]


def moment_spans(operator: Operator, value: Operand, context: RuleContext) -> list[Span[datetime]]:
    """The same for moments: a day means all of it, in the time zone of the context."""
    if isinstance(value, tuple) and operator == Operator.IN:
        return _merged([_moment_span(Operator.IS, member, context) for member in value])
    if isinstance(value, tuple):
        lower, upper = (_moment_span(Operator.IS, member, context) for member in value)
        return [Span(lower.start, upper.end)]
    return [_moment_span(operator, value, context)]


def _moment_span(operator: Operator, value: Scalar, context: RuleContext) -> Span[datetime]:
    if not isinstance(value, datetime):
        return context.moments(date_spans(operator, value, context)[0])
    at = context.instant(value)
    return _span_between(operator, at, at + _INSTANT)


def _span_of_day(operator: Operator, day: date) -> Span[date]:
    return _span_between(operator, day, day + _DAY)


def _span_between(operator: Operator, start: Point, end: Point) -> Span[Point]:
    match operator:
        case Operator.LT | Operator.BEFORE:
            return Span(None, start)
        case Operator.LTE:
            return Span(None, end)
        case Operator.GT | Operator.AFTER:
            return Span(end, None)
        case Operator.GTE:
            return Span(start, None)
        case _:
            return Span(start, end)


def _span_of_count(operator: Operator, count: int, today: date) -> Span[date]:
    days = timedelta(days=count)
    match operator:
        case Operator.WITHIN_DAYS:
            return Span(today - days, today + _DAY)
        case Operator.WITHIN_NEXT_DAYS:
            return Span(today, today + days + _DAY)
        case _:
            return Span(None, today - days)


def _day(value: Scalar) -> date:
    return cast("date", value)


def _merged(spans: Iterable[Span[Point]]) -> list[Span[Point]]:
    """Touching spans made one; they must have both ends."""
    merged: list[tuple[Point, Point]] = []
    for start, end in sorted((span.start, span.end) for span in spans if span.start and span.end):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return [Span(start, end) for start, end in merged]


def anniversary_months(count: int, today: date, *, slack: int = 0) -> list[tuple[int, int]] | None:
    """The days of the year whose anniversary is today or in the `count` days after, as month × 100 + day.

    29 February falls on the 28th in years without it. None is every day; `slack` widens on both sides.
    """
    start, end = today - timedelta(days=slack), today + timedelta(days=count + slack)
    if (end - start).days >= 365:
        return None
    first, last = start.month * 100 + start.day, end.month * 100 + end.day
    if last == 228 and not _is_leap(end.year):
        last = 229
    return [(first, last)] if start.year == end.year else [(first, 1231), (101, last)]


def anniversary_moments(count: int, context: RuleContext) -> list[Span[datetime]] | None:
    """The moments of the years 1900 to 2100 whose anniversary is today or in the `count` days after."""
    months = anniversary_months(count, context.today)
    if months is None:
        return None
    spans = (
        (_first_day(year, first), _day_after(year, last))
        for year in _YEARS_WITH_ANNIVERSARIES
        for first, last in months
    )
    # 29 February alone is an empty span in the years without it.
    days = _merged(Span(start, end) for start, end in spans if start < end)
    return [context.moments(span) for span in days]


def _first_day(year: int, month_and_day: int) -> date:
    if month_and_day == 229 and not _is_leap(year):
        return date(year, 3, 1)
    return date(year, *divmod(month_and_day, 100))


def _day_after(year: int, month_and_day: int) -> date:
    return date(year, 3, 1) if month_and_day == 229 else date(year, *divmod(month_and_day, 100)) + _DAY


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
