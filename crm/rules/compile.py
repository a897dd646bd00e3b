"""Rules as SQL over the column that holds the id of a contact."""

from __future__ import annotations

import typing
from dataclasses import dataclass

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    Subquery,
    and_,
    exists,
    false,
    func,
    or_,
    select,
    true,
)
from sqlalchemy.sql import visitors

from crm.core.messages import N_
from crm.rules.compare import Place, balanced, compare, is_known
from crm.rules.days import RuleContext, moment_spans
from crm.rules.errors import RuleError, shown
from crm.rules.normal import depth_of, expand, simplify
from crm.rules.operators import NEGATIONS, Operator
from crm.rules.tree import All, Any, Did, FieldIs, Leaf, Not, Rule, SegmentIs, TagIs
from crm.rules.vocabulary import Fact, Field, Many, Single, Vocabulary, plain

MOST_PARAMETERS = 30_000
"""SQLite takes 32,766 in one statement, and whoever asks adds some."""
_SHALLOW = 8


def to_sql(
    rule: Rule,
    vocabulary: Vocabulary,
    context: RuleContext,
    *,
    over: ColumnElement[int],
    is_few: bool = False,
) -> ColumnElement[bool]:
    """The rule as a condition that is true or false, never unknown, for the contact whose id is in `over`.

    Archived contacts are the business of the statement around it. With `is_few` other tables are looked up
    contact by contact, right for up to some thousand of them; without, they are read once for all. Raises
    RuleError for what no longer exists, and for more values than fit in one question.
    """
    condition = ask(simplify(expand(rule, vocabulary)), vocabulary, context, over=over, is_few=is_few)
    if count_parameters(condition) > MOST_PARAMETERS:
        raise RuleError(N_("%(path)s: this rule holds more values than one question can."), "")
    return condition


def ask(
    rule: Rule, vocabulary: Vocabulary, context: RuleContext, *, over: ColumnElement[int], is_few: bool
) -> ColumnElement[bool]:
    """The same for a rule that is expanded and simplified already, and whose size is known."""
    return _Question(vocabulary, context, plain(over), is_few).condition(rule)


def count_parameters(condition: ColumnElement[bool]) -> int:
    return sum(
        len(element.value) if element.expanding and isinstance(element.value, list | tuple) else 1
        for element in visitors.iterate(condition)
        if isinstance(element, BindParameter)
    )


def fact_rows(fact: Fact, clause: Did, context: RuleContext) -> tuple[Subquery, list[ColumnElement[bool]]]:
    """The fact's rows and which of them the clause counts."""
    rows = fact.rows.subquery()
    conditions = []
    if clause.within_days is not None:
        span = moment_spans(Operator.WITHIN_DAYS, clause.within_days, context)[0]
        conditions += [rows.c.at >= span.start, rows.c.at < span.end]
    for wanted in clause.where:
        attribute = existing(fact.attribute(wanted.field), "where", wanted.field)
        place = Place(rows.c[attribute.column], rows.c[attribute.folded] if attribute.folded else None)
        conditions.append(compare(attribute, wanted.operator, wanted.value, place, context))
    return rows, conditions


Word = typing.TypeVar("Word")


def existing(found: Word | None, kind: str, name: str) -> Word:
    """What a parsed rule names; it may have been deleted since."""
    if found is None:
        raise RuleError(N_("%(path)s: “%(name)s” does not exist any more."), kind, name=shown(name))
    return found


