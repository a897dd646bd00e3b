"""Makes a Persian page show every sentence that the catalogue does not know, so that the client can refuse it."""

from __future__ import annotations

import gettext
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask
from flask_babel import get_locale

MARK = "⁂"
TRANSLATIONS = Path(__file__).resolve().parents[2] / "crm" / "translations"


class Missing(gettext.NullTranslations):
    """Stands behind the Persian catalogue and marks what falls through."""

    def gettext(self, message: str) -> str:
        return f"{MARK}{message}{MARK}"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return f"{MARK}{msgid1}{MARK}"

    def pgettext(self, context: str, message: str) -> str:
        return f"{MARK}{message}{MARK}"

    def npgettext(self, context: str, msgid1: str, msgid2: str, n: int) -> str:
        return f"{MARK}{msgid1}{MARK}"


def mark_missing(app: Flask) -> None:
    """From now on, Persian sentences that are missing stand between marks."""
    with app.app_context():
        domain = app.extensions["babel"].instance.domain_instance
    original = domain.get_translations

    def get_translations() -> Any:
        translations = original()
        locale = get_locale()
        if locale is not None and locale.language == "fa" and not isinstance(translations._fallback, Missing):
            translations._fallback = Missing()
        return translations

    domain.get_translations = get_translations


def compile_catalogues() -> None:
    """Write the .mo of every .po that is newer."""
    for source in TRANSLATIONS.glob("*/LC_MESSAGES/*.po"):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        with source.open("rb") as file:
            catalogue = read_po(file, locale=source.parts[-3])
        with target.open("wb") as file:
            write_mo(file, catalogue)
