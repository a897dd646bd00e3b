"""Days as people and programs write them, in either calendar; order and century are settled here."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from functools import lru_cache

from crm.core import clock
from crm.core.calendars import MONTH_NAMES, WEEKDAY_NAMES, Calendar, from_parts
from crm.core.messages import N_
from crm.core.text import ascii_digits, fold

_JALALI_YEARS = range(1200, 1600)
_GREGORIAN_YEARS = range(1800, 2201)
_MONTH_FIRST_REGIONS = frozenset({"US", "PH", "PR", "GU", "VI", "AS", "MP", "FM", "PW", "MH"})

NO_YEAR = N_("This date has no year. Write it as year, month and day, as in 1985-05-17.")

_TIME_OF_DAY = re.compile(r"(?<=\d)[T ,]+\d{1,2}:\d{2}.*$", re.DOTALL)
_NUMBERS = re.compile(r"(\d{1,4})\s*([-/.])\s*(\d{1,2})\s*\2\s*(\d{1,4})\.?|(\d{4})\s(\d{1,2})\s(\d{1,2})")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_NOTHING = re.compile(r"[0\s/.-]*")
_NO_YEAR = re.compile(r"-{0,2}\d{1,2}[-/.]\d{1,2}")


class DateOrder(StrEnum):
    DAY_FIRST = "day_first"
    MONTH_FIRST = "month_first"


def guess_order(values: Iterable[str]) -> DateOrder | None:
    """What a column's clear dates say of the others: 17/05/1985 puts the day first, 5/17/1985 the month."""
    for value in values:
        found = re.match(r"(\d{1,2})/(\d{1,2})/\d{2,4}", ascii_digits(value.strip()))
        if found and int(found[1]) > 12 >= int(found[2]):
            return DateOrder.DAY_FIRST
        if found and int(found[2]) > 12 >= int(found[1]):
            return DateOrder.MONTH_FIRST
    return None


def calendar_of(text: str) -> Calendar | None:
    """The calendar a written date is in, told by its year alone."""
    years = [int(year) for year in re.findall(r"(?<!\d)\d{4}", ascii_digits(text))]
    if any(year in _JALALI_YEARS for year in years):
        return Calendar.JALALI
    return Calendar.GREGORIAN if any(year in _GREGORIAN_YEARS for year in years) else None


def read_past_day(
    text: str, *, region: str | None, calendar: Calendar, order: DateOrder | None = None
) -> date | None:
    """A day that is over, such as a birthday; None for the zeros programs write for no date.

    The year decides the calendar; `calendar` is asked only where the century is missing, `order` and then
    `region` only where day and month could be either. Raises ValueError with a sentence.
    """
    written = _TIME_OF_DAY.sub("", ascii_digits(text).strip()).strip()
    if _NOTHING.fullmatch(written):
        return None
    day = _from_numbers(written, calendar, _order(order, region)) or _from_words(written)
    if day is None and _NO_YEAR.fullmatch(written):
        raise ValueError(NO_YEAR)
    if day is None:
        raise ValueError(N_("Write the date as year, month and day, as in 1985-05-17 or 1364/02/27."))
    if day > clock.now().date():
        raise ValueError(N_("This day lies in the future. Check its year."))
    return day


def _order(order: DateOrder | None, region: str | None) -> DateOrder:
    if order is not None:
        return order
    return DateOrder.MONTH_FIRST if region in _MONTH_FIRST_REGIONS else DateOrder.DAY_FIRST


def _from_numbers(written: str, calendar: Calendar, order: DateOrder) -> date | None:
    compact = _COMPACT.fullmatch(written)
    if compact:
        return _day(*map(int, compact.groups()))
    found = _NUMBERS.fullmatch(written)
    if not found:
        return None
    first, last = found[1] or found[5], found[4] or found[7]
    middle = int(found[3] or found[6])
    if len(first) == 4:
        return _day(int(first), middle, int(last))
    if len(last) == 4:
        return _day(int(last), *_month_and_day(int(first), middle, found[2], int(last), order))
    if int(first) > 31:
        return _of_any_century(int(first), middle, int(last), calendar)
    if int(last) > 31:
        month, day = _month_and_day(int(first), middle, found[2], 0, order)
        return _of_any_century(int(last), month, day, calendar)
    raise ValueError(N_("Write the year of this date with four digits."))


def _month_and_day(first: int, second: int, sign: str, year: int, order: DateOrder) -> tuple[int, int]:
    # Only slashes are written month first, and never in the Jalali calendar.
    month_first = order is DateOrder.MONTH_FIRST and sign == "/" and year not in _JALALI_YEARS
    month, day = (first, second) if month_first else (second, first)
    return (day, month) if month > 12 >= day else (month, day)


def _of_any_century(year: int, month: int, day: int, calendar: Calendar) -> date:
    """The latest century that puts the day into the past."""
    base = 1400 if calendar is Calendar.JALALI else 2000
    latest = _day(base + year, month, day)
    return latest if latest <= clock.now().date() else _day(base - 100 + year, month, day)


def _day(year: int, month: int, day: int) -> date:
    if year not in _JALALI_YEARS and year not in _GREGORIAN_YEARS:
        raise ValueError(N_("Check the year of this date."))
    calendar = Calendar.JALALI if year in _JALALI_YEARS else Calendar.GREGORIAN
    try:
        return from_parts(year, month, day, calendar)
    except ValueError:
        raise ValueError(N_("This day is not in the calendar.")) from None


def _from_words(written: str) -> date | None:
    """17 May 1985, May 17, 1985, Fri 17th May 1985, ۲۷ اردیبهشت ۱۳۶۴."""
    months, passed_over = _names()
    tokens = re.findall(r"\d+|[^\W\d_]+", fold(written))
    numbers = [token for token in tokens if token.isdigit()]
    words = [token for token in tokens if not token.isdigit() and token not in passed_over]
    if len(words) != 1 or words[0] not in months or sorted(map(len, numbers)) not in ([1, 4], [2, 4]):
        return None
    year, day = (numbers[0], numbers[1]) if len(numbers[0]) == 4 else (numbers[1], numbers[0])
    return _day(int(year), months[words[0]], int(day))


@lru_cache(maxsize=1)
def _names() -> tuple[dict[str, int], frozenset[str]]:
    """Months by folded name, and the words a date may hold besides."""
    months: dict[str, int] = {}
    for (calendar, locale), names in MONTH_NAMES.items():
        for number, name in enumerate(names, start=1):
            months[fold(name)] = number
            if (calendar, locale) == (Calendar.GREGORIAN, "en"):
                months[fold(name[:3])] = number
    months["sept"] = 9
    weekdays = {
        part for names in WEEKDAY_NAMES.values() for name in names for part in (fold(name), fold(name[:3]))
    }
    return months, frozenset(weekdays | {"of", "st", "nd", "rd", "th", "the"})
