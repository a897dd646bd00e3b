"""The short way for plain addresses says what the full rules say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.core.text import normalise_email
from crm.transfer.cells import _plain_address

letters = st.text("aZ09_+.-@x", max_size=20)


@pytest.mark.parametrize(
    "text",
    [
        "Sara@Example.COM",
        "a.b+c@x-y.example",
        "a@b.co",
        "a_b@1.example",
        "a@-b.com",
        "a@b-.com",
        ".a@b.com",
        "a..b@c.com",
        "a.@b.com",
        "a@b.c",
        "a@b.1com",
    ],
)
def test_examples(text):
    agree(text)


@given(st.builds("{}@{}.{}".format, letters, letters, st.sampled_from(["com", "example", "c", "c0m", "IR"])))
def test_any(text):
    agree(text)


def agree(text):
    plain = _plain_address(text)
    if plain is not None:
        assert normalise_email(text) == plain
