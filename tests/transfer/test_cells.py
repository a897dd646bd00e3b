"""The text of a cell becomes the value of its field, or a sentence that says what to mend."""

from __future__ import annotations

import time
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from crm.contacts.models import LeadStatus
from crm.core import clock
from crm.core.calendars import Calendar
from crm.transfer.cells import FIELDS, CellProblem, read_cell, split_tags
from crm.transfer.dates import DateOrder, guess_order
from crm.transfer.mapping import guess
from crm.transfer.reading import inspect, rows

SAMPLES = Path(__file__).parent / "samples"


def read(field: str, text: str, **context: Any) -> object:
    with clock.frozen(datetime(2026, 2, 1, tzinfo=UTC)):
        return read_cell(field, text, **{"region": "IR", "calendar": Calendar.GREGORIAN} | context)


def problem(field: str, text: str, **context: Any) -> str:
    with pytest.raises(CellProblem) as caught:
        read(field, text, **context)
    assert caught.value.field == field
    return str(caught.value)


@pytest.mark.parametrize("field", sorted(FIELDS))
def test_an_empty_cell_is_no_value(field: str) -> None:
    assert read(field, "") == read(field, "  \t") == (() if field == "tags" else None)


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        ("name", "  سارا\u00a0 ", "سارا"),
        ("first_name", "نرگس\nسادات", "نرگس سادات"),
        ("address", "12 Mill Lane\r\nUnit 4\r\n", "12 Mill Lane\nUnit 4"),
        ("job_title", "'=CEO", "=CEO"),
        ("job_title", "''=CEO", "'=CEO"),
        ("job_title", "'t Hooft", "'t Hooft"),
        ("email", " Sara@NovaMed.example ", "Sara@novamed.example"),
        ("email", "Sara Ahmadi <sara@novamed.example>", "sara@novamed.example"),
        ("email", "sara@novamed.example ::: s@mail.example", "sara@novamed.example"),
        ("phone", "0912 000 0147", "+989120000147"),
        ("phone", "۰۹۱۲۰۰۰۰۱۴۷", "+989120000147"),
        ("phone", "9120000147", "+989120000147"),
        ("phone", "0098 912 000 0147", "+989120000147"),
        ("phone", "'+98 912 000 0147", "+989120000147"),
        ("phone", "+44 113 496 0100 ::: +44 7700 900123", "+441134960100"),
        ("country", "ir", "IR"),
        ("country", "IRN", "IR"),
        ("country", "Iran, Islamic Republic of", "IR"),
        ("country", "ایران", "IR"),
        ("country", "جمهوري اسلامي ايران", "IR"),
        ("country", "The Netherlands", "NL"),
        ("country", "هلند", "NL"),
        ("country", "U.K.", "GB"),
        ("country", "انگلستان", "GB"),
        ("country", "USA", "US"),
        ("country", "ایالات متحدهٔ آمریکا", "US"),
        ("country", "امارات", "AE"),
        ("country", "Turkey", "TR"),
        ("country", "TÜRKİYE", "TR"),
        ("country", "Côte d’Ivoire", "CI"),
        ("country", "Korea, Republic of", "KR"),
        ("country", "Tanzania, United Republic of", "TZ"),
        ("country", "Congo, the Democratic Republic of the", "CD"),
        ("language", "fa-IR", "fa"),
        ("language", "Persian", "fa"),
        ("language", "فارسي", "fa"),
        ("language", "Farsi", "fa"),
        ("language", "pt_BR", "pt"),
        ("language", "Français", "fr"),
        ("language", "انگلیسی", "en"),
        ("timezone", "asia/tehran", "Asia/Tehran"),
        ("timezone", "America/New York", "America/New_York"),
        ("postal_code", "۱۹۱۱۷۱۳۹۵۵", "1911713955"),
        ("owner", "Nadia Kerr (Nadia@alder.example)", "nadia@alder.example"),
        ("owner", "Nadia Kerr", "Nadia Kerr"),
        ("status", "Pre-Qualified", "pre_qualified"),
        ("status", "ATTEMPTED_TO_CONTACT", "attempting_contact"),
        ("status", "Bad Timing", "contact_later"),
        ("status", "علاقه‌مند", "interested"),
        ("external_id", "88213", "88213"),
    ],
)
def test_what_people_write_becomes_what_we_keep(field: str, text: str, value: str) -> None:
    assert read(field, text) == value


@pytest.mark.parametrize("status", list(LeadStatus))
def test_every_status_is_read_from_its_key_and_its_words(status: LeadStatus) -> None:
    assert read("status", status.value) == status.value
    assert read("status", status.value.replace("_", " ").title()) == status.value


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("1985-05-17", date(1985, 5, 17)),
        ("1985/5/7", date(1985, 5, 7)),
        ("19850517", date(1985, 5, 17)),
        ("1985-05-17T00:00:00Z", date(1985, 5, 17)),
        ("1985-05-17 00:00", date(1985, 5, 17)),
        ("17.05.1985", date(1985, 5, 17)),
        ("17/05/1985", date(1985, 5, 17)),
        ("05/17/1985", date(1985, 5, 17)),
        ("03/04/1985", date(1985, 4, 3)),
        ("17 May 1985", date(1985, 5, 17)),
        ("May 17th, 1985", date(1985, 5, 17)),
        ("Friday, 17 Sept 1985", date(1985, 9, 17)),
        ("۱۳۶۴/۰۲/۲۷", date(1985, 5, 17)),
        ("1364-2-27", date(1985, 5, 17)),
        ("27/02/1364", date(1985, 5, 17)),
        ("۲۷ اردیبهشت ۱۳۶۴", date(1985, 5, 17)),
        ("27 ارديبهشت 1364", date(1985, 5, 17)),
        ("14 Mehr 1364", date(1985, 10, 6)),
        ("17/05/85", date(1985, 5, 17)),
        ("0/0/00", None),
        ("0000-00-00", None),
    ],
)
def test_birthdays_are_read_in_every_usual_spelling(text: str, day: date | None) -> None:
    assert read("birthday", text) == day


