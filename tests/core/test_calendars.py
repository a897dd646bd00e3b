"""Jalali and Gregorian dates, and local times across changes of the clocks."""

import os
import time as system_time
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.core.calendars import (
    MONDAY,
    MONTH_NAMES,
    SATURDAY,
    WEEKDAY_NAMES,
    Calendar,
    add_months,
    at_local,
    day_bounds,
    from_jalali,
    from_parts,
    local_date,
    month_grid,
    month_length,
    parse_date,
    parts,
    to_jalali,
    zone,
)

JALALI_DAYS = st.dates(from_jalali(1300, 1, 1), from_jalali(1500, 12, 29))
CALENDARS = st.sampled_from(Calendar)
ZONES = st.sampled_from(
    [
        "UTC",
        "Asia/Tehran",
        "Europe/Berlin",
        "America/New_York",
        "Australia/Lord_Howe",
        "Pacific/Apia",
        "America/Havana",
    ]
)
LEAP_YEARS = [1399, 1403, 1408, 1412, 1416, 1420]


@pytest.fixture
def machine_in_new_york(monkeypatch):
    monkeypatch.setenv("TZ", "America/New_York")
    system_time.tzset()
    yield
    monkeypatch.undo()
    system_time.tzset()


@pytest.mark.parametrize(
    ("gregorian", "jalali"),
    [
        (date(2026, 5, 4), (1405, 2, 14)),
        (date(2026, 3, 21), (1405, 1, 1)),
        (date(2025, 3, 20), (1403, 12, 30)),
        (date(1979, 2, 11), (1357, 11, 22)),
        (date(1925, 3, 31), (1304, 1, 11)),
    ],
)
def test_known_days_have_their_jalali_date(gregorian, jalali):
    assert to_jalali(gregorian) == jalali
    assert from_jalali(*jalali) == gregorian


@given(JALALI_DAYS)
def test_a_day_comes_back_from_the_jalali_calendar(day):
    assert from_jalali(*to_jalali(day)) == day


@given(JALALI_DAYS)
def test_the_next_day_is_the_next_jalali_day(day):
    today, tomorrow = to_jalali(day), to_jalali(day + timedelta(days=1))

    assert tomorrow > today
    assert tomorrow.day == today.day + 1 or tomorrow.day == 1


def test_every_jalali_year_from_1300_to_1500_joins_the_next_without_a_hole():
    for year in range(1300, 1501):
        month_lengths = [month_length(year, month, Calendar.JALALI) for month in range(1, 13)]
        year_length = (from_jalali(year + 1, 1, 1) - from_jalali(year, 1, 1)).days

        assert month_lengths[:11] == [31] * 6 + [30] * 5
        assert sum(month_lengths) == year_length
        assert year_length in {365, 366}


@pytest.mark.parametrize("year", LEAP_YEARS)
def test_esfand_of_a_leap_year_has_thirty_days(year):
    assert month_length(year, 12, Calendar.JALALI) == 30
    assert month_length(year + 1, 12, Calendar.JALALI) == 29


def test_a_day_the_calendar_does_not_have_is_refused():
    with pytest.raises(ValueError, match="day"):
        from_jalali(1404, 12, 30)
    with pytest.raises(ValueError, match="day"):
        from_parts(2026, 2, 29, Calendar.GREGORIAN)


@pytest.mark.parametrize(
    ("day", "months", "calendar", "expected"),
    [
        (date(2026, 1, 31), 1, Calendar.GREGORIAN, date(2026, 2, 28)),
        (date(2024, 2, 29), 12, Calendar.GREGORIAN, date(2025, 2, 28)),
        (date(2026, 1, 15), -1, Calendar.GREGORIAN, date(2025, 12, 15)),
        (from_jalali(1405, 6, 31), 1, Calendar.JALALI, from_jalali(1405, 7, 30)),
        (from_jalali(1403, 11, 30), 1, Calendar.JALALI, from_jalali(1403, 12, 30)),
        (from_jalali(1404, 11, 30), 1, Calendar.JALALI, from_jalali(1404, 12, 29)),
        (from_jalali(1404, 12, 1), 1, Calendar.JALALI, from_jalali(1405, 1, 1)),
    ],
)
def test_months_are_added_in_their_calendar_and_clipped_to_its_months(day, months, calendar, expected):
    assert add_months(day, months, calendar) == expected


