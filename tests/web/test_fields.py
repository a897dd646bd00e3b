"""What people type into fields, in both scripts, and what they are told when it cannot be read."""

from datetime import date
from decimal import Decimal

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict
from wtforms import Form
from wtforms.validators import DataRequired, NumberRange, Optional

from crm.web import i18n
from crm.web.fields import (
    EmailAddressField,
    LocalDateField,
    LocalDecimalField,
    LocalIntegerField,
    PhoneField,
    TrimmedStringField,
    TrimmedTextField,
)
from crm.web.i18n import Preferences


class ContactForm(Form):
    name = TrimmedStringField("Name", [DataRequired()], max_length=20)
    notes = TrimmedTextField("Notes", [Optional()])
    email = EmailAddressField("Email")
    phone = PhoneField("Phone", region=lambda: "IR")
    born_on = LocalDateField("Born on", [Optional()])
    seats = LocalIntegerField("Seats", [Optional(), NumberRange(max=500)])
    budget = LocalDecimalField("Budget", [Optional()])


@pytest.fixture(autouse=True)
def in_english():
    app = Flask(__name__)
    i18n.init_i18n(app, Preferences)
    with app.test_request_context("/"):
        yield


@pytest.fixture
def in_persian(in_english):
    with i18n.force(Preferences("fa")):
        yield


def filled(**typed):
    form = ContactForm(MultiDict({"name": "Sara", **typed}))
    form.validate()
    return form


@pytest.mark.parametrize(
    ("field", "typed", "value"),
    [
        ("name", "  سارا احمدی\n", "سارا احمدی"),
        ("notes", " one\r\ntwo ", "one\ntwo"),
        ("email", " Sara@Example.COM", "Sara@example.com"),
        ("phone", "۰۹۱۲ ۰۰۰ ۰۱۴۷", "+989120000147"),
        ("born_on", "۱۳۷۰/۰۱/۰۱", date(1991, 3, 21)),
        ("born_on", "1991-03-21", date(1991, 3, 21)),
        ("seats", "۱۲", 12),
        ("seats", " 1٢ ", 12),
        ("budget", "۱۲٫۵", Decimal("12.5")),
        ("budget", "۱٬۲۳۴٬۵۶۷٫۸۹", Decimal("1234567.89")),
        ("budget", "1,234.50", Decimal("1234.50")),
        ("budget", "\u200e−۵", Decimal(-5)),
    ],
)
def test_what_is_typed_is_understood(field, typed, value):
    form = filled(**{field: typed})

    assert form[field].data == value
    assert form.errors == {}


def test_fields_left_blank_are_empty():
    form = filled(notes=" ", email="", phone=" ", born_on="", seats="", budget=" ")

    assert form.errors == {}
    assert form.notes.data == ""
    assert [form[name].data for name in ("email", "phone", "born_on", "seats", "budget")] == [None] * 5


@pytest.mark.parametrize(
    ("field", "typed", "reason"),
    [
        ("name", "a" * 21, "This is too long: 21 characters of at most 20."),
        ("name", "a\x00b", "This text holds signs that are no text."),
        ("notes", "a" * 10_001, "10,001 characters"),
        ("email", "sara", "An email address has an @"),
        ("phone", "call me", "country code"),
        ("born_on", "yesterday", "Write the date"),
        ("born_on", "1404/12/30", "not in the calendar"),
        ("born_on", "9999-01-01", "Check the year"),
        ("seats", "12.5", "Write a whole number"),
        ("seats", "twelve", "Write a whole number"),
        ("seats", "٣²", "Write a whole number"),
        ("seats", "9" * 19, "too large"),
        ("budget", "12,5", "Write a number, as in 1,200.5"),
        ("budget", "1e5", "Write a number"),
        ("budget", "NaN", "Write a number"),
        ("budget", "9" * 5000, "too large"),
    ],
)
def test_what_cannot_be_read_gets_one_error_that_says_what_to_mend(field, typed, reason):
    form = filled(**{field: typed})

    assert list(form.errors) == [field]
    assert len(form[field].errors) == 1
    assert reason in form[field].errors[0]


def test_what_cannot_be_read_stays_in_the_field():
    form = filled(born_on="1404/12/30", seats="<b>", name="a\x00" + "b" * 30)

    assert 'value="1404/12/30"' in form.born_on()
    assert 'value="&lt;b&gt;"' in form.seats()
    assert 'value="a' + "b" * 30 + '"' in form.name()


def test_other_rules_still_hold_for_what_was_read():
    assert filled(seats="۵۰۱").seats.errors == ["Number must be at most 500."]
    assert filled(name="  ").name.errors == ["This field is required."]


def test_addresses_and_numbers_run_from_left_to_right():
    form = ContactForm()

    assert 'dir="ltr"' in form.email()
    assert 'dir="ltr"' in form.phone()
    assert 'maxlength="20"' in form.name()


def test_stored_values_are_shown_to_an_english_viewer():
    form = ContactForm(data={"born_on": date(2026, 5, 4), "seats": 1200, "budget": Decimal("1200.125")})

    assert 'value="2026-05-04"' in form.born_on()
    assert 'data-calendar="gregorian"' in form.born_on()
    assert 'value="1200"' in form.seats()
    assert 'value="1,200.125"' in form.budget()


@pytest.mark.usefixtures("in_persian")
def test_stored_values_are_shown_to_a_persian_viewer():
    form = ContactForm(data={"born_on": date(2026, 5, 4), "seats": 1200, "budget": Decimal("1200.125")})

    assert 'value="۱۴۰۵/۰۲/۱۴"' in form.born_on()
    assert 'data-calendar="jalali"' in form.born_on()
    assert 'value="۱۲۰۰"' in form.seats()
    assert 'value="۱٬۲۰۰٫۱۲۵"' in form.budget()


@pytest.mark.usefixtures("in_persian")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(
    st.dates(date(1900, 1, 1), date(2120, 1, 1)),
    st.integers(-(10**17), 10**17),
    st.decimals(-(10**9), 10**9, places=4),
)
def test_what_a_field_shows_it_reads_again(born_on, seats, budget):
    shown = ContactForm(data={"born_on": born_on, "seats": seats, "budget": budget})

    read = ContactForm(MultiDict({name: shown[name]._value() for name in ("born_on", "seats", "budget")}))

    assert (read.born_on.data, read.seats.data, read.budget.data) == (born_on, seats, budget)
