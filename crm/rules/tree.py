"""A rule as a tree of plain values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from crm.rules.operators import Operator

Scalar = str | int | float | bool | date | datetime
Operand = Scalar | tuple[Scalar, ...]


@dataclass(frozen=True, slots=True)
class All:
    """Every one of these holds; of none, always."""

    rules: tuple[Rule, ...] = ()


@dataclass(frozen=True, slots=True)
class Any:
    """At least one of these holds; of none, never."""

    rules: tuple[Rule, ...] = ()


@dataclass(frozen=True, slots=True)
class Not:
    rule: Rule


@dataclass(frozen=True, slots=True)
class TagIs:
    """The contact carries the tag with this slug. A tag that does not exist is carried by nobody."""

    tag: str


@dataclass(frozen=True, slots=True)
class SegmentIs:
    segment: str


@dataclass(frozen=True, slots=True)
class FieldIs:
    """A field compared with a value: True for `known` and `unknown`, a tuple for lists and `between`."""

    field: str
    operator: Operator
    value: Operand


@dataclass(frozen=True, slots=True)
class Times:
    """How often; `value` is a pair for `between`."""

    operator: Operator
    value: int | tuple[int, int]

    @property
    def bounds(self) -> tuple[int, int | None]:
        """The least and the most that fit, None for no end."""
        if isinstance(self.value, tuple):
            return self.value
        match self.operator:
            case Operator.LT:
                return 0, self.value - 1
            case Operator.LTE:
                return 0, self.value
            case Operator.GT:
                return self.value + 1, None
            case Operator.GTE:
                return self.value, None
            case _:
                return self.value, self.value


@dataclass(frozen=True, slots=True)
class Did:
    """A fact happened; without `times` at least once. `where` compares the fact's attributes."""

    fact: str
    times: Times | None = None
    within_days: int | None = None
    where: tuple[FieldIs, ...] = ()

    @property
    def bounds(self) -> tuple[int, int | None]:
        return self.times.bounds if self.times else (1, None)


Leaf = TagIs | SegmentIs | FieldIs | Did
Rule = All | Any | Not | Leaf

EVERYONE = All()
NO_ONE = Any()


def leaves(rule: Rule) -> Iterator[Leaf]:
    """The clauses that are no groups, in the order they are written."""
    match rule:
        case All(rules) | Any(rules):
            for part in rules:
                yield from leaves(part)
        case Not(part):
            yield from leaves(part)
        case _:
            yield rule