def test_day_and_month_are_told_apart_by_column_or_region() -> None:
    assert guess_order(["03/04/1985", "5/17/1985"]) is DateOrder.MONTH_FIRST
    assert guess_order(["03/04/1985", "۱۷/۵/۱۹۸۵"]) is DateOrder.DAY_FIRST
    assert guess_order(["03/04/1985"]) is None

    assert read("birthday", "03/04/1985", region="US") == date(1985, 3, 4)
    assert read("birthday", "03.04.1985", region="US") == date(1985, 4, 3)
    assert read("birthday", "03/04/1364", region="US") == date(1985, 6, 24)
    assert read("birthday", "03/04/1985", date_order=DateOrder.MONTH_FIRST) == date(1985, 3, 4)


def test_a_missing_century_is_the_last_one_that_lies_in_the_past() -> None:
    assert read("birthday", "17/05/85") == date(1985, 5, 17)
    assert read("birthday", "64/02/27", calendar=Calendar.JALALI) == date(1985, 5, 17)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("--05-17", "has no year"),
        ("05/17", "has no year"),
        ("1985-02-30", "not in the calendar"),
        ("1364/13/01", "not in the calendar"),
        ("1700-01-01", "Check the year"),
        ("2031-01-01", "lies in the future"),
        ("01/02/03", "four digits"),
        ("soon", "year, month and day"),
    ],
)
def test_a_birthday_that_cannot_be_is_a_problem(text: str, sentence: str) -> None:
    assert sentence in problem("birthday", text)


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("vip, newsletter;VIP|pricing page", ("vip", "newsletter", "pricing page")),
        ("مشتری، خبرنامه؛ ويژه، ویژه", ("مشتری", "خبرنامه", "ويژه")),
        ("Customers ::: Sales, EU ::: * starred ::: * myContacts", ("Customers", "Sales, EU")),
        ("* myContacts", ()),
        ("* Friends ::: * myContacts", ("Friends",)),
        ('"VIP","Dinner, guests"', ("VIP", "Dinner, guests")),
        ('"say ""hi""", b', ('say "hi"', "b")),
        ('5" pipe, b', ('5" pipe', "b")),
        ('"open, b', ('"open', "b")),
        (" , ;|\n", ()),
        ("a\nb", ("a", "b")),
    ],
)
def test_tags_are_taken_apart(text: str, tags: tuple[str, ...]) -> None:
    assert split_tags(text) == tags


@pytest.mark.parametrize(
    ("field", "text", "sentence"),
    [
        ("email", "sara.example.com", "has an @"),
        ("email", "a@b.example; c@d.example", "not an email"),
        ("phone", "12", "“12” is not a phone number"),
        ("phone", "9.89121E+11", "has cut this number to 9.89121E+11"),
        ("country", "Atlantis", "“Atlantis” is not a country we know"),
        ("country", "EU", "not a country"),
        ("language", "Klingonisch", "not a language we know"),
        ("timezone", "GMT+3:30", "not a time zone"),
        ("status", "subscribed", "not a lead status"),
        ("name", "x" * 301, "longer than 300 characters"),
        ("company", "x" * 201, "longer than 200 characters"),
        ("need", "x" * 100_001, "longer than 100000 characters"),
        ("email", "<" + "@" * 100_000, "longer than 254 characters"),
        ("owner", "a" * 100_000, "longer than 254 characters"),
        ("birthday", "1 " * 50_000, "longer than 1000 characters"),
        ("name", "a\0b", "no text"),
        ("tags", "x" * 81, "longer than 80 characters"),
        ("tags", "x," * 10_001, "longer than 20000 characters"),
    ],
)
def test_a_cell_that_does_not_fit_says_what_to_mend(field: str, text: str, sentence: str) -> None:
    assert sentence in problem(field, text)


@pytest.mark.parametrize(
    "hostile", ['"' * 20_000, '"x,' * 6_600, ',"""x' * 4_000, " " * 20_000, ":::" * 6_000]
)
def test_hostile_tags_take_no_time(hostile: str) -> None:
    started = time.process_time()

    with suppress(CellProblem):
        split_tags(hostile)

    assert time.process_time() - started < 2


@pytest.mark.parametrize("name", sorted(path.name for path in SAMPLES.iterdir()))
def test_every_cell_of_the_samples_can_be_read(name: str) -> None:
    shape = inspect(SAMPLES / name, filename=name)
    columns = [one.field for one in guess(shape.header, [row.cells for row in shape.samples])]

    contacts = [
        {field: read(field, cell) for field, cell in zip(columns, row.cells, strict=True) if field}
        for row in rows(SAMPLES / name, shape)
    ]

    assert len({contact["email"] for contact in contacts}) >= len(contacts) - 1
    assert contacts[0]["email"]
