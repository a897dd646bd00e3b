"""What is exported opens inert in a spreadsheet and comes back exactly as it was."""

from __future__ import annotations

import csv
import io
import tempfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import cast

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from crm.contacts.models import LeadStatus
from crm.core.calendars import Calendar
from crm.core.text import clean_line, clean_text, fold
from crm.transfer.cells import Value, read_cell
from crm.transfer.formulas import STARTS, guard, unguard
from crm.transfer.mapping import guess
from crm.transfer.reading import inspect, rows
from crm.transfer.writing import BYTE_ORDER_MARK, cell_text, csv_chunks, write_rows

HEADER = ("external_id", "email", "name", "address", "need", "birthday", "status", "country", "tags")

signs = st.one_of(
    st.sampled_from(
        [*"=+-@'\"\t\r\n,;|،؛: \u200c\u200f\u2028\x85*", "سارا", "علي", "😀", "=1+1", ":::", "sep=;"]
    ),
    st.characters(exclude_characters="\0", exclude_categories=["Cs"]),
)
texts = st.lists(signs, max_size=25).map("".join)
lines = texts.map(lambda text: clean_line(text)[:200].strip() or None)
paragraphs = texts.map(lambda text: clean_text(text) or None)
tag_sets = st.lists(lines.map(lambda line: clean_line(line[:80]) if line else None), max_size=4).map(
    lambda tags: tuple({fold(tag): tag for tag in tags if tag and fold(tag)}.values())
)
contacts = st.tuples(
    st.integers(1, 10**9).map(str),
    st.one_of(st.none(), st.from_regex(r"[a-z]{1,9}(\+[a-z]{1,5})?@[a-z]{2,9}\.example", fullmatch=True)),
    lines,
    paragraphs.map(lambda text: text if text is None or len(text) <= 500 else None),
    paragraphs,
    st.one_of(st.none(), st.dates(date(1900, 1, 1), date(2020, 1, 1))),
    st.one_of(st.none(), st.sampled_from([status.value for status in LeadStatus])),
    st.sampled_from([None, "IR", "GB", "NO"]),
    tag_sets,
)


def exported(rows_out: list[tuple[Value, ...]]) -> bytes:
    buffer = io.BytesIO()
    write_rows(buffer, HEADER, rows_out)
    return buffer.getvalue()


def read_back(content: bytes) -> list[tuple[Value, ...]]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "contacts.csv"
        path.write_bytes(content)
        shape = inspect(path, filename=path.name)
        fields = [cast("str", one.field) for one in guess(shape.header, [])]
        found = list(rows(path, shape))
    assert not [row.problem for row in found if row.problem]
    return [
        tuple(
            read_cell(field, cell, region=None, calendar=Calendar.GREGORIAN)
            for field, cell in zip(fields, row.cells, strict=True)
        )
        for row in found
    ]


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(contacts, min_size=1, max_size=6))
@example([("1", None, None, None, None, None, None, None, ('"', ","))])
def test_export_then_import_gives_the_same_values(rows_out: list[tuple[Value, ...]]) -> None:
    assert read_back(exported(rows_out)) == rows_out


def test_huge_and_empty_cells_come_back() -> None:
    huge = "=" + "\"'x\n" * 24_000 + "."
    rows_out: list[tuple[Value, ...]] = [
        ("1", None, None, None, huge, None, None, None, ()),
        ("2", None, "کاظمی", None, None, None, None, None, ()),
    ]

    assert read_back(exported(rows_out)) == rows_out


@given(texts)
def test_a_guard_can_always_be_taken_off_again(text: str) -> None:
    assert unguard(guard(text)) == text
    assert guard(text)[:1] not in set(STARTS)


@pytest.mark.parametrize("sign", list(STARTS))
def test_no_cell_begins_like_a_formula(sign: str) -> None:
    content = b"".join(csv_chunks([sign + "cmd"], [[sign + "SUM(A1)"]])).removeprefix(BYTE_ORDER_MARK)

    cells = [cell for row in csv.reader(io.StringIO(content.decode(), newline="")) for cell in row]

    assert cells == ["'" + sign + "cmd", "'" + sign + "SUM(A1)"]


def test_values_of_every_kind_become_text() -> None:
    assert [
        cell_text(value)
        for value in (
            None,
            True,
            -5,
            LeadStatus.EAGER,
            date(1985, 5, 17),
            datetime(2026, 2, 1, 10, 30, tzinfo=UTC),
            ("vip", "a, b", "* starred"),
        )
    ] == ["", "yes", "-5", "eager", "1985-05-17", "2026-02-01T10:30:00+00:00", 'vip, "a, b", "* starred"']


def test_a_large_export_leaves_in_pieces() -> None:
    pieces = list(csv_chunks(["a"], (["x" * 1000] for _ in range(500))))

    assert len(pieces) > 5
    assert max(map(len, pieces)) < 70_000
    assert pieces[0] == BYTE_ORDER_MARK
