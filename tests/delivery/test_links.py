"""Tokens of public links."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.delivery.links import Purpose, make, read

NUMBERS = st.integers(min_value=0, max_value=2**64 - 1)


@given(NUMBERS, st.sampled_from(Purpose))
def test_a_token_gives_its_number_back_and_is_short_and_url_safe(number: int, purpose: Purpose) -> None:
    token = make(purpose, number, "secret")

    assert read(purpose, token, "secret") == number
    assert len(token) <= 32
    assert set(token) <= set(string.ascii_letters + string.digits + "-_")


@given(NUMBERS, st.text(max_size=40))
def test_no_other_text_is_a_token(number: int, text: str) -> None:
    token = make(Purpose.OPEN, number, "secret")

    assert read(Purpose.OPEN, text, "secret") is None
    assert read(Purpose.OPEN, token + "=", "secret") is None
    assert read(Purpose.OPEN, token + "\n", "secret") is None


def test_a_token_opens_only_the_door_it_was_made_for() -> None:
    token = make(Purpose.UNSUBSCRIBE, 7, "secret")

    assert read(Purpose.CLICK, token, "secret") is None
    assert read(Purpose.UNSUBSCRIBE, token, "another secret") is None


@given(NUMBERS, st.data())
def test_one_altered_sign_spoils_a_token(number: int, data: st.DataObject) -> None:
    token = make(Purpose.CLICK, number, "secret")
    at = data.draw(st.integers(0, len(token) - 1))
    sign = data.draw(st.sampled_from(string.ascii_letters + string.digits + "-_"))
    altered = token[:at] + sign + token[at + 1 :]

    assert read(Purpose.CLICK, altered, "secret") == (number if altered == token else None)


@pytest.mark.parametrize("number", [-1, 2**64])
def test_numbers_out_of_bounds_are_refused(number: int) -> None:
    with pytest.raises((ValueError, OverflowError)):
        make(Purpose.OPEN, number, "secret")
