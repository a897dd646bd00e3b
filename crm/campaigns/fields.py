"""Fields of the campaign forms: a time of day, a list of days, a text file."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_wtf.file import FileField
from wtforms.validators import StopValidation

from crm.core.calendars import parse_date
from crm.core.text import ascii_digits
from crm.sequences.logic.schedule import read_time
from crm.web.fields import TrimmedStringField, TrimmedTextField
from crm.web.i18n import format_date_dense
from crm.web.i18n.sentences import gettext as _

MOST_BYTES = 2_000_000


class TimeOfDayField(TrimmedStringField):
    """A time of day as 09:00, in any of our digits; 24:00 is the end of the day."""

    def read(self, text: str) -> str:
        plain = ascii_digits(text.strip())
        plain = f"{plain}:00" if plain.isdigit() else plain
        plain = plain.zfill(5)
        try:
            read_time(plain)
        except ValueError:
            raise ValueError(_("Write a time as in 09:00.")) from None
        return plain


class DaysField(TrimmedTextField):
    """One day on each line, in either calendar; kept as ISO dates."""

    def read(self, text: str) -> Any:
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        try:
            return sorted({parse_date(line).isoformat() for line in lines})
        except ValueError as problem:
            raise ValueError(_(str(problem))) from None

    def show(self, value: Any) -> str:
        return "\n".join(format_date_dense(date.fromisoformat(day)) for day in value)


class TextFileField(FileField):  # type: ignore[misc]  # Flask-WTF has no hints
    """A text file; its data is what it says."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        super().process_formdata(valuelist)
        file: Any = getattr(self, "data", None)
        if file:
            try:
                self.data = file.read(MOST_BYTES).decode("utf-8-sig")
            except UnicodeDecodeError:
                self.data = None
                raise ValueError(_("This file is not text in UTF-8.")) from None

    def pre_validate(self, form: Any) -> None:
        if self.process_errors:
            raise StopValidation
