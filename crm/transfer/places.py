"""Countries, languages and time zones as people write them in English and Persian, turned into codes."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal
from zoneinfo import available_timezones

from babel import Locale
from babel.core import get_global

from crm.core.text import fold

_LOCALES = ("en", "fa")
# CLDR lists regions that are no country of ISO 3166 beside the countries.
_NO_COUNTRIES = frozenset(
    {"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ", "AC", "CP", "CQ", "DG", "EA", "IC", "TA"}
)
# What people and other programs write beside the names of CLDR.
_COUNTRY_VARIANTS = {
    "AE": "UAE|Emirates|The Emirates|امارات|امارات متحده|دبی|Dubai",
    "AU": "استرالیا",
    "AT": "Österreich",
    "BA": "Bosnia|بوسنی",
    "BO": "Plurinational State of Bolivia",
    "BR": "Brasil",
    "BY": "روسیه سفید",
    "CD": "DR Congo|Democratic Republic of the Congo|Congo DR",
    "CG": "Republic of the Congo",
    "CH": "Schweiz|Suisse|Svizzera|سویس",
    "CI": "Ivory Coast|Cote d'Ivoire",
    "CN": "People's Republic of China|PRC|Mainland China",
    "CZ": "Czech Republic|چک|جمهوری چک",
    "DE": "Deutschland|Federal Republic of Germany|Allemagne",
    "DK": "Danmark",
    "DO": "Dominican Rep",
    "ES": "España",
    "FI": "Suomi",
    "FR": "République française",
    "GB": "UK|U.K.|Great Britain|England|Scotland|Wales|Northern Ireland|"
    "United Kingdom of Great Britain and Northern Ireland|انگلیس|انگلستان|بریتانیای کبیر|اسکاتلند|ولز",
    "GR": "Hellas",
    "HK": "Hong Kong|هنگ کنگ",
    "HU": "Magyarország",
    "IR": "Islamic Republic of Iran|Iran (Islamic Republic of)|I.R. Iran|Persia|"
    "جمهوری اسلامی ایران|کشور ایران",
    "IT": "Italia",
    "KP": "North Korea|Democratic People's Republic of Korea",
    "KR": "Korea|South Korea|Republic of Korea|کره|کره جنوبی",
    "LA": "Lao People's Democratic Republic",
    "MD": "Republic of Moldova",
    "MK": "Macedonia|مقدونیه",
    "MM": "Myanmar|Burma|برمه",
    "MO": "Macau|Macao",
    "NL": "Holland|The Netherlands|Nederland",
    "NO": "Norge",
    "PL": "Polska",
    "PS": "Palestine|State of Palestine|فلسطین",
    "RU": "Russian Federation|فدراسیون روسیه",
    "SA": "KSA|Kingdom of Saudi Arabia|عربستان",
    "SE": "Sverige",
    "SY": "Syrian Arab Republic",
    "SZ": "Swaziland",
    "TL": "East Timor",
    "TR": "Turkey|Republic of Turkey|Türkiye Cumhuriyeti",
    "TW": "Taiwan Province of China",
    "TZ": "United Republic of Tanzania",
    "US": "USA|U.S.A.|U.S.|United States of America|The United States|America|"
    "آمریکا|امریکا|ایالات متحده آمریکا|ایالات متحدهٔ آمریکا",
    "VE": "Bolivarian Republic of Venezuela",
    "VN": "Viet Nam",
}
_LANGUAGE_VARIANTS = {
    "fa": "Farsi|Parsi|پارسی|دری|Dari",
    "ar": "العربية|تازی",
    "de": "Deutsch",
    "es": "Español|Castellano",
    "fr": "Français",
    "it": "Italiano",
    "ku": "Kurdî",
    "nl": "Nederlands",
    "pl": "Polski",
    "pt": "Português",
    "ru": "Русский",
    "tr": "Türkçe|ترکی",
    "zh": "中文|Mandarin",
    "ja": "日本語",
}


def country_code(text: str) -> str | None:
    """ISO 3166 alpha-2 of a code (two or three letters) or a name; None for what is no country."""
    name, comma, rest = text.partition(",")
    inverted = f"{rest} {name}" if comma else name  # Korea, Republic of
    return _countries().get(_bare(text)) or _countries().get(_bare(inverted))


def language_code(text: str) -> str | None:
    """The bare language of a code or name: `fa` for fa-IR, Persian, Farsi and فارسی."""
    base = re.fullmatch(r"([A-Za-z]{2,3})[-_][A-Za-z0-9_-]+", text.strip())
    name = base[1] if base else re.sub(r"\s*\(.*\)\s*$", "", text)
    return _languages().get(_bare(name))


def timezone_name(text: str) -> str | None:
    """The name as IANA writes it, however its case and spaces were."""
    return _timezones().get(text.strip().replace(" ", "_").lower())


def _bare(text: str) -> str:
    words = re.sub(r"[\W_]+", " ", fold(text).replace(".", "").replace("'", "")).split()
    return " ".join(words[1:] if len(words) > 1 and words[0] == "the" else words)


@lru_cache(maxsize=1)
def _countries() -> dict[str, str]:
    codes = {code for code in _names("en", "territories") if re.fullmatch("[A-Z]{2}", code)} - _NO_COUNTRIES
    known: dict[str, str] = {}
    for alias, (code, *others) in get_global("territory_aliases").items():
        if code in codes and not others and not alias.isdigit():  # USA, IRN, UK; several heirs are ambiguous
            known[_bare(alias)] = code
    for locale in _LOCALES:
        known |= {_bare(name): code for code, name in _names(locale, "territories").items() if code in codes}
    for code, variants in _COUNTRY_VARIANTS.items():
        known |= {_bare(variant): code for variant in variants.split("|")}
    return known | {code.lower(): code for code in codes}


@lru_cache(maxsize=1)
def _languages() -> dict[str, str]:
    codes = {code for code in _names("en", "languages") if re.fullmatch("[a-z]{2,3}", code)}
    known = {
        _bare(alias): str(code) for alias, code in get_global("language_aliases").items() if code in codes
    }
    for locale in _LOCALES:
        known |= {_bare(name): code for code, name in _names(locale, "languages").items() if code in codes}
    for code, variants in _LANGUAGE_VARIANTS.items():
        known |= {_bare(variant): code for variant in variants.split("|")}
    return known | {code: code for code in codes}


def _names(locale: str, kind: Literal["territories", "languages"]) -> dict[str, str]:
    return {str(code): str(name) for code, name in getattr(Locale(locale), kind).items()}


@lru_cache(maxsize=1)
def _timezones() -> dict[str, str]:
    return {name.lower(): name for name in available_timezones()}
