"""Which column of a file becomes which field: guessed from the headings first, from the values second."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from crm.core.calendars import Calendar
from crm.core.errors import Invalid
from crm.core.messages import N_
from crm.core.text import ascii_digits, fold
from crm.transfer.cells import FIELDS, CellProblem, read_cell
from crm.transfer.dates import calendar_of
from crm.transfer.headings import RANKED, bare
from crm.transfer.places import country_code

SAME_NAME = N_("Same name")
KNOWN_NAME = N_("Known name")
FROM_VALUES = N_("Guessed from values")
TWO_DATE_STYLES = N_("Two date styles found")
OTHER_COLUMN = N_("Another column fills this field")
OTHER_VALUES = N_("The values do not fit the name")
LEFT_OUT = N_("Left out")
CHOSEN = N_("Chosen by you")

SURE = 0.9
"""From here on a guess needs no question."""

_TOGETHER = frozenset({"tags"})
"""Fields that take the values of several columns."""
_CHECKED = frozenset({"email", "email_status", "birthday", "country", "language", "timezone", "status"})
_HONORIFICS = frozenset(
    "mr mrs ms miss dr prof sir madam mx herr frau آقا خانم آقای دکتر مهندس جناب سرکار".split()
)
_PHONE = re.compile(r"(?:\+|00|0|\()[\d\s().\-]{7,20}")
_IRANIAN_MOBILE = re.compile(r"0?9\d{9}")
_ADDRESS = re.compile(r"[^\s@,;<>]+@[^\s@,;<>]+\.[^\s@,;<>]+")


@dataclass(frozen=True)
class ColumnGuess:
    column: str
    field: str | None
    """None: do not import."""
    confidence: float
    why: str
    """A msgid."""


@dataclass(frozen=True)
class _Candidate:
    position: int
    field: str
    rank: int
    filled: int
    confidence: float
    why: str


def guess(header: Sequence[str], samples: Sequence[Sequence[str]]) -> list[ColumnGuess]:
    """One guess a column, in the file's order; no field twice but `tags`."""
    columns = [_filled(samples, position) for position in range(len(header))]
    guesses = [ColumnGuess(name, None, 0.0, LEFT_OUT) for name in header]
    candidates = _by_heading(header, columns)
    chosen = _best_of_each(candidates)
    for candidate in candidates:
        name = header[candidate.position]
        if candidate in chosen:
            guesses[candidate.position] = ColumnGuess(
                name, candidate.field, candidate.confidence, candidate.why
            )
        elif candidate.why == OTHER_VALUES:
            guesses[candidate.position] = ColumnGuess(name, None, candidate.confidence, OTHER_VALUES)
        elif candidate.filled:
            guesses[candidate.position] = ColumnGuess(name, None, 0.5, OTHER_COLUMN)
    taken = {candidate.field for candidate in chosen}
    named = {candidate.position for candidate in candidates}
    for position, values in enumerate(columns):
        field = _by_values(values) if position not in named else None
        if field is not None and field not in taken:
            taken.add(field)
            guesses[position] = ColumnGuess(header[position], field, 0.7, FROM_VALUES)
    return guesses


def guess_region(mapping: Sequence[str | None], samples: Sequence[Sequence[str]]) -> str | None:
    """The country of phone numbers that do not name one: told by the mobile numbers of Iran, else by most rows."""
    phones = _filled(samples, mapping.index("phone")) if "phone" in mapping else []
    if any(_IRANIAN_MOBILE.fullmatch(re.sub(r"[\s()-]", "", ascii_digits(phone))) for phone in phones):
        return "IR"
    countries = _filled(samples, mapping.index("country")) if "country" in mapping else []
    codes = [code for country in countries if (code := country_code(country))]
    return max(codes, key=codes.count) if codes else None


def parse_map_option(option: str) -> tuple[str, str | None]:
    """`COLUMN=FIELD` of the command line; the field may be missing or `-` to leave the column out."""
    column, sign, field = option.rpartition("=")
    column, field = column.strip(), field.strip()
    if not sign or not column:
        raise Invalid(
            N_("“%(option)s” is not a mapping. Write COLUMN=FIELD, as in “E-mail=email”."), option=option
        )
    if field in {"", "-"}:
        return column, None
    if field not in FIELDS:
        raise Invalid(
            N_("There is no field “%(key)s” to import into. The fields are: %(fields)s."),
            key=field,
            fields=", ".join(sorted(FIELDS)),
        )
    return column, field


