"""When a message may go: days, hours, holidays, and changes of the clocks."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.core.calendars import SendingWindow

WORKDAYS = frozenset(range(5))
BERLIN = SendingWindow(WORKDAYS, time(9), time(17), "Europe/Berlin")
TEHRAN = SendingWindow(frozenset({5, 6, 0, 1, 2}), time(9), time(17), "Asia/Tehran")


def berlin(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=ZoneInfo("Europe/Berlin"))


@st.composite
def windows(draw):
    opens, closes = draw(
        st.tuples(st.times(), st.times()).filter(lambda pair: pair[0] < pair[1] or pair[1] == time(0))
    )
    return SendingWindow(
        draw(st.frozensets(st.integers(0, 6), min_size=1)),
        opens,
        closes,
        draw(
            st.sampled_from(["UTC", "Asia/Tehran", "Europe/Berlin", "America/Havana", "Australia/Lord_Howe"])
        ),
        draw(st.frozensets(st.dates(date(2021, 3, 1), date(2021, 4, 30)), max_size=20)),
    )


MOMENTS = st.datetimes(datetime(2021, 2, 1), datetime(2021, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("asked", "goes", "reason"),
    [
        (berlin(2026, 5, 4, 9), berlin(2026, 5, 4, 9), None),
        (berlin(2026, 5, 4, 16, 59), berlin(2026, 5, 4, 16, 59), None),
        (berlin(2026, 5, 4, 8, 59), berlin(2026, 5, 4, 9), "window"),
        (berlin(2026, 5, 4, 17), berlin(2026, 5, 5, 9), "window"),
        (berlin(2026, 5, 8, 18), berlin(2026, 5, 11, 9), "window"),
        (berlin(2026, 5, 9, 12), berlin(2026, 5, 11, 9), "window"),
    ],
)
def test_a_message_goes_when_the_window_is_next_open(asked, goes, reason):
    assert BERLIN.next_open(asked) == (goes, reason)


def test_the_answer_is_in_utc():
    assert BERLIN.next_open(berlin(2026, 5, 4, 12))[0].utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    ("asked", "goes", "reason"),
    [
        (berlin(2026, 5, 1, 10), berlin(2026, 5, 4, 9), "holiday"),
        (berlin(2026, 4, 30, 18), berlin(2026, 5, 4, 9), "holiday"),
        # After hours the holiday has made no difference any more.
        (berlin(2026, 5, 1, 18), berlin(2026, 5, 4, 9), "window"),
        (berlin(2026, 5, 2, 10), berlin(2026, 5, 4, 9), "window"),
        (berlin(2026, 4, 30, 10), berlin(2026, 4, 30, 10), None),
    ],
)
def test_a_holiday_is_the_reason_when_it_made_the_difference(asked, goes, reason):
    window = SendingWindow(WORKDAYS, time(9), time(17), "Europe/Berlin", frozenset({date(2026, 5, 1)}))

    assert window.next_open(asked) == (goes, reason)


def test_a_weekend_in_iran_is_thursday_and_friday():
    asked = datetime(2026, 5, 7, 12, tzinfo=ZoneInfo("Asia/Tehran"))

    assert TEHRAN.next_open(asked) == (datetime(2026, 5, 9, 5, 30, tzinfo=UTC), "window")


def test_a_window_opens_at_the_same_local_hour_before_and_after_a_change_of_clocks():
    before, _ = BERLIN.next_open(berlin(2026, 3, 27, 3))
    after, _ = BERLIN.next_open(berlin(2026, 3, 30, 3))

    assert (before.hour, after.hour) == (8, 7)


def test_a_window_that_opens_in_the_missing_hour_opens_after_it():
    window = SendingWindow(frozenset(range(7)), time(2, 30), time(5), "Europe/Berlin")

    assert window.next_open(berlin(2026, 3, 29, 0))[0] == datetime(2026, 3, 29, 1, tzinfo=UTC)


def test_a_window_in_the_repeated_hour_opens_again_for_what_came_after_the_first_time():
    window = SendingWindow(frozenset(range(7)), time(2, 30), time(3), "Europe/Berlin")

    # 2:10 for the second time: the first 2:30 is forty minutes ago, the second twenty minutes ahead.
    goes, _ = window.next_open(datetime(2026, 10, 25, 1, 10, tzinfo=UTC))

    assert goes == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


def test_a_window_that_lies_in_the_missing_hour_opens_the_day_after():
    window = SendingWindow(frozenset(range(7)), time(2, 15), time(2, 45), "Europe/Berlin")

    assert window.next_open(berlin(2026, 3, 29, 0))[0] == berlin(2026, 3, 30, 2, 15)


def test_midnight_as_the_closing_time_is_the_end_of_the_day():
    window = SendingWindow(WORKDAYS, time(0), time(0), "Europe/Berlin")

    assert window.next_open(berlin(2026, 5, 4, 23, 59))[1] is None
    assert window.next_open(berlin(2026, 5, 9, 0))[0] == berlin(2026, 5, 11, 0)


def test_another_zone_moves_the_hours_with_it():
    assert BERLIN.in_zone("Asia/Tehran").next_open(berlin(2026, 5, 4, 0))[0] == datetime(
        2026, 5, 4, 5, 30, tzinfo=UTC
    )


@given(windows(), MOMENTS)
def test_what_goes_lands_in_the_window_and_never_too_early(window, asked):
    goes, reason = window.next_open(asked)

    shown = goes.astimezone(ZoneInfo(window.timezone))
    assert goes >= asked
    assert shown.weekday() in window.days
    assert shown.date() not in window.holidays
    assert window.opens <= shown.time()
    assert shown.time() < window.closes or window.closes == time(0)
    assert (reason is None) == (goes == asked)


@given(windows(), MOMENTS)
def test_asking_again_changes_nothing(window, asked):
    goes, _ = window.next_open(asked)

    assert window.next_open(goes) == (goes, None)


@given(windows(), MOMENTS)
def test_a_holiday_never_brings_a_message_forward(window, asked):
    without = SendingWindow(window.days, window.opens, window.closes, window.timezone)

    assert window.next_open(asked)[0] >= without.next_open(asked)[0]


@pytest.mark.parametrize(
    ("start", "count", "expected"),
    [
        (date(2026, 5, 4), 0, date(2026, 5, 4)),
        (date(2026, 5, 4), 1, date(2026, 5, 5)),
        (date(2026, 5, 8), 1, date(2026, 5, 11)),
        (date(2026, 5, 9), 1, date(2026, 5, 11)),
        (date(2026, 4, 30), 1, date(2026, 5, 4)),
        (date(2026, 5, 4), 10, date(2026, 5, 18)),
        (date(2026, 5, 4), -1, date(2026, 4, 30)),
    ],
)
def test_business_days_skip_closed_days_and_holidays(start, count, expected):
    window = SendingWindow(WORKDAYS, time(9), time(17), "Europe/Berlin", frozenset({date(2026, 5, 1)}))

    assert window.add_business_days(start, count) == expected


def test_holidays_without_end_are_an_error_and_no_endless_search():
    holidays = frozenset(date(2026, 1, 1) + timedelta(days=n) for n in range(1500))
    window = SendingWindow(WORKDAYS, time(9), time(17), "Europe/Berlin", holidays)

    with pytest.raises(ValueError, match="no day"):
        window.next_open(berlin(2026, 5, 4, 9))


@pytest.mark.parametrize(
    ("days", "opens", "closes", "timezone", "reason"),
    [
        (frozenset(), time(9), time(17), "UTC", "at least one day"),
        (frozenset({7}), time(9), time(17), "UTC", "at least one day"),
        (WORKDAYS, time(17), time(9), "UTC", "before it closes"),
        (WORKDAYS, time(9), time(9), "UTC", "before it closes"),
        (WORKDAYS, time(9), time(17), "Mars/Base", "time zone"),
    ],
)
def test_a_window_that_can_never_open_is_refused(days, opens, closes, timezone, reason):
    with pytest.raises(ValueError, match=reason):
        SendingWindow(days, opens, closes, timezone)
