"""Sentences in a language that is named, where there is no request to ask: mails and what jobs write."""

from __future__ import annotations

from functools import lru_cache

from babel.support import NullTranslations, Translations

from crm.config import ROOT

LANGUAGES = ("en", "fa")


def language_of(locale: str | None, otherwise: str) -> str:
    """The language of ours that a locale such as fa-IR means, else the other one."""
    code = (locale or "").replace("_", "-").partition("-")[0].lower()
    return code if code in LANGUAGES else otherwise


def sentence(msgid: str, locale: str, **params: object) -> str:
    """The sentence in a language, with its values put in."""
    text = _catalogue(locale).ugettext(msgid)
    return text % params if params else text


@lru_cache(maxsize=8)
def _catalogue(locale: str) -> NullTranslations:
    return Translations.load(ROOT / "crm" / "translations", [locale])