def with_choices(guesses: Iterable[ColumnGuess], choices: Mapping[str, str | None]) -> list[ColumnGuess]:
    """The guesses, overruled by what a person chose; a chosen field leaves the column guessed for it."""
    guesses = list(guesses)
    by_name = {bare(one.column) or one.column: one.column for one in reversed(guesses)}
    by_name |= {one.column: one.column for one in guesses}
    picked: dict[str, str | None] = {}
    for column, field in choices.items():
        name = by_name.get(column) or by_name.get(bare(column))
        if name is None:
            raise Invalid(
                N_("The file has no column “%(column)s”. Its columns are: %(columns)s."),
                column=column,
                columns=", ".join(one.column for one in guesses),
            )
        picked[name] = field
    fields = [field for field in picked.values() if field is not None and field not in _TOGETHER]
    twice = next((field for field in fields if fields.count(field) > 1), None)
    if twice is not None:
        raise Invalid(N_("Two columns are mapped to “%(key)s”. Choose one of them."), key=twice)
    return [
        ColumnGuess(one.column, picked[one.column], 1.0, CHOSEN)
        if one.column in picked
        else ColumnGuess(one.column, None, 0.5, OTHER_COLUMN)
        if one.field in fields
        else one
        for one in guesses
    ]


def _filled(samples: Sequence[Sequence[str]], position: int) -> list[str]:
    cells = (row[position].strip() for row in samples if position < len(row))
    return [cell for cell in cells if cell]


def _by_heading(header: Sequence[str], columns: Sequence[list[str]]) -> list[_Candidate]:
    known = [RANKED.get(bare(name)) for name in header]
    fields = {entry[0] for entry in known if entry}
    candidates = []
    for position, entry in enumerate(known):
        if entry is None:
            continue
        field, rank = entry
        if (
            field == "name"
            and "last_name" in fields
            and "first_name" not in fields
            and bare(header[position]) in _ALSO_FIRST
        ):
            field = "first_name"
        values = columns[position]
        confidence, why = _fit(field, rank, values)
        candidates.append(_Candidate(position, field, rank, len(values), confidence, why))
    return candidates


_ALSO_FIRST = frozenset({bare("نام"), bare("name")})
"""Beside a column of family names these mean the first name."""


def _fit(field: str, rank: int, values: list[str]) -> tuple[float, str]:
    named = (1.0, SAME_NAME) if rank == 0 else (0.95, KNOWN_NAME)
    if field == "job_title" and values and all(fold(value.strip(". ")) in _HONORIFICS for value in values):
        return 0.1, OTHER_VALUES  # Outlook's Title
    if field not in _CHECKED or not values:
        return named
    share = sum(_reads(field, value) for value in values) / len(values)
    if share < 0.5:
        return round(share / 2, 2), OTHER_VALUES
    if field == "birthday" and len({calendar_of(value) for value in values} - {None}) > 1:
        return 0.6, TWO_DATE_STYLES
    return round(named[0] * max(share, 0.6), 2), named[1]


def _reads(field: str, value: str) -> bool:
    try:
        read_cell(field, value, region=None, calendar=Calendar.GREGORIAN)
        return True
    except CellProblem:
        return False


def _best_of_each(candidates: list[_Candidate]) -> set[_Candidate]:
    """Of several columns for one field the best name, among those at least half as full as the fullest."""
    chosen: set[_Candidate] = set()
    for field in {candidate.field for candidate in candidates}:
        rivals = [one for one in candidates if one.field == field and one.why != OTHER_VALUES]
        if field in _TOGETHER:
            chosen.update(rivals)
        elif rivals:
            enough = max(one.filled for one in rivals) / 2
            chosen.add(
                min((one for one in rivals if one.filled >= enough), key=lambda one: (one.rank, one.position))
            )
    return chosen


def _by_values(values: list[str]) -> str | None:
    if not values:
        return None
    wanted = len(values) * 0.8
    if sum(bool(_ADDRESS.fullmatch(value)) for value in values) >= wanted:
        return "email"
    if sum(_looks_like_phone(value) for value in values) >= wanted:
        return "phone"
    if (
        len(values) > 1
        and sum(len(value) > 1 and country_code(value) is not None for value in values) >= wanted
    ):
        return "country"
    return None


def _looks_like_phone(value: str) -> bool:
    digits = ascii_digits(value)
    return bool(_PHONE.fullmatch(digits)) and 9 <= sum(sign.isdigit() for sign in digits) <= 15
