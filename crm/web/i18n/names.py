"""Names of countries and languages, in the language of whoever looks."""

from __future__ import annotations

from babel import Locale

from crm.web.i18n.preferences import lang


def country_name(code: str) -> str:
    """The country of an ISO 3166 code; an unknown code stands as it is."""
    return str(Locale.parse(lang()).territories.get(code.upper(), code))


def language_name(code: str) -> str:
    """The language of an ISO 639 code; an unknown code stands as it is."""
    return str(Locale.parse(lang()).languages.get(code.lower(), code))
