"""One comparison as SQL that is true or false for every row, never unknown."""

from __future__ import annotations

import typing
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    ColumnElement,
    Double,
    Numeric,
    String,
    and_,
    bindparam,
    cast,
    extract,
    false,
    func,
    literal,
    or_,
    select,
    true,
    type_coerce,
)

from crm.rules.days import (
    RuleContext,
    Span,
    anniversary_moments,
    anniversary_months,
    date_spans,
    moment_spans,
)
from crm.rules.operators import NEGATIONS, Kind, Operator
from crm.rules.tree import Operand, Scalar
from crm.rules.values import Comparable

FEW_VALUES = 20
"""So many values of a list stand in the statement; a longer list travels as one JSON document."""
_ALL_IN_ONE = 50
# Databases may shift the moments they take apart into the zone of their session: up to 26 hours from ours.
_ZONE_SLACK = 2


class Scaled(Comparable, typing.Protocol):
    @property
    def scale(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Place:
    """Where the compared value stands in the statement, and its folded twin if there is one."""

    value: ColumnElement[typing.Any]
    folded: ColumnElement[str] | None = None


def is_known(of: Comparable, place: Place) -> ColumnElement[bool]:
    """Empty text is not known."""
    if of.kind in (Kind.TEXT, Kind.CHOICE):
        return and_(place.value.is_not(None), type_coerce(place.value, String) != "")
    return place.value.is_not(None)


def compare(
    of: Scaled, operator: Operator, value: Operand, place: Place, context: RuleContext
) -> ColumnElement[bool]:
    """Whether one value fits; false when it is not known, except for `unknown`."""
    if operator == Operator.KNOWN:
        return is_known(of, place)
    if operator == Operator.UNKNOWN:
        return ~is_known(of, place)
    if operator in NEGATIONS:
        return and_(is_known(of, place), ~compare(of, NEGATIONS[operator], value, place, context))
    return and_(place.value.is_not(None), _fits(of, operator, value, place, context))


def balanced(
    join: typing.Callable[..., ColumnElement[bool]], clauses: Sequence[ColumnElement[bool]]
) -> ColumnElement[bool]:
    """Clauses joined by `and_` or `or_` in a flat tree: SQLite refuses a chain of a thousand."""
    clauses = list(clauses)
    while len(clauses) > _ALL_IN_ONE:
        groups = [clauses[at : at + _ALL_IN_ONE] for at in range(0, len(clauses), _ALL_IN_ONE)]
        # The coercion keeps SQLAlchemy from making one chain of it again.
        clauses = [type_coerce(join(*group), Boolean).self_group() for group in groups]
    return join(*clauses)


def _fits(
    of: Scaled, operator: Operator, value: Operand, place: Place, context: RuleContext
) -> ColumnElement[bool]:
    match of.kind:
        case Kind.NUMBER:
            return _number_fits(operator, value, place.value, of.scale)
        case Kind.YES_NO:
            return place.value == literal(bool(value), Boolean)
        case Kind.DATE:
            return _date_fits(operator, value, place.value, context)
        case Kind.DATETIME:
            return _moment_fits(operator, value, place.value, context)
        case Kind.CHOICE if of.choices:
            return _one_of([str(member) for member in _members(value)], type_coerce(place.value, String))
    return _text_fits(operator, [of.fold(str(member)) for member in _members(value)], place)


def _members(value: Operand) -> tuple[Scalar, ...]:
    return value if isinstance(value, tuple) else (value,)


def _text_fits(operator: Operator, wanted: list[str], place: Place) -> ColumnElement[bool]:
    if place.folded is None:
        return _folded_text_fits(
            operator, wanted, func.peyvand_fold(type_coerce(place.value, String), type_=String)
        )
    # The twin is asked too, so that a missing one is false and not unknown.
    folded = type_coerce(place.folded, String)
    return and_(folded.is_not(None), _folded_text_fits(operator, wanted, folded))


def _folded_text_fits(
    operator: Operator, wanted: list[str], folded: ColumnElement[str]
) -> ColumnElement[bool]:
    match operator:
        case Operator.CONTAINS:
            return folded.contains(wanted[0], autoescape=True)
        case Operator.STARTS_WITH:
            return folded.startswith(wanted[0], autoescape=True)
        case Operator.ENDS_WITH:
            return folded.endswith(wanted[0], autoescape=True)
    return _one_of(wanted, folded)


def _one_of(wanted: list[str], column: ColumnElement[str]) -> ColumnElement[bool]:
    if len(wanted) == 1:
        return column == literal(wanted[0], String)
    if len(wanted) <= FEW_VALUES:
        return column.in_([literal(text, String) for text in wanted]) if wanted else false()
    return column.in_(select(_listed(wanted)))


def _listed(texts: list[str]) -> ColumnElement[str]:
    """A column with a row for each text: keys of a JSON object, which both databases unpack alike."""
    document = bindparam(None, dict.fromkeys(texts), type_=JSON, unique=True)
    return typing.cast("ColumnElement[str]", func.json_each(document).table_valued("key").c.key)


def _number_fits(
    operator: Operator, value: Operand, column: ColumnElement[typing.Any], scale: int
) -> ColumnElement[bool]:
    numbers = [_stored(member, scale) for member in _members(value)]
    if operator == Operator.IN and len(numbers) > FEW_VALUES:
        return column.in_(select(cast(_listed([str(number) for number in numbers]), Numeric)))
    bound = [_literal(number) for number in numbers]
    match operator:
        case Operator.IN:
            return column.in_(bound) if bound else false()
        case Operator.LT:
            return column < bound[0]
        case Operator.LTE:
            return column <= bound[0]
        case Operator.GT:
            return column > bound[0]
        case Operator.GTE:
            return column >= bound[0]
        case Operator.BETWEEN:
            return and_(column >= bound[0], column <= bound[1])
    return column == bound[0]


def _stored(value: Scalar, scale: int) -> int | float:
    exact = Decimal(str(value)) * scale
    return int(exact) if exact == exact.to_integral_value() else float(exact)


def _literal(number: int | float) -> ColumnElement[typing.Any]:
    return literal(number, BigInteger) if isinstance(number, int) else literal(number, Double)


def _date_fits(
    operator: Operator, value: Operand, column: ColumnElement[typing.Any], context: RuleContext
) -> ColumnElement[bool]:
    if operator == Operator.ANNIVERSARY_WITHIN_DAYS:
        return _in_months(anniversary_months(typing.cast("int", value), context.today), column)
    return _in_spans(date_spans(operator, value, context), column)


def _moment_fits(
    operator: Operator, value: Operand, column: ColumnElement[typing.Any], context: RuleContext
) -> ColumnElement[bool]:
    if operator != Operator.ANNIVERSARY_WITHIN_DAYS:
        return _in_spans(moment_spans(operator, value, context), column)
    days = typing.cast("int", value)
    moments = anniversary_moments(days, context)
    if moments is None:
        return true()
    # Two hundred spans are many; the month and day in UTC tell quickly whether they are worth a look.
    roughly = anniversary_months(days, context.today, slack=_ZONE_SLACK)
    return and_(_in_months(roughly, column), type_coerce(_in_spans(moments, column), Boolean).self_group())


def _in_months(
    months: list[tuple[int, int]] | None, column: ColumnElement[typing.Any]
) -> ColumnElement[bool]:
    if months is None:
        return true()
    day = extract("month", column) * 100 + extract("day", column)
    return or_(*(and_(day >= first, day <= last) for first, last in months))


def _in_spans(
    spans: Sequence[Span[date]] | Sequence[Span[datetime]], column: ColumnElement[typing.Any]
) -> ColumnElement[bool]:
    return balanced(or_, [_in_span(span, column) for span in spans]) if spans else false()


def _in_span(span: Span[typing.Any], column: ColumnElement[typing.Any]) -> ColumnElement[bool]:
    ends = []
    if span.start is not None:
        ends.append(column >= literal(span.start, column.type))
    if span.end is not None:
        ends.append(column < literal(span.end, column.type))
    return and_(*ends)


def contact_is_in(column: ColumnElement[int], ids: Iterable[int]) -> ColumnElement[bool]:
    return column.in_(select(cast(_listed([str(number) for number in ids]), BigInteger)))
