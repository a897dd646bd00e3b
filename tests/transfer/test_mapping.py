"""Columns find their fields: by the names programs give them, by what they hold, or by what a person says."""

from __future__ import annotations

from pathlib import Path

import pytest

from crm.core.errors import Invalid
from crm.transfer.cells import FIELDS
from crm.transfer.mapping import (
    CHOSEN,
    FROM_VALUES,
    LEFT_OUT,
    OTHER_COLUMN,
    OTHER_VALUES,
    SAME_NAME,
    SURE,
    TWO_DATE_STYLES,
    guess,
    parse_map_option,
    with_choices,
)
from crm.transfer.reading import inspect

SAMPLES = Path(__file__).parent / "samples"
PERSIAN = {
    "نام": "first_name",
    "نام خانوادگی": "last_name",
    "ایمیل": "email",
    "موبایل": "phone",
    "شرکت": "company",
    "سمت": "job_title",
    "استان": "region",
    "شهر": "city",
    "کشور": "country",
    "آدرس": "address",
    "کد پستی": "postal_code",
    "تاریخ تولد": "birthday",
    "منبع آشنایی": "source",
    "وضعیت": "status",
    "برچسب‌ها": "tags",
}
GOOGLE_ADDRESS = {
    "Address 1 - Street": "address",
    "Address 1 - City": "city",
    "Address 1 - Region": "region",
    "Address 1 - Postal Code": "postal_code",
    "Address 1 - Country": "country",
}
OUTLOOK = {
    "First Name": "first_name",
    "Last Name": "last_name",
    "Company": "company",
    "Job Title": "job_title",
    "Business Street": "address",
    "Business City": "city",
    "Business State": "region",
    "Business Postal Code": "postal_code",
    "Business Country/Region": "country",
    "Birthday": "birthday",
    "E-mail Address": "email",
}


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        (
            "google-contacts.csv",
            {
                "First Name": "first_name",
                "Last Name": "last_name",
                "Organization Name": "company",
                "Organization Title": "job_title",
                "Birthday": "birthday",
                "Labels": "tags",
                "E-mail 1 - Value": "email",
                "Phone 1 - Value": "phone",
                **GOOGLE_ADDRESS,
            },
        ),
        (
            "google-contacts-old.csv",
            {
                "Name": "name",
                "Given Name": "first_name",
                "Family Name": "last_name",
                "Birthday": "birthday",
                "Language": "language",
                "Group Membership": "tags",
                "E-mail 1 - Value": "email",
                "Phone 1 - Value": "phone",
                "Organization 1 - Name": "company",
                "Organization 1 - Title": "job_title",
                **GOOGLE_ADDRESS,
            },
        ),
        (
            "outlook.csv",
            {**OUTLOOK, "Business Phone": "phone", "Categories": "tags", "Language": "language"},
        ),
        ("outlook-web.csv", {**OUTLOOK, "Mobile Phone": "phone"}),
        (
            "hubspot.csv",
            {
                "Record ID": "external_id",
                "First Name": "first_name",
                "Last Name": "last_name",
                "Email": "email",
                "Phone Number": "phone",
                "Contact owner": "owner",
                "Company Name": "company",
                "Job Title": "job_title",
                "Lifecycle Stage": "tags",
                "Lead Status": "status",
                "Street Address": "address",
                "City": "city",
                "State/Region": "region",
                "Postal Code": "postal_code",
                "Country/Region": "country",
                "Original Source": "source",
                "Preferred language": "language",
                "Time Zone": "timezone",
            },
        ),
        (
            "mailchimp.csv",
            {
                "Email Address": "email",
                "First Name": "first_name",
                "Last Name": "last_name",
                "Address": "address",
                "Phone Number": "phone",
                "TIMEZONE": "timezone",
                "CC": "country",
                "REGION": "region",
                "EUID": "external_id",
                "TAGS": "tags",
            },
        ),
        ("persian.csv", PERSIAN),
    ],
)
def test_exports_of_other_programs_map_themselves(name: str, fields: dict[str, str]) -> None:
    shape = inspect(SAMPLES / name, filename=name)

    guesses = guess(shape.header, [row.cells for row in shape.samples])

    assert [one.column for one in guesses] == list(shape.header)
    assert {one.column: one.field for one in guesses if one.field} == fields
    assert all(one.confidence >= SURE for one in guesses if one.field)


def test_persian_headings_typed_on_an_arabic_keyboard_are_the_same_headings() -> None:
    shape = inspect(SAMPLES / "persian-cp1256.csv", filename="persian-cp1256.csv")

    fields = [one.field for one in guess(shape.header, [row.cells for row in shape.samples])]

    assert fields == [*PERSIAN.values(), None]


