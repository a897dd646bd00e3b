"""Dates, numbers and directions as an English and as a Persian reader expect them."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from flask import Flask, render_template_string

from crm.core import clock
from crm.web import i18n
from crm.web.i18n import Preferences
from crm.web.i18n.sentences import gettext

# Monday 4 May 2026, 14 Ordibehesht 1405; 13:00 in Berlin, 14:30 in Tehran.
NOW = datetime(2026, 5, 4, 11, tzinfo=UTC)
MIDNIGHT_EVE = datetime(2026, 5, 4, 21, tzinfo=UTC)
ENGLISH = Preferences("en", "Europe/Berlin")
PERSIAN = Preferences("fa", "Asia/Tehran")

SENTENCES = {
    "just now": "همین حالا",
    "yesterday": "دیروز",
    "tomorrow": "فردا",
    "%(date)s, %(time)s": "%(date)s، %(time)s",
    "%(words)s, %(next)s": "%(words)s، %(next)s",
    "%(words)s and %(last)s": "%(words)s و %(last)s",
    "%(size)s MB": "%(size)s مگابایت",
    ("%(count)s minute ago", "%(count)s minutes ago"): ("%(count)s دقیقه پیش", "%(count)s دقیقه پیش"),
    ("%(count)s day ago", "%(count)s days ago"): ("%(count)s روز پیش", "%(count)s روز پیش"),
    ("in %(count)s hour", "in %(count)s hours"): ("%(count)s ساعت دیگر", "%(count)s ساعت دیگر"),
}


@pytest.fixture(scope="module")
def translations(tmp_path_factory):
    catalog = Catalog(locale="fa")
    for english, persian in SENTENCES.items():
        catalog.add(english, persian)
    file = BytesIO()
    write_mo(file, catalog)
    folder = tmp_path_factory.mktemp("translations")
    (folder / "fa/LC_MESSAGES").mkdir(parents=True)
    (folder / "fa/LC_MESSAGES/messages.mo").write_bytes(file.getvalue())
    return folder


@pytest.fixture
def viewer():
    return {"preferences": ENGLISH}


@pytest.fixture
def app(translations, viewer):
    app = Flask(__name__)
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(translations)
    i18n.init_i18n(app, lambda: viewer["preferences"], elsewhere=Preferences("en", "UTC"))

    @app.get("/")
    def show():
        return render_template_string(
            "{{ lang() }} {{ direction() }} {{ now|date }} {{ 1234|number }} {{ 0.5|percent }} "
            "{{ _('yesterday') }}",
            now=NOW,
        )

    with clock.frozen(NOW):
        yield app


@pytest.fixture
def in_english(app):
    with app.app_context(), i18n.force(ENGLISH):
        yield


@pytest.fixture
def in_persian(app):
    with app.app_context(), i18n.force(PERSIAN):
        yield


@pytest.mark.parametrize(
    ("preferences", "calendar", "week_begins"),
    [
        (Preferences("en"), "gregorian", 0),
        (Preferences("fa"), "jalali", 5),
        (Preferences("fa", calendar="gregorian"), "gregorian", 5),
        (Preferences("en", calendar="jalali", first_weekday=6), "jalali", 6),
    ],
)
def test_preferences_left_open_follow_the_language(preferences, calendar, week_begins):
    assert preferences.dates_in == calendar
    assert preferences.week_begins == week_begins


def test_a_page_is_written_for_its_viewer(app, viewer):
    client = app.test_client()

    english = client.get("/").text
    viewer["preferences"] = PERSIAN
    persian = client.get("/").text

    assert english == "en ltr Mon 4 May 1,234 50% yesterday"
    assert persian == "fa rtl دوشنبه ۱۴ اردیبهشت ۱٬۲۳۴ ۵۰٪ دیروز"


def test_the_language_of_one_request_does_not_stick_to_the_next_inside_one_context(app, viewer):
    with app.app_context():
        client = app.test_client()
        client.get("/")
        viewer["preferences"] = PERSIAN

        assert client.get("/").text.endswith("دیروز")


def test_outside_a_request_the_workspace_decides_until_somebody_is_forced(app):
    with app.app_context():
        assert gettext("yesterday") == "yesterday"
        assert i18n.format_time(NOW) == "11:00"

        with i18n.force(PERSIAN):
            assert gettext("yesterday") == "دیروز"
            assert i18n.format_time(NOW) == "۱۴:۳۰"
            with i18n.force(ENGLISH):
                assert gettext("yesterday") == "yesterday"
            assert gettext("yesterday") == "دیروز"

        assert gettext("yesterday") == "yesterday"
        assert i18n.lang() == "en"


def test_a_mail_forced_inside_a_request_does_not_change_the_page(app, viewer):
    with app.test_request_context("/"):
        with i18n.force(PERSIAN):
            assert i18n.direction() == "rtl"

        assert i18n.direction() == "ltr"
        assert gettext("yesterday") == "yesterday"


def test_without_any_app_numbers_can_still_be_written():
    assert i18n.format_number(1234) == "1,234"


@pytest.mark.usefixtures("in_english")
@pytest.mark.parametrize(
    ("number", "decimals", "expected"),
    [
        (0, None, "0"),
        (1_284_000, None, "1,284,000"),
        (100, None, "100"),
        (-1234.5, None, "-1,234.5"),
        (2.345, None, "2.35"),
        (-0.001, None, "0"),
        (Decimal("12.5"), 2, "12.50"),
        (2.5, 0, "3"),
    ],
)
def test_numbers_in_english(number, decimals, expected):
    assert i18n.format_number(number, decimals) == expected


@pytest.mark.usefixtures("in_persian")
def test_numbers_in_persian():
    assert i18n.format_number(1_284_000) == "۱٬۲۸۴٬۰۰۰"
    assert i18n.format_number(Decimal("12.5")) == "۱۲٫۵"
    assert i18n.format_number(-5) == "\u200e−۵"
    assert i18n.format_percent(0.088) == "۸٫۸٪"
    assert i18n.digits("12 / a") == "۱۲ / a"


@pytest.mark.usefixtures("in_english")
@pytest.mark.parametrize(
    ("ratio", "expected"),
    [(0, "0%"), (1, "100%"), (0.088, "8.8%"), (0.04, "4%"), (0.0996, "10%"), (0.1849, "18%"), (-0.05, "-5%")],
)
def test_percentages_have_decimals_where_they_tell_something(ratio, expected):
    assert i18n.format_percent(ratio) == expected


@pytest.mark.usefixtures("in_english")
def test_percentages_can_have_the_decimals_asked_for():
    assert i18n.format_percent(0.4567, 1) == "45.7%"


@pytest.mark.usefixtures("in_english")
def test_file_sizes_in_english():
    assert i18n.format_file_size(1) == "1 byte"
    assert i18n.format_file_size(999) == "999 bytes"
    assert i18n.format_file_size(48_256) == "48 kB"
    assert i18n.format_file_size(1_250_000) == "1.2 MB"
    assert i18n.format_file_size(3_000_000_000) == "3 GB"


@pytest.mark.usefixtures("in_persian")
def test_file_sizes_in_persian():
    assert i18n.format_file_size(1_250_000) == "۱٫۲ مگابایت"


@pytest.mark.usefixtures("in_english")
def test_lists_in_english():
    assert i18n.format_list([]) == ""
    assert i18n.format_list(["a"]) == "a"
    assert i18n.format_list(["a", "b"]) == "a and b"
    assert i18n.format_list(["a", "50%", "c", "d"]) == "a, 50%, c and d"


@pytest.mark.usefixtures("in_persian")
def test_lists_in_persian():
    assert i18n.format_list(["الف", "ب", "ج"]) == "الف، ب و ج"


@pytest.mark.usefixtures("in_english")
def test_dates_in_english():
    assert i18n.format_date(date(2026, 5, 6)) == "Wed 6 May"
    assert i18n.format_date(date(2025, 5, 4)) == "Sun 4 May 2025"
    assert i18n.format_date_short(date(2026, 6, 2)) == "2 Jun"
    assert i18n.format_date_short(date(2027, 6, 2)) == "2 Jun 2027"
    assert i18n.format_date_full(date(2026, 5, 4)) == "Monday 4 May 2026"
    assert i18n.format_date_dense(date(2026, 5, 4)) == "2026-05-04"
    assert i18n.format_month(date(2026, 2, 1)) == "February 2026"
    assert i18n.other_calendar(date(2026, 5, 4)) == "14 Ordibehesht 1405"


@pytest.mark.usefixtures("in_persian")
def test_dates_in_persian():
    assert i18n.format_date(date(2026, 5, 4)) == "دوشنبه ۱۴ اردیبهشت"
    assert i18n.format_date(date(2026, 3, 20)) == "جمعه ۲۹ اسفند ۱۴۰۴"
    assert i18n.format_date_short(date(2026, 5, 4)) == "۱۴ اردیبهشت"
    assert i18n.format_date_full(date(2026, 5, 4)) == "دوشنبه ۱۴ اردیبهشت ۱۴۰۵"
    assert i18n.format_date_dense(date(2026, 5, 4)) == "۱۴۰۵/۰۲/۱۴"
    assert i18n.format_month(date(2026, 5, 4)) == "اردیبهشت ۱۴۰۵"
    assert i18n.month_name(12) == "اسفند"
    assert i18n.other_calendar(date(2026, 5, 4)) == "۴ مه ۲۰۲۶"


def test_a_persian_reader_may_want_gregorian_dates_and_an_english_one_jalali(app):
    with app.app_context():
        with i18n.force(Preferences("fa", calendar="gregorian")):
            assert i18n.format_date(date(2026, 5, 4)) == "دوشنبه ۴ مه"
            assert i18n.format_date_dense(date(2026, 5, 4)) == "۲۰۲۶-۰۵-۰۴"
        with i18n.force(Preferences("en", calendar="jalali")):
            assert i18n.format_date(date(2026, 5, 4)) == "Mon 14 Ordibehesht"


@pytest.mark.usefixtures("in_english")
def test_moments_in_english():
    assert i18n.format_time(NOW) == "13:00"
    assert i18n.format_time(time(9, 5)) == "09:05"
    assert i18n.format_datetime(NOW) == "Mon 4 May, 13:00"


@pytest.mark.usefixtures("in_persian")
def test_moments_in_persian_fall_on_the_day_of_tehran():
    assert i18n.format_datetime(MIDNIGHT_EVE) == "سه‌شنبه ۱۵ اردیبهشت، ۰۰:۳۰"
    assert i18n.format_date_short(MIDNIGHT_EVE) == "۱۵ اردیبهشت"


@pytest.mark.usefixtures("in_english")
@pytest.mark.parametrize(
    ("ahead", "expected"),
    [
        (timedelta(seconds=-59), "just now"),
        (timedelta(0), "just now"),
        (timedelta(minutes=-1), "1 minute ago"),
        (timedelta(minutes=-12), "12 minutes ago"),
        (timedelta(hours=-1), "1 hour ago"),
        (timedelta(hours=-12, minutes=-59), "12 hours ago"),
        (timedelta(hours=-14), "yesterday"),
        (timedelta(days=-3), "3 days ago"),
        (timedelta(days=-6), "6 days ago"),
        (timedelta(days=-7), "27 Apr"),
        (timedelta(days=-365), "4 May 2025"),
        (timedelta(minutes=5), "in 5 minutes"),
        (timedelta(hours=2), "in 2 hours"),
        (timedelta(days=1), "tomorrow"),
        (timedelta(days=3), "in 3 days"),
        (timedelta(days=7), "11 May"),
    ],
)
def test_a_moment_is_told_by_its_distance_up_to_a_week(ahead, expected):
    assert i18n.format_ago(NOW + ahead) == expected


@pytest.mark.usefixtures("in_english")
def test_shortly_after_midnight_hours_say_more_than_yesterday():
    with clock.frozen(datetime(2026, 5, 4, 23, tzinfo=UTC)):
        assert i18n.format_ago(datetime(2026, 5, 4, 21, tzinfo=UTC)) == "2 hours ago"


@pytest.mark.usefixtures("in_persian")
def test_distances_in_persian():
    assert i18n.format_ago(NOW) == "همین حالا"
    assert i18n.format_ago(NOW - timedelta(minutes=12)) == "۱۲ دقیقه پیش"
    assert i18n.format_ago(NOW - timedelta(days=1)) == "دیروز"
    assert i18n.format_ago(NOW + timedelta(hours=2)) == "۲ ساعت دیگر"
    assert i18n.format_ago(NOW - timedelta(days=20)) == "۲۵ فروردین"


@pytest.mark.usefixtures("in_english")
def test_a_day_without_a_time_is_told_in_days():
    assert i18n.format_ago(date(2026, 5, 4)) == "today"
    assert i18n.format_ago(date(2026, 5, 5)) == "tomorrow"
    assert i18n.format_ago(date(2026, 5, 1)) == "3 days ago"


@pytest.mark.usefixtures("in_english")
def test_in_a_list_column_the_date_comes_right_after_yesterday():
    assert i18n.format_ago_dense(NOW - timedelta(minutes=12)) == "12 minutes ago"
    assert i18n.format_ago_dense(NOW - timedelta(days=1)) == "yesterday"
    assert i18n.format_ago_dense(NOW - timedelta(days=2)) == "2 May"


def test_the_week_begins_where_the_viewer_begins_it(app):
    with app.app_context():
        with i18n.force(PERSIAN):
            assert i18n.weekday_names()[0] == "شنبه"
            assert "".join(i18n.weekday_initials()) == "شیدسچپج"
        with i18n.force(ENGLISH):
            assert i18n.weekday_names()[0] == "Monday"
            assert "".join(i18n.weekday_initials()) == "MTWTFSS"
