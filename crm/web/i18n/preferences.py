"""Whose language, time zone and calendar hold at this moment."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date

from flask import Flask, current_app, has_app_context, has_request_context
from flask_babel import force_locale

from crm.core import clock
from crm.core.calendars import MONDAY, SATURDAY, Calendar, local_date

LOCALES = ("en", "fa")
RIGHT_TO_LEFT = frozenset({"fa"})

_EXTENSION = "peyvand-preferences"


@dataclass(frozen=True, slots=True)
class Preferences:
    """How one person, or a mail to one person, writes time and numbers."""

    locale: str = "en"
    timezone: str = "UTC"
    calendar: str = "auto"
    """`gregorian`, `jalali`, or `auto`: Jalali in Persian, Gregorian otherwise."""
    first_weekday: int | None = None
    """From Monday as 0; None is Saturday in Persian, Monday otherwise."""

    @property
    def dates_in(self) -> Calendar:
        if self.calendar == "auto":
            return Calendar.JALALI if self.locale == "fa" else Calendar.GREGORIAN
        return Calendar(self.calendar)

    @property
    def week_begins(self) -> int:
        if self.first_weekday is None:
            return SATURDAY if self.locale == "fa" else MONDAY
        return self.first_weekday


@dataclass(frozen=True, slots=True)
class _Source:
    in_request: Callable[[], Preferences]
    elsewhere: Preferences


_forced: ContextVar[Preferences | None] = ContextVar("forced_preferences", default=None)


def ask(app: Flask, preferences: Callable[[], Preferences], *, elsewhere: Preferences) -> None:
    """Says where preferences come from: in a request, and outside of any."""
    app.extensions[_EXTENSION] = _Source(preferences, elsewhere)


def current_preferences() -> Preferences:
    forced = _forced.get()
    if forced is not None:
        return forced
    source: _Source | None = current_app.extensions.get(_EXTENSION) if has_app_context() else None
    if source is None:
        return Preferences()
    return source.in_request() if has_request_context() else source.elsewhere


@contextmanager
def force(preferences: Preferences) -> Iterator[None]:
    """Writes as somebody wants it read: for mails and jobs."""
    token = _forced.set(preferences)
    try:
        with force_locale(preferences.locale):
            yield
    finally:
        _forced.reset(token)


def lang() -> str:
    return current_preferences().locale


def direction() -> str:
    return "rtl" if lang() in RIGHT_TO_LEFT else "ltr"


def viewer_calendar() -> Calendar:
    return current_preferences().dates_in


def today() -> date:
    """The day it is for the viewer."""
    return local_date(clock.now(), current_preferences().timezone)