def test_our_own_field_keys_map_to_themselves() -> None:
    header = sorted(FIELDS)

    guesses = guess(header, [])

    assert [(one.field, one.why) for one in guesses] == [(key, SAME_NAME) for key in header]


def test_the_first_of_several_email_columns_is_the_email() -> None:
    guesses = guess(["E-mail 1 - Value", "Email 1", "Work email"], [["a@b.example", "c@d.example", ""]])

    assert [(one.field, one.why) for one in guesses] == [
        ("email", guesses[0].why),
        (None, OTHER_COLUMN),
        (None, LEFT_OUT),
    ]


def test_a_well_filled_phone_column_goes_before_a_better_named_one() -> None:
    samples = [["", "021 88 00 00 00"], ["", "021 77 00 00 00"], ["0912 000 0147", "021 66 00 00 00"]]

    assert [one.field for one in guess(["Mobile Phone", "Business Phone"], samples)] == [None, "phone"]


def test_values_speak_where_headings_do_not() -> None:
    header = ["Spalte A", "Spalte B", "Spalte C", "Spalte D"]
    samples = [
        ["Ann", "ann@example.com", "۰۹۱۲ ۰۰۰ ۰۱۴۷", "ایران"],
        ["Bob", "bob@example.com", "+49 89 2318 0123", "Deutschland"],
    ]

    guesses = guess(header, samples)

    assert [one.field for one in guesses] == [None, "email", "phone", "country"]
    assert {one.why for one in guesses[1:]} == {FROM_VALUES}
    assert all(one.confidence < SURE for one in guesses)


def test_dates_and_numbers_are_not_taken_for_phones() -> None:
    samples = [["02/03/1990", "88213", "2025-01-14 09:10"], ["01-02-1991", "88214", "2025-01-15 09:10"]]

    assert [one.field for one in guess(["x", "y", "z"], samples)] == [None, None, None]


@pytest.mark.parametrize(
    ("heading", "values"),
    [
        ("Email", ["yes", "no", "yes"]),
        ("Birthday", ["05/17", "11/02", "12/24"]),
        ("Status", ["subscribed", "subscribed", "cleaned"]),
        ("Title", ["Mr.", "Dr.", "Ms"]),
        ("Country Code", ["98", "49", "44"]),
    ],
)
def test_a_heading_whose_values_do_not_fit_is_left_to_the_person(heading: str, values: list[str]) -> None:
    (only,) = guess([heading], [[value] for value in values])

    assert (only.field, only.why) == (None, OTHER_VALUES)


def test_birthdays_in_two_calendars_ask_for_a_look() -> None:
    (only,) = guess(["تاریخ تولد"], [["۱۳۶۴/۰۲/۲۷"], ["1990-05-17"]])

    assert (only.field, only.why) == ("birthday", TWO_DATE_STYLES)
    assert only.confidence < SURE


def test_name_means_the_first_name_beside_family_names_alone() -> None:
    assert [one.field for one in guess(["نام", "نام خانوادگی"], [])] == ["first_name", "last_name"]
    assert [one.field for one in guess(["نام", "ایمیل"], [])] == ["name", "email"]


@pytest.mark.parametrize(
    ("option", "expected"),
    [
        ("E-mail=email", ("E-mail", "email")),
        (" a=b = phone ", ("a=b", "phone")),
        ("Notes=", ("Notes", None)),
        ("Notes=-", ("Notes", None)),
    ],
)
def test_a_map_option_names_column_and_field(option: str, expected: tuple[str, str | None]) -> None:
    assert parse_map_option(option) == expected


@pytest.mark.parametrize("option", ["email", "=email", "Notes=note", "Score=score"])
def test_a_map_option_that_says_nothing_is_refused(option: str) -> None:
    with pytest.raises(Invalid):
        parse_map_option(option)


def test_choices_overrule_the_guesses() -> None:
    guesses = guess(["Email", "Second", "Notes", "Name"], [["a@b.example", "c@d.example", "x", "Ann"]])

    chosen = with_choices(guesses, {"second": "email", "Notes": "need", "Name": None})

    assert [(one.field, one.why) for one in chosen] == [
        (None, OTHER_COLUMN),
        ("email", CHOSEN),
        ("need", CHOSEN),
        (None, CHOSEN),
    ]


def test_choices_for_columns_that_are_not_there_or_doubled_are_refused() -> None:
    guesses = guess(["Email", "Second"], [])

    with pytest.raises(Invalid, match=r"no column “Third”\. Its columns are: Email, Second"):
        with_choices(guesses, {"Third": "email"})
    with pytest.raises(Invalid, match="Two columns are mapped to “phone”"):
        with_choices(guesses, {"Email": "phone", "Second": "phone"})
    assert [one.field for one in with_choices(guesses, {"Email": "tags", "Second": "tags"})] == [
        "tags",
        "tags",
    ]
