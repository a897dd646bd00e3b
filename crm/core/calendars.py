"""Date arithmetic: Gregorian and Jalali months, local times across changes of the clocks, sending windows."""

import calendar as gregorian
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from persiantools.jdatetime import JalaliDate

from crm.core.messages import N_
from crm.core.text import ascii_digits

MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY = range(7)
WEEKDAY_CODES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Calendar(StrEnum):
    """What a year and a month mean."""

    GREGORIAN = "gregorian"
    JALALI = "jalali"


class YearMonthDay(NamedTuple):
    """A day as people of one calendar write it."""

    year: int
    month: int
    day: int


# Names are locale data, not sentences; CLDR's Persian ones are not used, since it writes مهٔ and ژوئیهٔ.
MONTH_NAMES: Mapping[tuple[Calendar, str], tuple[str, ...]] = MappingProxyType(
    {
        (Calendar.GREGORIAN, "en"): tuple(
            "January February March April May June July August September October November December".split()
        ),
        (Calendar.GREGORIAN, "fa"): tuple(
            "ژانویه فوریه مارس آوریل مه ژوئن ژوئیه اوت سپتامبر اکتبر نوامبر دسامبر".split()
        ),
        (Calendar.JALALI, "en"): tuple(
            "Farvardin Ordibehesht Khordad Tir Mordad Shahrivar Mehr Aban Azar Dey Bahman Esfand".split()
        ),
        (Calendar.JALALI, "fa"): tuple(
            "فروردین اردیبهشت خرداد تیر مرداد شهریور مهر آبان آذر دی بهمن اسفند".split()
        ),
    }
)
# From Monday, as `date.weekday()` counts.
WEEKDAY_NAMES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "en": tuple("Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()),
        "fa": tuple("دوشنبه سه‌شنبه چهارشنبه پنجشنبه جمعه شنبه یکشنبه".split()),
    }
)

# Years people write in each calendar; between them lies none, so the year alone says which one is meant.
_JALALI_YEARS = range(1200, 1600)
_GREGORIAN_YEARS = range(1800, 2201)
# A window that finds no open day for so long is closed for good.
_SEARCHED_DAYS = 1100
_WRITTEN_DATE = re.compile(r"(\d{4})([-/.\s])(\d{1,2})\2(\d{1,2})")


def to_jalali(day: date) -> YearMonthDay:
    jalali = JalaliDate.to_jalali(day.year, day.month, day.day)  # type: ignore[no-untyped-call]  # no hints
    return YearMonthDay(jalali.year, jalali.month, jalali.day)


def from_jalali(year: int, month: int, day: int) -> date:
    """Raises ValueError for a day the Jalali calendar does not have."""
    return JalaliDate(year, month, day).to_gregorian()  # type: ignore[no-untyped-call]  # no hints


def parts(day: date, calendar: Calendar) -> YearMonthDay:
    """The day's year, month and day in the calendar."""
    return to_jalali(day) if calendar == Calendar.JALALI else YearMonthDay(day.year, day.month, day.day)


def from_parts(year: int, month: int, day: int, calendar: Calendar) -> date:
    """Raises ValueError for a day the calendar does not have."""
    return from_jalali(year, month, day) if calendar == Calendar.JALALI else date(year, month, day)


def month_length(year: int, month: int, calendar: Calendar) -> int:
    if calendar == Calendar.JALALI:
        return JalaliDate.days_in_month(month, year)
    return gregorian.monthrange(year, month)[1]


def add_months(day: date, months: int, calendar: Calendar) -> date:
    """The same day of another month, or its last day where that month is shorter."""
    written = parts(day, calendar)
    years, month_index = divmod(written.month - 1 + months, 12)
    year, month = written.year + years, month_index + 1
    return from_parts(year, month, min(written.day, month_length(year, month, calendar)), calendar)


def month_grid(year: int, month: int, calendar: Calendar, first_weekday: int) -> list[list[date]]:
    """The weeks that touch a month, each of seven days, with the days of the months beside it."""
    first = from_parts(year, month, 1, calendar)
    last = first + timedelta(days=month_length(year, month, calendar) - 1)
    start = week_start(first, first_weekday)
    week_count = (last - start).days // 7 + 1
    return [[start + timedelta(days=7 * week + n) for n in range(7)] for week in range(week_count)]


def week_start(day: date, first_weekday: int) -> date:
    return day - timedelta(days=(day.weekday() - first_weekday) % 7)


def month_name(month: int, calendar: Calendar, locale: str) -> str:
    return MONTH_NAMES[calendar, locale][month - 1]


def parse_date(text: str) -> date:
    """Reads year, month and day of either calendar in digits of any of our scripts.

    The year decides the calendar, since nobody means the Gregorian year 1405. Raises ValueError with a
    sentence for the person who typed.
    """
    written = _WRITTEN_DATE.fullmatch(ascii_digits(text.strip()))
    if written is None:
        raise ValueError(N_("Write the date as year, month and day, as in 2026-05-04 or 1405/02/14."))
    year, month, day = int(written[1]), int(written[3]), int(written[4])
    if year not in _JALALI_YEARS and year not in _GREGORIAN_YEARS:
        raise ValueError(N_("Check the year of this date."))
    calendar = Calendar.JALALI if year in _JALALI_YEARS else Calendar.GREGORIAN
    try:
        return from_parts(year, month, day, calendar)
    except ValueError:
        raise ValueError(N_("This day is not in the calendar.")) from None


