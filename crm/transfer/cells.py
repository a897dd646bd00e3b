"""The text of a cell turned into the value of its field, or into a sentence that says what is wrong."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from functools import lru_cache
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement

from crm.contacts.models import Company, Contact
from crm.core.calendars import Calendar
from crm.core.errors import Invalid
from crm.core.messages import N_
from crm.core.text import ascii_digits, clean_line, clean_text, fold, normalise_email, normalise_phone
from crm.tags.models import Tag
from crm.transfer.dates import DateOrder, read_past_day
from crm.transfer.formulas import unguard
from crm.transfer.places import country_code, language_code, timezone_name
from crm.transfer.states import email_status, lead_status

Value: TypeAlias = str | date | tuple[str, ...] | None

LONG_TEXT = 100_000
# No code, address or date is longer; what is goes no further, least of all into a pattern.
LONGEST_CODE = 1_000
TAG_LETTERS = 20_000
_SHOWN = 60

LINE_FIELDS = (
    "name",
    "first_name",
    "last_name",
    "company",
    "job_title",
    "region",
    "city",
    "source",
    "external_id",
    "budget",
    "timeline",
    "authority",
)
PARAGRAPH_FIELDS = ("address", "need", "decision_makers", "competitors", "objections")
CODE_FIELDS = (
    "email",
    "email_status",
    "phone",
    "country",
    "postal_code",
    "language",
    "timezone",
    "birthday",
    "owner",
    "status",
    "tags",
)
FIELDS = frozenset((*LINE_FIELDS, *PARAGRAPH_FIELDS, *CODE_FIELDS))
"""The field keys a file can fill."""

_SEVERAL = " ::: "
"""How Google Contacts puts several values into one cell."""


class CellProblem(Invalid):
    """A cell that does not hold what its field needs. `field` is the field key."""


def read_cell(
    field: str, text: str, *, region: str | None, calendar: Calendar, date_order: DateOrder | None = None
) -> Value:
    """The value as the contact will hold it: None for an empty cell, for `tags` a tuple.

    `region` (as `IR`) completes phone numbers and, with `date_order` of the whole column, settles 03/04/1985;
    `calendar` settles years of two digits. `owner` is an email address where there is one, otherwise the name
    that was written. Raises CellProblem.
    """
    text = unguard(text)
    if field in CODE_FIELDS and field != "tags" and len(text) > LONGEST_CODE:
        raise _too_long(field, min(longest_value(field), LONGEST_CODE))
    try:
        if field == "birthday":
            return read_past_day(clean_line(text), region=region, calendar=calendar, order=date_order)
        if field == "phone":
            return _phone(clean_line(text), region)
        if field == "tags":
            return split_tags(text)
        value = _READERS[field](text) or None
    except ValueError as error:
        raise CellProblem(str(error), field=field) from error
    longest = longest_value(field)
    if value is not None and len(value) > longest:
        raise _too_long(field, longest)
    return value


@lru_cache(maxsize=100)
def longest_value(field: str) -> int:
    """How many characters the field's column takes."""
    if field == "company":
        return _length_of(Company.__table__.c.name)
    return _length_of(Contact.__table__.c["email" if field == "owner" else field])


def _length_of(column: ColumnElement[Any]) -> int:
    return getattr(column.type, "length", None) or LONG_TEXT


def split_tags(text: str) -> tuple[str, ...]:
    """Separated by comma, semicolon, |, ::: or line break; a tag in quotes may hold those itself.

    Google's own groups (`* myContacts`, `* starred`) say nothing about a person and are left out.
    """
    if len(text) > TAG_LETTERS:
        raise _too_long("tags", TAG_LETTERS)
    longest = _length_of(Tag.__table__.c.name)
    pieces = _GOOGLE_LABELS if ":::" in text and '"' not in text else _TAGS
    tags: dict[str, str] = {}
    for piece in pieces.findall(text):
        tag = clean_line(_tag(piece.strip()))
        if len(tag) > longest:
            raise CellProblem(
                N_("The tag “%(tag)s” is longer than %(limit)s characters. Shorten it."),
                field="tags",
                tag=_shown(tag),
                limit=longest,
            )
        if tag:
            tags.setdefault(fold(tag), tag)
    return tuple(tags.values())


_BETWEEN_TAGS = r"(?::::|[,;|،؛\n\r]|\Z)"
# The possessive star keeps a cell full of quotes from being read over and over.
_TAGS = re.compile(rf'\s*("(?:[^"]|"")*+"(?=\s*{_BETWEEN_TAGS})|(?:(?!:::)[^,;|،؛\n\r])*+)\s*{_BETWEEN_TAGS}')
_GOOGLE_LABELS = re.compile(r"((?:(?!:::).)*+)(?::::|\Z)", re.DOTALL)
_GOOGLE_GROUPS = frozenset(
    {"* mycontacts", "* my contacts", "mycontacts", "* starred", "* starred in android"}
)


