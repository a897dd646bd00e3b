"""Dates and times in the viewer's calendar, zone and words."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from crm.core import calendars, clock
from crm.core.calendars import WEEKDAY_NAMES, Calendar, local_date, local_time, parts
from crm.web.i18n.numbers import digits, format_number
from crm.web.i18n.preferences import current_preferences, lang, today, viewer_calendar
from crm.web.i18n.sentences import gettext, ngettext

_WEEKDAY_INITIALS = {"en": tuple("MTWTFSS"), "fa": tuple("دسچپجشی")}


def format_date(value: date) -> str:
    """Mon 4 May; with the year when it is another one."""
    day = _local_day(value)
    return f"{_weekday(day)} {format_date_short(day)}"


def format_date_short(value: date) -> str:
    """4 May; with the year when it is another one."""
    day = _local_day(value)
    calendar = viewer_calendar()
    is_this_year = parts(day, calendar).year == parts(today(), calendar).year
    return _day_and_month(day, calendar) if is_this_year else _day_month_year(day, calendar)


def format_date_full(value: date) -> str:
    """Monday 4 May 2026, with nothing shortened and nothing left out."""
    day = _local_day(value)
    written = parts(day, viewer_calendar())
    weekday = WEEKDAY_NAMES[lang()][day.weekday()]
    return digits(f"{weekday} {written.day} {month_name(written.month)} {written.year}")


def format_date_dense(value: date) -> str:
    """2026-05-04 or ۱۴۰۵/۰۲/۱۴: for narrow columns, and what a date field can read again."""
    written = parts(_local_day(value), viewer_calendar())
    sign = "-" if viewer_calendar() == Calendar.GREGORIAN else "/"
    return digits(f"{written.year:04}{sign}{written.month:02}{sign}{written.day:02}")


def format_month(value: date) -> str:
    """May 2026: the head of a calendar sheet that holds the day."""
    written = parts(_local_day(value), viewer_calendar())
    return digits(f"{month_name(written.month)} {written.year}")


def month_name(month: int) -> str:
    """A month of the viewer's calendar, from 1."""
    return calendars.month_name(month, viewer_calendar(), lang())


def format_time(value: datetime | time) -> str:
    """24 hours; a moment as the viewer's clock shows it."""
    local = local_time(value, current_preferences().timezone) if isinstance(value, datetime) else value
    return digits(f"{local:%H:%M}")


def format_datetime(value: datetime) -> str:
    return gettext("%(date)s, %(time)s", date=format_date(value), time=format_time(value))


def other_calendar(value: date) -> str:
    """The same day in the calendar the viewer does not use: for titles."""
    is_jalali = viewer_calendar() == Calendar.JALALI
    return _day_month_year(_local_day(value), Calendar.GREGORIAN if is_jalali else Calendar.JALALI)


def format_ago(value: date) -> str:
    """How long ago or how far ahead, up to a week; then the date."""
    days = (_local_day(value) - today()).days
    if isinstance(value, datetime):
        ahead = value - clock.now()
        if abs(ahead) < timedelta(hours=1):
            return _minutes(int(ahead / timedelta(minutes=1)))
        # Late in the evening “2 hours ago” says more than “yesterday”.
        if days == 0 or abs(ahead) < timedelta(hours=6):
            return _hours(int(ahead / timedelta(hours=1)))
    return _days(days) if abs(days) < 7 else format_date_short(value)


def format_ago_dense(value: date) -> str:
    """The same for list columns, where the date comes right after yesterday and tomorrow."""
    is_near = abs((_local_day(value) - today()).days) <= 1
    return format_ago(value) if is_near else format_date_short(value)


def weekday_names() -> list[str]:
    """Full names in the order of the viewer's week."""
    return _in_week_order(WEEKDAY_NAMES[lang()])


def weekday_initials() -> list[str]:
    """What stands over the columns of a calendar."""
    return _in_week_order(_WEEKDAY_INITIALS[lang()])


def _in_week_order(names: Sequence[str]) -> list[str]:
    first = current_preferences().week_begins
    return [names[(first + n) % 7] for n in range(7)]


def _local_day(value: date) -> date:
    # A datetime is a date to Python, too.
    return local_date(value, current_preferences().timezone) if isinstance(value, datetime) else value


def _weekday(day: date) -> str:
    name = WEEKDAY_NAMES[lang()][day.weekday()]
    return name[:3] if lang() == "en" else name


def _day_and_month(day: date, calendar: Calendar) -> str:
    written = parts(day, calendar)
    name = calendars.month_name(written.month, calendar, lang())
    is_shortened = (calendar, lang()) == (Calendar.GREGORIAN, "en")
    return digits(f"{written.day} {name[:3] if is_shortened else name}")


def _day_month_year(day: date, calendar: Calendar) -> str:
    return f"{_day_and_month(day, calendar)} {digits(parts(day, calendar).year)}"


def _minutes(ahead: int) -> str:
    count = format_number(abs(ahead))
    if ahead == 0:
        return gettext("just now")
    if ahead > 0:
        return ngettext("in %(count)s minute", "in %(count)s minutes", ahead, count=count)
    return ngettext("%(count)s minute ago", "%(count)s minutes ago", -ahead, count=count)


def _hours(ahead: int) -> str:
    count = format_number(abs(ahead))
    if ahead > 0:
        return ngettext("in %(count)s hour", "in %(count)s hours", ahead, count=count)
    return ngettext("%(count)s hour ago", "%(count)s hours ago", -ahead, count=count)


def _days(ahead: int) -> str:
    near = {-1: gettext("yesterday"), 0: gettext("today"), 1: gettext("tomorrow")}
    if ahead in near:
        return near[ahead]
    count = format_number(abs(ahead))
    if ahead > 0:
        return ngettext("in %(count)s day", "in %(count)s days", ahead, count=count)
    return ngettext("%(count)s day ago", "%(count)s days ago", -ahead, count=count)
