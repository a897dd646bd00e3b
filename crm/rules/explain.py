"""Why a contact is in or not: every clause of a rule with its verdict and the contact's own values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any as Anything

from sqlalchemy import ColumnElement, Executable, Result, func, select

from crm.core.errors import NotFound
from crm.core.messages import N_
from crm.rules.compile import ask, count_parameters, existing, fact_rows
from crm.rules.days import RuleContext
from crm.rules.normal import expand
from crm.rules.tree import All, Any, Did, FieldIs, Leaf, Not, Rule, SegmentIs, TagIs, leaves
from crm.rules.vocabulary import Field, Single, Vocabulary, plain

_COLUMNS_AT_ONCE = 100
_PARAMETERS_AT_ONCE = 10_000

Execute = Callable[[Executable], Result[Anything]]


@dataclass(frozen=True, slots=True)
class Happened:
    """How often the counted fact happened to the contact, and when last."""

    count: int
    last_at: datetime | None


@dataclass(frozen=True, slots=True)
class ExplainedClause:
    """A clause with what became of it. A segment that is a rule has that rule as its only child."""

    clause: Rule
    verdict: bool
    values: tuple[object, ...] = ()
    """A field's values, one `Happened` for a fact, what the feature knows for a tag; else empty."""
    children: tuple[ExplainedClause, ...] = ()


def explain(
    rule: Rule,
    vocabulary: Vocabulary,
    context: RuleContext,
    *,
    over: ColumnElement[int],
    contact_id: int,
    execute: Execute,
) -> ExplainedClause:
    """The rule as it is written, clause by clause; verdicts come from the same SQL that finds contacts.

    `over` is the id column of the table of contacts, `execute` runs a select. Raises NotFound.
    """
    expand(rule, vocabulary)
    person = _Person(vocabulary, context, plain(over), contact_id, execute)
    return _explained(rule, person, person.verdicts(_asked_leaves(rule, vocabulary)))


def _asked_leaves(rule: Rule, vocabulary: Vocabulary) -> Iterator[Leaf]:
    for leaf in leaves(rule):
        inner = _written_out(leaf, vocabulary)
        if inner is None:
            yield leaf
        else:
            yield from _asked_leaves(inner, vocabulary)


def _written_out(leaf: Leaf, vocabulary: Vocabulary) -> Rule | None:
    segment = vocabulary.segment(leaf.segment) if isinstance(leaf, SegmentIs) else None
    return segment.members if segment and isinstance(segment.members, Rule) else None


def _explained(rule: Rule, person: _Person, verdicts: dict[Leaf, bool]) -> ExplainedClause:
    match rule:
        case All(rules):
            parts = tuple(_explained(part, person, verdicts) for part in rules)
            return ExplainedClause(rule, all(part.verdict for part in parts), children=parts)
        case Any(rules):
            parts = tuple(_explained(part, person, verdicts) for part in rules)
            return ExplainedClause(rule, any(part.verdict for part in parts), children=parts)
        case Not(part):
            inner = _explained(part, person, verdicts)
            return ExplainedClause(rule, not inner.verdict, children=(inner,))
    written_out = _written_out(rule, person.vocabulary)
    if written_out is not None:
        inner = _explained(written_out, person, verdicts)
        return ExplainedClause(rule, inner.verdict, children=(inner,))
    return ExplainedClause(rule, verdicts[rule], person.values(rule))


class _Person:
    """One contact as the database knows it."""

    def __init__(
        self,
        vocabulary: Vocabulary,
        context: RuleContext,
        over: ColumnElement[int],
        contact_id: int,
        execute: Execute,
    ) -> None:
        self.vocabulary = vocabulary
        self.context = context
        self.over = over
        self.contact_id = contact_id
        self.execute = execute
        self._field_values: dict[str, tuple[object, ...]] = {}

    def verdicts(self, asked: Iterable[Leaf]) -> dict[Leaf, bool]:
        verdicts: dict[Leaf, bool] = {}
        for part in self._in_parts(dict.fromkeys(asked)):
            columns = [condition.label(f"clause_{at}") for at, condition in enumerate(part.values())]
            row = self.execute(select(self.over, *columns).where(self.over == self.contact_id)).one_or_none()
            if row is None:
                raise NotFound(N_("This contact does not exist."))
            verdicts.update(zip(part, map(bool, row[1:]), strict=True))
        return verdicts

    def _in_parts(self, asked: Iterable[Leaf]) -> Iterator[dict[Leaf, ColumnElement[bool]]]:
        """As many clauses as fit into one statement; at least one part, so that the contact is looked up."""
        part: dict[Leaf, ColumnElement[bool]] = {}
        parameters = 0
        for leaf in asked:
            condition = ask(leaf, self.vocabulary, self.context, over=self.over, is_few=True)
            more = count_parameters(condition)
            if part and (len(part) == _COLUMNS_AT_ONCE or parameters + more > _PARAMETERS_AT_ONCE):
                yield part
                part, parameters = {}, 0
            part[leaf] = condition
            parameters += more
        yield part

    def values(self, leaf: Leaf) -> tuple[object, ...]:
        match leaf:
            case FieldIs(key):
                if key not in self._field_values:
                    self._field_values[key] = self._values_of(
                        existing(self.vocabulary.field(key), "field", key)
                    )
                return self._field_values[key]
            case Did():
                return (self._happened(leaf),)
            case TagIs(slug):
                tag = self.vocabulary.tag(slug)
                evidence = tag.evidence(self.contact_id) if tag and tag.evidence else None
                return () if evidence is None else (evidence,)
        return ()

    def _values_of(self, field: Field) -> tuple[object, ...]:
        if isinstance(field.stored, Single):
            wanted = select(field.stored.value(self.over)).where(self.over == self.contact_id)
        else:
            rows = field.stored.rows.subquery()
            wanted = select(rows.c.value).where(rows.c.contact_id == self.contact_id)
        found = self.execute(wanted).scalars()
        return tuple(_in_units(value, field.scale) for value in found if value is not None and value != "")

    def _happened(self, clause: Did) -> Happened:
        fact = existing(self.vocabulary.fact(clause.fact), "did", clause.fact)
        rows, conditions = fact_rows(fact, clause, self.context)
        counted = select(func.count().label("times"), func.max(rows.c.at).label("last_at")).where(
            rows.c.contact_id == self.contact_id, *conditions
        )
        row = self.execute(counted).one()
        return Happened(row.times, row.last_at)


def _in_units(value: Anything, scale: int) -> object:
    return value if scale == 1 else value / scale
