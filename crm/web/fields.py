"""Form fields that read what people type in both scripts, calendars and digits, and say what to mend.

What cannot be read stays in the field as it was typed, with one error. Left blank, a text is empty, and an
address, a number or a date is None.
"""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar, TypeVar

from markupsafe import Markup
from wtforms import Field
from wtforms.validators import StopValidation
from wtforms.widgets import EmailInput, TelInput, TextArea, TextInput

from crm.core.calendars import parse_date
from crm.core.text import ascii_digits, clean_line, clean_text, normalise_email, normalise_phone
from crm.web.i18n import digits, format_date_dense, format_number, viewer_calendar
from crm.web.i18n.sentences import gettext as _

MAX_LINE = 255
MAX_TEXT = 10_000

# The largest number of an eight-byte column has 19 digits.
_MAX_DIGITS = 18
_INTEGER = re.compile(r"[+-]?\d+", re.ASCII)
_DECIMAL = re.compile(r"[+-]?\d+(\.\d+)?", re.ASCII)
_GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?", re.ASCII)
_UNSEEN = re.compile(r"[\s\u200c\u200e\u200f\u061c\u2066-\u2069]")
_TYPED_SIGNS = str.maketrans({"٬": ",", "،": ",", "٫": ".", "−": "-"})

Value = TypeVar("Value")


class _TypedField(Field):
    """Reads a text with `read`, which raises ValueError with a translated sentence; writes it with `show`."""

    widget: Any = TextInput()
    attributes: ClassVar[dict[str, str]] = {}

    def __init__(
        self,
        label: str | None = None,
        validators: list[Any] | None = None,
        *,
        render_kw: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(label, validators, render_kw=self.attributes | (render_kw or {}), **kwargs)

    def read(self, text: str) -> Any:
        raise NotImplementedError

    def show(self, value: Any) -> str:
        return str(value)

    def process_formdata(self, valuelist: list[Any]) -> None:
        if valuelist:
            # Validators and the page see what was typed when it cannot be read.
            self.data = valuelist[0]
            self.data = self.read(valuelist[0])

    def pre_validate(self, form: Any) -> None:
        # The range of what could not be read says nothing, and DataRequired would drop the real error.
        if self.process_errors:
            raise StopValidation

    def _value(self) -> str:
        if self.raw_data:
            return _without_nul(self.raw_data[0])
        return "" if self.data is None else self.show(self.data)


class TrimmedStringField(_TypedField):
    """One line without spaces around it and without control signs."""

    longest: ClassVar[int] = MAX_LINE

    def __init__(
        self,
        label: str | None = None,
        validators: list[Any] | None = None,
        *,
        max_length: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(label, validators, **kwargs)
        self.max_length = max_length or self.longest
        self.flags.maxlength = self.max_length

    def read(self, text: str) -> str:
        return self.measured(_said(clean_line, text))

    def measured(self, text: str) -> str:
        if len(text) > self.max_length:
            most, typed = format_number(self.max_length), format_number(len(text))
            raise ValueError(
                _("This is too long: %(typed)s characters of at most %(most)s.", typed=typed, most=most)
            )
        return text


class TrimmedTextField(TrimmedStringField):
    """The same for several lines."""

    widget: Any = TextArea()
    longest: ClassVar[int] = MAX_TEXT

    def read(self, text: str) -> str:
        return self.measured(_said(clean_text, text))


class EmailAddressField(_TypedField):
    """An address as it is stored; None when left blank."""

    widget = EmailInput()
    attributes: ClassVar[dict[str, str]] = {"dir": "ltr", "autocomplete": "email"}

    def read(self, text: str) -> str | None:
        return _said(normalise_email, text) if text.strip() else None


class PhoneField(_TypedField):
    """A number as E.164; `region` (as `IR`, or a function that says it) fills in for a missing country."""

    widget = TelInput()
    attributes: ClassVar[dict[str, str]] = {"dir": "ltr", "autocomplete": "tel"}

    def __init__(
        self,
        label: str | None = None,
        validators: list[Any] | None = None,
        *,
        region: Callable[[], str | None] | str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(label, validators, **kwargs)
        self.region = region

    def read(self, text: str) -> str | None:
        if not text.strip():
            return None
        number = normalise_phone(text, self.region() if callable(self.region) else self.region)
        if number is None:
            raise ValueError(_("Write the number with its country code, as in +98 21 8888 0000."))
        return number


class LocalDateField(_TypedField):
    """A day in either calendar and any of our digits, shown in the viewer's."""

    attributes: ClassVar[dict[str, str]] = {"inputmode": "numeric", "autocomplete": "off"}

    def __call__(self, **kwargs: Any) -> Markup:
        # Tells the date picker which calendar to open.
        return super().__call__(**{"data-calendar": viewer_calendar().value, **kwargs})

    def read(self, text: str) -> date | None:
        return _said(parse_date, text) if text.strip() else None

    def show(self, value: date) -> str:
        return format_date_dense(value)


class LocalIntegerField(_TypedField):
    """A whole number in any of our digits."""

    attributes: ClassVar[dict[str, str]] = {"inputmode": "numeric", "autocomplete": "off"}

    def read(self, text: str) -> int | None:
        number = _plain_number(text)
        if not number:
            return None
        if not _INTEGER.fullmatch(number):
            raise ValueError(_("Write a whole number, as in %(example)s.", example=format_number(1200)))
        return int(number)

    def show(self, value: int) -> str:
        return digits(value)


class LocalDecimalField(_TypedField):
    """A number in any of our digits and with either sign for the decimals, as a Decimal."""

    attributes: ClassVar[dict[str, str]] = {"inputmode": "decimal", "autocomplete": "off"}

    def read(self, text: str) -> Decimal | None:
        number = _plain_number(text)
        if not number:
            return None
        if not _DECIMAL.fullmatch(number):
            raise ValueError(
                _("Write a number, as in %(example)s.", example=format_number(Decimal("1200.5")))
            )
        return Decimal(number)

    def show(self, value: Decimal) -> str:
        exponent = value.as_tuple().exponent
        return format_number(value, max(0, -exponent) if isinstance(exponent, int) else None)


def _said(read: Callable[[str], Value], text: str) -> Value:
    try:
        return read(text)
    except ValueError as problem:
        raise ValueError(_(str(problem))) from None


def _plain_number(text: str) -> str:
    """ASCII digits, a point and no grouping; a comma that groups no thousands stays, and is refused."""
    number = _UNSEEN.sub("", ascii_digits(text)).translate(_TYPED_SIGNS)
    if _GROUPED.fullmatch(number):
        number = number.replace(",", "")
    if sum(sign.isdigit() for sign in number) > _MAX_DIGITS:
        raise ValueError(_("This number is too large."))
    return number


def _without_nul(text: str) -> str:
    # NUL is not allowed in HTML; the error beside the field says why it is gone.
    return text.replace("\x00", "")
