"""The clock that can be set."""

from datetime import UTC, datetime, timedelta, timezone
from threading import Thread

import pytest

from crm.core import clock

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


def test_now_is_aware_and_in_utc():
    assert clock.now().utcoffset() == timedelta(0)


def test_frozen_holds_the_time_and_lets_go_of_it():
    with clock.frozen(NOON):
        assert clock.now() == NOON

    assert clock.now() != NOON


def test_frozen_inside_frozen_puts_the_outer_time_back():
    with clock.frozen(NOON):
        with clock.frozen(NOON + timedelta(days=1)):
            clock.set_time(NOON + timedelta(days=2))

        assert clock.now() == NOON


def test_frozen_lets_go_after_an_error():
    with pytest.raises(RuntimeError), clock.frozen(NOON):
        raise RuntimeError

    assert clock.now() != NOON


def test_the_set_time_holds_in_other_threads():
    seen = []

    with clock.frozen(NOON):
        thread = Thread(target=lambda: seen.append(clock.now()))
        thread.start()
        thread.join()

    assert seen == [NOON]


def test_a_time_of_another_zone_becomes_utc():
    with clock.frozen(datetime(2026, 5, 4, 15, 30, tzinfo=timezone(timedelta(hours=3, minutes=30)))):
        assert clock.now() == NOON
        assert clock.now().utcoffset() == timedelta(0)


def test_a_naive_time_is_refused():
    with pytest.raises(ValueError, match="offset"):
        clock.set_time(datetime(2026, 5, 4, 12))  # noqa: DTZ001 - the very thing that is refused