@lru_cache(maxsize=1024)
def zone(name: str) -> ZoneInfo:
    """Raises ValueError for a name that is no time zone."""
    try:
        # The zone of the machine has a name too, and must never decide anything.
        if name == "localtime":
            raise KeyError(name)  # noqa: TRY301 - told apart from unknown names nowhere
        return ZoneInfo(name)
    # An unknown name, one that is a folder of the zone database, and one that cannot be a path at all.
    except (KeyError, OSError, ValueError):
        raise ValueError(N_("This time zone is not known.")) from None


def at_local(day: date, at: time, timezone: str) -> datetime:
    """The UTC instant at which clocks of the zone show a time.

    A time the zone skips is the first instant after the gap; one that comes twice is its first coming.
    """
    tz = zone(timezone)
    wall = datetime.combine(day, at.replace(tzinfo=None, fold=0), tzinfo=tz)
    instant = wall.astimezone(UTC)
    if instant.astimezone(tz).replace(tzinfo=None) == wall.replace(tzinfo=None):
        return instant
    return _end_of_gap(wall, tz)


def local_time(at: datetime, timezone: str) -> datetime:
    """What clocks of the zone show at a moment; refuses a naive one, which would mean the machine's zone."""
    if at.tzinfo is None:
        raise ValueError("a moment needs an offset")
    return at.astimezone(zone(timezone))


def local_date(at: datetime, timezone: str) -> date:
    return local_time(at, timezone).date()


def day_bounds(day: date, timezone: str) -> tuple[datetime, datetime]:
    """The first instant of a day in the zone, and that of the next day."""
    return at_local(day, time(0), timezone), at_local(day + timedelta(days=1), time(0), timezone)


def _end_of_gap(wall: datetime, tz: ZoneInfo) -> datetime:
    # Read with the offset from after the gap a skipped time lies before the change, and the other way round.
    before = int(wall.replace(fold=1).astimezone(UTC).timestamp())
    after = int(wall.astimezone(UTC).timestamp())
    old_offset = datetime.fromtimestamp(before, tz).utcoffset()
    while after - before > 1:
        middle = (before + after) // 2
        if datetime.fromtimestamp(middle, tz).utcoffset() == old_offset:
            before = middle
        else:
            after = middle
    return datetime.fromtimestamp(after, UTC)


@dataclass(frozen=True, slots=True)
class SendingWindow:
    """The days and hours in which messages may go, as clocks of one zone show them.

    Days count from Monday as 0; `closes` is not part of the window, and as 00:00 means the end of the day.
    """

    days: frozenset[int]
    opens: time
    closes: time
    timezone: str
    holidays: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        if not self.days or not self.days <= set(range(7)):
            raise ValueError(N_("A sending window needs at least one day of the week."))
        if self.closes != time(0) and self.opens >= self.closes:
            raise ValueError(N_("A sending window has to open before it closes."))
        zone(self.timezone)

    def in_zone(self, timezone: str) -> "SendingWindow":
        return replace(self, timezone=timezone)

    def is_business_day(self, day: date) -> bool:
        return day.weekday() in self.days and day not in self.holidays

    def is_open(self, at: datetime) -> bool:
        local = local_time(at, self.timezone)
        clock = local.time()
        is_open_hour = self.opens <= clock and (clock < self.closes or self.closes == time(0))
        return is_open_hour and self.is_business_day(local.date())

    def next_open(self, at: datetime) -> tuple[datetime, Literal["window", "holiday"] | None]:
        """The first open moment from `at` on, in UTC, and what moved it there.

        The reason is `holiday` when the moment would be another one without the holidays. Raises ValueError
        when holidays leave no open day.
        """
        if self.is_open(at):
            return at.astimezone(UTC), None
        opening = self._opening_after(at)
        if self.holidays and replace(self, holidays=frozenset()).next_open(at)[0] != opening:
            return opening, "holiday"
        return opening, "window"

    def add_business_days(self, day: date, count: int) -> date:
        """The count-th open day after a day, before it when negative; the day itself for 0, open or not."""
        if count == 0:
            return day
        open_days = self._business_days(day, step=1 if count > 0 else -1)
        return next(open_day for n, open_day in enumerate(open_days, start=1) if n == abs(count))

    def _opening_after(self, at: datetime) -> datetime:
        today = local_date(at, self.timezone)
        for day in self._business_days(today - timedelta(days=1), step=1):
            # The second is the repetition of an hour. Both have to be looked at: a gap, or a change of clocks
            # at midnight, may put either outside the window or before the moment asked for.
            first = at_local(day, self.opens, self.timezone)
            second = datetime.combine(day, self.opens.replace(fold=1), zone(self.timezone)).astimezone(UTC)
            for opening in (first, second):
                if opening >= at and self.is_open(opening):
                    return opening
        raise AssertionError("unreachable: the days never end")

    def _business_days(self, day: date, *, step: Literal[1, -1]) -> Iterator[date]:
        closed_count = 0
        while closed_count < _SEARCHED_DAYS:
            day += timedelta(days=step)
            closed_count = 0 if self.is_business_day(day) else closed_count + 1
            if closed_count == 0:
                yield day
        raise ValueError(N_("The holidays leave no day on which this window is open."))