def _tag(piece: str) -> str:
    """What stands in quotes is the tag's own name, whatever it looks like."""
    if len(piece) >= 2 and piece[0] == piece[-1] == '"':
        return piece[1:-1].replace('""', '"')
    return "" if fold(piece) in _GOOGLE_GROUPS else piece.removeprefix("* ")


def _too_long(field: str, limit: int) -> CellProblem:
    return CellProblem(
        N_("This text is longer than %(limit)s characters. Shorten it."), field=field, limit=limit
    )


def _shown(text: str) -> str:
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"


def _first_of_several(text: str) -> str:
    if _SEVERAL.strip() not in text:
        return text.strip()
    return next((part.strip() for part in text.split(_SEVERAL.strip()) if part.strip()), "")


# Most addresses are this plain; the full rules cost ten times as much and say the same of them.
_PLAIN_ADDRESS = re.compile(
    r"([a-z0-9_+-]+(?:\.[a-z0-9_+-]+)*)@((?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24})",
    re.IGNORECASE | re.ASCII,
)


def _plain_address(text: str) -> str | None:
    found = _PLAIN_ADDRESS.fullmatch(text) if len(text) <= 200 else None
    if found is None or len(found[1]) > 64 or "--" in found[2]:
        return None
    return f"{found[1]}@{found[2].lower()}"


def _email(text: str) -> str | None:
    plain = _plain_address(text)
    if plain is not None:
        return plain
    text = _first_of_several(clean_line(text))
    named = re.fullmatch(r"[^<>]*<\s*([^<>\s]+@[^<>\s]+)\s*>", text)
    return normalise_email(named[1] if named else text) if text else None


def _owner(text: str) -> str | None:
    """HubSpot writes "Nadia Kerr (nadia@example.com)", others the name alone."""
    line = clean_line(text)
    found = re.search(r"[^\s()<>\[\],;:]+@[^\s()<>\[\],;:]+", line)
    return normalise_email(found[0]).lower() if found else line


_CUT_NUMBER = re.compile(r"\d[.,]?\d*E\+?\d+", re.IGNORECASE)


def _phone(text: str, region: str | None) -> str | None:
    text = _first_of_several(text)
    if not text:
        return None
    if _CUT_NUMBER.fullmatch(ascii_digits(text)):
        raise CellProblem(
            N_(
                "A spreadsheet has cut this number to %(value)s. "
                "Format the column as text and export it again."
            ),
            field="phone",
            value=text,
        )
    number = normalise_phone(text, region)
    if number is None:
        raise CellProblem(
            N_("“%(value)s” is not a phone number. Write it with its country code, as in +98 912 000 0147."),
            field="phone",
            value=_shown(text),
        )
    return number


def _postal_code(text: str) -> str:
    return ascii_digits(clean_line(text))


def _known(find: Callable[[str], str | None], field: str, message: str) -> Callable[[str], str | None]:
    def read(text: str) -> str | None:
        text = clean_line(text)
        found = find(text) if text else None
        if text and found is None:
            raise CellProblem(message, field=field, value=_shown(text))
        return found

    return read


_READERS: dict[str, Callable[[str], str | None]] = {
    **dict.fromkeys(LINE_FIELDS, clean_line),
    **dict.fromkeys(PARAGRAPH_FIELDS, clean_text),
    "email": _email,
    "owner": _owner,
    "postal_code": _postal_code,
    "country": _known(
        country_code,
        "country",
        N_(
            "“%(value)s” is not a country we know. "
            "Write its name in English or Persian, or its code, as in IR."
        ),
    ),
    "language": _known(
        language_code,
        "language",
        N_(
            "“%(value)s” is not a language we know. "
            "Write its name in English or Persian, or its code, as in fa."
        ),
    ),
    "timezone": _known(
        timezone_name,
        "timezone",
        N_("“%(value)s” is not a time zone. Write it as region and city, as in Asia/Tehran."),
    ),
    "email_status": _known(
        email_status,
        "email_status",
        N_(
            "“%(value)s” is not the state of an email address. Use one of the list, as in valid or opted_out."
        ),
    ),
    "status": _known(
        lead_status,
        "status",
        N_("“%(value)s” is not a lead status. Use one of the list, as in contacted or not interested."),
    ),
}
