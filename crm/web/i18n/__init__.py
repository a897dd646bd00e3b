"""Language, direction, calendar and digits of whoever looks: the one place that writes dates and numbers."""

from collections.abc import Callable
from pathlib import Path
from typing import cast

from babel.support import Translations
from flask import Flask, g, has_request_context
from flask_babel import Babel, get_translations, refresh

import crm
from crm.web.i18n.dates import (
    format_ago,
    format_ago_dense,
    format_date,
    format_date_dense,
    format_date_full,
    format_date_short,
    format_datetime,
    format_month,
    format_time,
    month_name,
    other_calendar,
    weekday_initials,
    weekday_names,
)
from crm.web.i18n.names import country_name, language_name
from crm.web.i18n.numbers import digits, format_file_size, format_list, format_number, format_percent
from crm.web.i18n.preferences import (
    LOCALES,
    Preferences,
    ask,
    current_preferences,
    direction,
    force,
    lang,
    today,
    viewer_calendar,
)

__all__ = [
    "LOCALES",
    "Preferences",
    "country_name",
    "current_preferences",
    "digits",
    "direction",
    "force",
    "format_ago",
    "format_ago_dense",
    "format_date",
    "format_date_dense",
    "format_date_full",
    "format_date_short",
    "format_datetime",
    "format_file_size",
    "format_list",
    "format_month",
    "format_number",
    "format_percent",
    "format_time",
    "init_i18n",
    "lang",
    "month_name",
    "other_calendar",
    "today",
    "viewer_calendar",
    "weekday_initials",
    "weekday_names",
]

_TRANSLATIONS = Path(crm.__file__).parent / "translations"
_FILTERS = {
    "ago": format_ago,
    "ago_dense": format_ago_dense,
    "country_name": country_name,
    "language_name": language_name,
    "and_list": format_list,
    "date": format_date,
    "date_dense": format_date_dense,
    "date_full": format_date_full,
    "date_short": format_date_short,
    "datetime": format_datetime,
    "digits": digits,
    "file_size": format_file_size,
    "month": format_month,
    "number": format_number,
    "other_calendar": other_calendar,
    "percent": format_percent,
    "time": format_time,
}
_GLOBALS = {
    "direction": direction,
    "lang": lang,
    "month_name": month_name,
    "today": today,
    "viewer_calendar": viewer_calendar,
    "weekday_initials": weekday_initials,
    "weekday_names": weekday_names,
}


def _catalogue() -> Translations:
    """The viewer's catalogue. A page asks for hundreds of sentences, so a request looks it up once for a language."""
    locale = current_preferences().locale
    held: tuple[str, Translations] | None = g.get("catalogue") if has_request_context() else None
    if held is None or held[0] != locale:
        held = (locale, cast("Translations", get_translations()))
        if has_request_context():
            g.catalogue = held
    return held[1]


def init_i18n(
    app: Flask, preferences: Callable[[], Preferences], *, elsewhere: Preferences | None = None
) -> None:
    """Asks `preferences` in a request; commands and jobs get `elsewhere` unless they `force` somebody's."""
    ask(app, preferences, elsewhere=elsewhere or Preferences())
    Babel(
        app,
        default_translation_directories=str(_TRANSLATIONS),
        locale_selector=lambda: current_preferences().locale,
    )
    # Flask-Babel keeps the language in `g`, which outlives a request inside an older app context.
    app.before_request(refresh)
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        lambda text: _catalogue().ugettext(text),
        lambda one, many, count: _catalogue().ungettext(one, many, count),
        newstyle=True,
        pgettext=lambda context, text: _catalogue().upgettext(context, text),
    )
    app.jinja_env.filters.update(_FILTERS)
    app.jinja_env.globals.update(_GLOBALS)