@given(JALALI_DAYS, st.integers(-600, 600), CALENDARS)
def test_adding_months_moves_by_months_and_never_to_a_later_day(day, months, calendar):
    before, after = parts(day, calendar), parts(add_months(day, months, calendar), calendar)

    assert (after.year * 12 + after.month) - (before.year * 12 + before.month) == months
    assert after.day == min(before.day, month_length(after.year, after.month, calendar))


def test_the_sheet_of_ordibehesht_begins_on_saturday():
    weeks = month_grid(1405, 2, Calendar.JALALI, SATURDAY)

    assert weeks[0][0] == date(2026, 4, 18)
    assert from_jalali(1405, 2, 1) in weeks[0]
    assert from_jalali(1405, 2, 31) in weeks[-1]


@given(st.integers(1301, 1499), st.integers(1, 12), CALENDARS, st.integers(0, 6))
def test_a_sheet_holds_each_day_of_the_month_once_in_whole_weeks(year, month, calendar, first_weekday):
    year = year if calendar == Calendar.JALALI else year + 621

    weeks = month_grid(year, month, calendar, first_weekday)

    days = [day for week in weeks for day in week]
    inside = [day for day in days if parts(day, calendar)[:2] == (year, month)]
    assert all(len(week) == 7 and week[0].weekday() == first_weekday for week in weeks)
    assert days == [days[0] + timedelta(days=n) for n in range(len(days))]
    assert len(inside) == month_length(year, month, calendar)
    assert all(any(day in inside for day in week) for week in weeks)


def test_names_are_those_of_the_glossary():
    assert MONTH_NAMES[Calendar.JALALI, "fa"][1] == "اردیبهشت"
    assert MONTH_NAMES[Calendar.GREGORIAN, "fa"][4:7] == ("مه", "ژوئن", "ژوئیه")
    assert WEEKDAY_NAMES["fa"][MONDAY] == "دوشنبه"
    assert all(len(names) == 12 for names in MONTH_NAMES.values())
    assert all(len(names) == 7 for names in WEEKDAY_NAMES.values())


@pytest.mark.parametrize(
    "text",
    [
        "2026-05-04",
        "2026/5/4",
        " 2026.05.04 ",
        "۲۰۲۶-۰۵-۰۴",
        "1405/02/14",
        "۱۴۰۵/۰۲/۱۴",
        "١٤٠٥/٢/١٤",
        "1405-02-14",
        "۱۴۰۵ ۲ ۱۴",
    ],
)
def test_a_date_is_read_in_either_calendar_and_any_digits(text):
    assert parse_date(text) == date(2026, 5, 4)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "Write the date"),
        ("04/05/2026", "Write the date"),
        ("26-05-04", "Write the date"),
        ("2026-05/04", "Write the date"),
        ("2026-05-04T10:00", "Write the date"),
        ("1700-01-01", "Check the year"),
        ("9999-01-01", "Check the year"),
        ("0000-01-01", "Check the year"),
        ("2026-02-30", "not in the calendar"),
        ("1404/12/30", "not in the calendar"),
        ("1404/13/01", "not in the calendar"),
    ],
)
def test_a_date_that_cannot_be_meant_is_refused_with_what_to_mend(text, reason):
    with pytest.raises(ValueError, match=reason):
        parse_date(text)


@given(JALALI_DAYS)
def test_a_written_date_is_read_as_the_same_day(day):
    jalali = to_jalali(day)

    assert parse_date(day.isoformat()) == day
    assert parse_date(f"{jalali.year}/{jalali.month:02}/{jalali.day:02}") == day


