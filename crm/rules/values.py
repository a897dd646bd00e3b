"""The values in a rule document, checked against what a field or an attribute holds."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Protocol, TypeVar

from crm.core.messages import N_
from crm.rules.days import FIRST_YEAR, LAST_YEAR
from crm.rules.errors import RuleError, below, shown
from crm.rules.operators import DAY_COUNTS, LISTS, PRESENCE, Kind, Operator
from crm.rules.tree import Operand, Scalar

MOST_VALUES = 10_000
MOST_DAYS = 36_500
LONGEST_TEXT = 1_000
GREATEST_NUMBER = 10**15
Day = TypeVar("Day", bound=date)
_NOT_TEXT = re.compile("[\x00\ud800-\udfff]")


class Comparable(Protocol):
    """What a field and an attribute of a fact have in common: values that can be compared."""

    @property
    def kind(self) -> Kind: ...

    @property
    def choices(self) -> Callable[[], Mapping[str, str]] | None: ...

    @property
    def fold(self) -> Callable[[str], str]: ...


def read_operand(of: Comparable, operator: Operator, written: object, path: str) -> Operand:
    """The value in its own type; raises RuleError for one that fits neither operator nor field."""
    if operator in PRESENCE:
        if written is not True:
            raise RuleError(N_("%(path)s: write true here, not %(found)s."), path, found=shown(written))
        return True
    if operator in DAY_COUNTS:
        return read_count(written, path, most=MOST_DAYS)
    if operator in LISTS:
        return tuple(_scalar(of, value, below(path, at)) for at, value in enumerate(_list(written, path)))
    if operator == Operator.BETWEEN:
        return tuple(_scalar(of, value, below(path, at)) for at, value in enumerate(_pair(written, path)))
    return _scalar(of, written, path)


def read_count(written: object, path: str, *, most: int) -> int:
    """A whole number from 0 on."""
    if isinstance(written, bool) or not isinstance(written, int):
        raise RuleError(N_("%(path)s: write a whole number here, not %(found)s."), path, found=shown(written))
    if not 0 <= written <= most:
        raise RuleError(N_("%(path)s: write a number from 0 to %(most)s."), path, most=most)
    return written


def read_counts(written: object, path: str, *, most: int) -> tuple[int, int]:
    first, last = _pair(written, path)
    return read_count(first, below(path, 0), most=most), read_count(last, below(path, 1), most=most)


def read_text(written: object, path: str) -> str:
    """Text that databases can take."""
    if not isinstance(written, str):
        raise RuleError(
            N_("%(path)s: write text in quotation marks here, not %(found)s."), path, found=shown(written)
        )
    if _NOT_TEXT.search(written):
        raise RuleError(N_("%(path)s: this text holds signs that are no text."), path)
    if len(written) > LONGEST_TEXT:
        raise RuleError(
            N_("%(path)s: this text is too long; up to %(most)s signs can be compared."),
            path,
            most=LONGEST_TEXT,
        )
    return written


def _list(written: object, path: str) -> list[object] | tuple[object, ...]:
    if not isinstance(written, list | tuple):
        raise RuleError(N_("%(path)s: write a list here, not %(found)s."), path, found=shown(written))
    if len(written) > MOST_VALUES:
        raise RuleError(
            N_("%(path)s: the list is too long; a clause holds up to %(most)s values."),
            path,
            most=MOST_VALUES,
        )
    return written


def _pair(written: object, path: str) -> list[object] | tuple[object, ...]:
    if not isinstance(written, list | tuple) or len(written) != 2:
        raise RuleError(N_("%(path)s: write a list of two values here, the first and the last."), path)
    return written


def _scalar(of: Comparable, written: object, path: str) -> Scalar:
    match of.kind:
        case Kind.NUMBER:
            return _number(written, path)
        case Kind.YES_NO:
            return _yes_or_no(written, path)
        case Kind.DATE:
            return _date(written, path)
        case Kind.DATETIME:
            return _moment(written, path)
        case Kind.CHOICE if of.choices:
            return _choice(of.choices(), read_text(written, path), path)
    text = read_text(written, path)
    if not of.fold(text):
        raise RuleError(
            N_("%(path)s: there is nothing here to compare with; ask for known or unknown."), path
        )
    return text


def _choice(choices: Mapping[str, str], text: str, path: str) -> str:
    if text in choices:
        return text
    wanted = text.casefold()
    for key in choices:
        if key.casefold() == wanted:
            return key
    raise RuleError(N_("%(path)s: “%(name)s” is not one of the choices."), path, name=shown(text))


def _number(written: object, path: str) -> int | float:
    if isinstance(written, bool) or not isinstance(written, int | float):
        raise RuleError(N_("%(path)s: write a number here, not %(found)s."), path, found=shown(written))
    if not -GREATEST_NUMBER <= written <= GREATEST_NUMBER:
        raise RuleError(N_("%(path)s: this number is too large."), path)
    return written


def _yes_or_no(written: object, path: str) -> bool:
    if not isinstance(written, bool):
        raise RuleError(N_("%(path)s: write true or false here, not %(found)s."), path, found=shown(written))
    return written


def _date(written: object, path: str) -> date:
    # YAML reads a day by itself; JSON leaves it as text.
    if isinstance(written, date) and not isinstance(written, datetime):
        return _in_years(written, path)
    try:
        if isinstance(written, str) and len(written) == len("2024-02-29"):
            return _in_years(date.fromisoformat(written), path)
    except ValueError:
        pass
    raise RuleError(
        N_("%(path)s: write a day as in 2024-02-29 here, not %(found)s."), path, found=shown(written)
    )


def _moment(written: object, path: str) -> date:
    """A day or a moment; one without an offset means the clocks of the workspace."""
    if isinstance(written, datetime):
        return _in_years(written, path)
    if isinstance(written, date) or (isinstance(written, str) and len(written) == len("2024-02-29")):
        return _date(written, path)
    try:
        if isinstance(written, str):
            return _in_years(datetime.fromisoformat(written), path)
    except ValueError:
        pass
    raise RuleError(
        N_("%(path)s: write a day (2024-02-29) or a time (2024-02-29T18:30:00+03:30) here, not %(found)s."),
        path,
        found=shown(written),
    )


def _in_years(day: Day, path: str) -> Day:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise RuleError(
            N_("%(path)s: write a year from %(first)s to %(last)s."), path, first=FIRST_YEAR, last=LAST_YEAR
        )
    return day
