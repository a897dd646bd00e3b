"""The kinds of values a field may hold and the operators each of them understands."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """What a value is. Money is a number, an address of the web a text."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    DATETIME = "datetime"
    CHOICE = "choice"
    YES_NO = "yes_no"


class Operator(StrEnum):
    """How a field is compared; the values are the words of rule documents."""

    IS = "is"
    IS_NOT = "is_not"
    IN = "in"
    NOT_IN = "not_in"
    CONTAINS = "contains"
    STARTS_WITH = "starts_with"
    ENDS_WITH = "ends_with"
    KNOWN = "known"
    UNKNOWN = "unknown"
    LT = "lt"
    LTE = "lte"
    GT = "gt"
    GTE = "gte"
    BETWEEN = "between"
    BEFORE = "before"
    AFTER = "after"
    WITHIN_DAYS = "within_days"
    WITHIN_NEXT_DAYS = "within_next_days"
    OLDER_THAN_DAYS = "older_than_days"
    ANNIVERSARY_WITHIN_DAYS = "anniversary_within_days"


PRESENCE = frozenset({Operator.KNOWN, Operator.UNKNOWN})
LISTS = frozenset({Operator.IN, Operator.NOT_IN})
NEGATIONS = {Operator.IS_NOT: Operator.IS, Operator.NOT_IN: Operator.IN}
"""Comparisons that hold when the value is known and the other one does not hold for any value."""
DAY_COUNTS = frozenset(
    {
        Operator.WITHIN_DAYS,
        Operator.WITHIN_NEXT_DAYS,
        Operator.OLDER_THAN_DAYS,
        Operator.ANNIVERSARY_WITHIN_DAYS,
    }
)
COUNTS = (Operator.IS, Operator.LT, Operator.LTE, Operator.GT, Operator.GTE, Operator.BETWEEN)
"""What `times` understands."""

_EQUALITY = (Operator.IS, Operator.IS_NOT, Operator.IN, Operator.NOT_IN)
_ORDER = (Operator.LT, Operator.LTE, Operator.GT, Operator.GTE, Operator.BETWEEN)
_PRESENCE = (Operator.KNOWN, Operator.UNKNOWN)
_DAYS = (
    *_EQUALITY,
    Operator.BEFORE,
    Operator.AFTER,
    *_ORDER,
    Operator.WITHIN_DAYS,
    Operator.WITHIN_NEXT_DAYS,
    Operator.OLDER_THAN_DAYS,
    Operator.ANNIVERSARY_WITHIN_DAYS,
    *_PRESENCE,
)

OPERATORS: dict[Kind, tuple[Operator, ...]] = {
    Kind.TEXT: (*_EQUALITY, Operator.CONTAINS, Operator.STARTS_WITH, Operator.ENDS_WITH, *_PRESENCE),
    Kind.NUMBER: (*_EQUALITY, *_ORDER, *_PRESENCE),
    Kind.DATE: _DAYS,
    Kind.DATETIME: _DAYS,
    Kind.CHOICE: (*_EQUALITY, *_PRESENCE),
    Kind.YES_NO: (Operator.IS, Operator.IS_NOT, *_PRESENCE),
}
"""In the order a builder offers them."""