@pytest.mark.parametrize(
    ("day", "at", "timezone", "expected"),
    [
        (date(2026, 1, 15), time(9), "Europe/Berlin", datetime(2026, 1, 15, 8, tzinfo=UTC)),
        (date(2026, 7, 15), time(9), "Europe/Berlin", datetime(2026, 7, 15, 7, tzinfo=UTC)),
        (date(2026, 7, 15), time(9), "Asia/Tehran", datetime(2026, 7, 15, 5, 30, tzinfo=UTC)),
        # 2:30 does not exist: the first instant after the gap is 3:00.
        (date(2026, 3, 29), time(2, 30), "Europe/Berlin", datetime(2026, 3, 29, 1, tzinfo=UTC)),
        (date(2026, 3, 29), time(2), "Europe/Berlin", datetime(2026, 3, 29, 1, tzinfo=UTC)),
        # 2:30 comes twice: the first time counts.
        (date(2026, 10, 25), time(2, 30), "Europe/Berlin", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        # Half an hour of gap, and a whole day of it.
        (date(2026, 10, 4), time(2, 15), "Australia/Lord_Howe", datetime(2026, 10, 3, 15, 30, tzinfo=UTC)),
        (date(2011, 12, 30), time(9), "Pacific/Apia", datetime(2011, 12, 30, 10, tzinfo=UTC)),
        # Tehran changed its clocks at midnight, until 2022.
        (date(2022, 3, 22), time(0), "Asia/Tehran", datetime(2022, 3, 21, 20, 30, tzinfo=UTC)),
    ],
)
def test_a_local_time_is_one_instant(day, at, timezone, expected):
    assert at_local(day, at, timezone) == expected


@given(st.dates(date(1990, 1, 1), date(2036, 12, 31)), st.times(), ZONES)
def test_clocks_show_the_time_asked_for_or_the_end_of_the_gap_over_it(day, at, timezone):
    at = at.replace(microsecond=0)

    instant = at_local(day, at, timezone)

    shown = instant.astimezone(ZoneInfo(timezone)).replace(tzinfo=None)
    shown_before = (instant - timedelta(seconds=1)).astimezone(ZoneInfo(timezone)).replace(tzinfo=None)
    asked = datetime.combine(day, at)
    assert shown == asked or shown_before < asked < shown


def test_a_day_of_change_is_shorter_or_longer():
    spring = day_bounds(date(2026, 3, 29), "Europe/Berlin")
    autumn = day_bounds(date(2026, 10, 25), "Europe/Berlin")

    assert spring[1] - spring[0] == timedelta(hours=23)
    assert autumn[1] - autumn[0] == timedelta(hours=25)


@pytest.mark.parametrize(
    "name", ["", "Mars/Base", "America", "../etc/passwd", "localtime", "a\x00b", "x" * 5000]
)
def test_a_name_that_is_no_time_zone_is_refused(name):
    with pytest.raises(ValueError, match="time zone"):
        zone(name)


def test_a_moment_without_an_offset_is_refused():
    with pytest.raises(ValueError, match="offset"):
        local_date(datetime(2026, 5, 4, 12), "UTC")  # noqa: DTZ001 - the very thing that is refused


@pytest.mark.usefixtures("machine_in_new_york")
def test_the_zone_of_the_machine_changes_nothing():
    assert os.environ["TZ"] == "America/New_York"

    assert at_local(date(2026, 3, 29), time(2, 30), "Europe/Berlin") == datetime(2026, 3, 29, 1, tzinfo=UTC)
    # New York changed its clocks on this day, Tehran did not.
    assert at_local(date(2026, 3, 8), time(2, 30), "Asia/Tehran") == datetime(2026, 3, 7, 23, tzinfo=UTC)
    assert local_date(datetime(2026, 5, 4, 21, tzinfo=UTC), "Asia/Tehran") == date(2026, 5, 5)