@dataclass(frozen=True, slots=True)
class _Question:
    vocabulary: Vocabulary
    context: RuleContext
    over: ColumnElement[int]
    is_few: bool

    def condition(self, rule: Rule) -> ColumnElement[bool]:
        match rule:
            case All(rules):
                return balanced(and_, [true(), *map(self.condition, _deepest_first(rules))])
            case Any(rules):
                return balanced(or_, [false(), *map(self.condition, _deepest_first(rules))])
            case Not(part):
                return self._leaf(typing.cast("Leaf", part), holds=False)
        return self._leaf(rule, holds=True)

    def _leaf(self, leaf: Leaf, *, holds: bool) -> ColumnElement[bool]:
        match leaf:
            case TagIs(slug):
                tag = self.vocabulary.tag(slug)
                return self._member(tag.rows.subquery(), [], holds) if tag else _constant(not holds)
            case SegmentIs(slug):
                members = existing(self.vocabulary.segment(slug), "segment", slug).members
                # Segments that are rules have been written out.
                return self._member(typing.cast("Select[typing.Any]", members).subquery(), [], holds)
            case Did():
                return self._did(existing(self.vocabulary.fact(leaf.fact), "did", leaf.fact), leaf, holds)
        field = existing(self.vocabulary.field(leaf.field), "field", leaf.field)
        if isinstance(field.stored, Many):
            return self._many(field, field.stored, leaf, holds)
        condition = self._single(field, field.stored, leaf)
        return condition if holds else ~condition

    def _single(self, field: Field, stored: Single, clause: FieldIs) -> ColumnElement[bool]:
        folded = stored.folded(self.over) if stored.folded else None
        place = Place(stored.value(self.over), folded)
        return compare(field, clause.operator, clause.value, place, self.context)

    def _many(self, field: Field, stored: Many, clause: FieldIs, holds: bool) -> ColumnElement[bool]:
        rows = stored.rows.subquery()
        place = Place(rows.c.value, rows.c.folded if "folded" in rows.c else None)
        if clause.operator == Operator.UNKNOWN:
            return self._member(rows, [is_known(field, place)], not holds)
        if clause.operator not in NEGATIONS:
            return self._member(
                rows, [compare(field, clause.operator, clause.value, place, self.context)], holds
            )
        known = self._member(rows, [is_known(field, place)], holds)
        others = stored.rows.subquery()
        place = Place(others.c.value, others.c.folded if "folded" in others.c else None)
        fits = compare(field, NEGATIONS[clause.operator], clause.value, place, self.context)
        none_fits = self._member(others, [fits], not holds)
        return and_(known, none_fits) if holds else or_(known, none_fits)

    def _did(self, fact: Fact, clause: Did, holds: bool) -> ColumnElement[bool]:
        least, most = clause.bounds
        if most is not None and most < max(least, 0):
            return _constant(not holds)
        if least <= 0 and most is None:
            return _constant(holds)
        rows, conditions = fact_rows(fact, clause, self.context)
        if least <= 0 and most is not None:
            return self._member(rows, conditions, not holds, least=most + 1)
        return self._member(rows, conditions, holds, least=least, most=most)

    def _member(
        self,
        rows: Subquery,
        conditions: list[ColumnElement[bool]],
        holds: bool,
        *,
        least: int = 1,
        most: int | None = None,
    ) -> ColumnElement[bool]:
        """Whether the contact has at least so many, and at most so many, of these rows."""
        contact = rows.c.contact_id
        found: Select[typing.Any] = select(contact).where(contact.is_not(None), *conditions)
        if self.is_few:
            found = found.where(contact == self.over).correlate_except(rows)
        if least > 1 or most is not None:
            found = found.group_by(contact)
            found = found.having(func.count() >= least) if least > 1 else found
            found = found.having(func.count() <= most) if most is not None else found
        if self.is_few:
            return found.exists() if holds else ~found.exists()
        if holds:
            return self.over.in_(found.correlate(None))
        # PostgreSQL reads NOT EXISTS in one pass over both sides; NOT IN over many ids begins again for each.
        others = found.correlate(None).subquery()
        return ~exists(
            select(others.c.contact_id).where(others.c.contact_id == self.over).correlate_except(others)
        )


def _constant(holds: bool) -> ColumnElement[bool]:
    return true() if holds else false()


def _deepest_first(rules: tuple[Rule, ...]) -> list[Rule]:
    """SQLite's parser holds a hundred things at once; what stands before a deep group adds to it."""
    depths = {rule: depth_of(rule) for rule in rules}
    return sorted(rules, key=lambda rule: -max(depths[rule] - _SHALLOW, 0))
