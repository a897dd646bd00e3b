"""Rules answered with sets of contact ids: from memory where a feature keeps them, else by the database."""

from __future__ import annotations

from collections.abc import Callable

from pyroaring import BitMap
from sqlalchemy import ColumnElement, and_

from crm.core.messages import N_
from crm.rules.compare import contact_is_in
from crm.rules.compile import MOST_PARAMETERS, ask, count_parameters
from crm.rules.days import RuleContext
from crm.rules.errors import RuleError
from crm.rules.normal import expand, simplify
from crm.rules.tree import All, Any, Did, FieldIs, Leaf, Not, Rule, SegmentIs, TagIs, leaves
from crm.rules.vocabulary import Single, Vocabulary

FEW_CONTACTS = 1_000
"""Up to so many contacts that are left, the database looks at each of them and at nobody else."""

Run = Callable[[ColumnElement[bool]], BitMap]


def matching_ids(
    rule: Rule,
    vocabulary: Vocabulary,
    context: RuleContext,
    *,
    over: ColumnElement[int],
    universe: BitMap,
    run: Run,
) -> BitMap:
    """The contacts of the universe that match, the same ones as `to_sql` finds.

    `run` gets a condition over the column `over` and gives the ids it holds for, in the universe or not.
    """
    simple = simplify(expand(rule, vocabulary))
    return _Answer(vocabulary, context, over, run, _known_sets(simple, vocabulary, context)).of(
        simple, universe
    )


def _known_sets(rule: Rule, vocabulary: Vocabulary, context: RuleContext) -> dict[Leaf, BitMap]:
    known = {}
    for leaf in set(leaves(rule)):
        ids = _from_memory(leaf, vocabulary, context)
        if ids is not None:
            known[leaf] = ids
    return known


def _from_memory(leaf: Leaf, vocabulary: Vocabulary, context: RuleContext) -> BitMap | None:
    match leaf:
        case TagIs(slug):
            tag = vocabulary.tag(slug)
            if tag is None:
                return BitMap()
            return tag.ids() if tag.ids else None
        case SegmentIs(slug):
            segment = vocabulary.segment(slug)
            return segment.ids() if segment and segment.ids else None
        case FieldIs(key):
            field = vocabulary.field(key)
            return field.ids(leaf, context) if field and field.ids else None
        case Did(name):
            fact = vocabulary.fact(name)
            return fact.ids(leaf, context) if fact and fact.ids else None


class _Answer:
    """Works on simplified rules; every step gives a part of the contacts it was given."""

    def __init__(
        self,
        vocabulary: Vocabulary,
        context: RuleContext,
        over: ColumnElement[int],
        run: Run,
        known: dict[Leaf, BitMap],
    ) -> None:
        self.vocabulary = vocabulary
        self.context = context
        self.over = over
        self.run = run
        self.known = known

    def of(self, rule: Rule, left: BitMap) -> BitMap:
        if not left:
            return BitMap()
        if self._is_for_database(rule):
            return self._asked(rule, left)
        match rule:
            case All(rules):
                return self._all(rules, left)
            case Any(rules):
                return self._any(rules, left)
            case Not(part):
                return left - self.of(part, left)
        return self.known[rule] & left

    def _all(self, rules: tuple[Rule, ...], left: BitMap) -> BitMap:
        """What memory answers goes first, so that the database is asked about fewer contacts."""
        in_memory, asked, mixed = self._sorted(rules)
        for rule in in_memory:
            left = self.of(rule, left)
        if asked and left:
            left = self._asked(All(tuple(asked)), left)
        for rule in mixed:
            left = self.of(rule, left)
        return left

    def _any(self, rules: tuple[Rule, ...], left: BitMap) -> BitMap:
        in_memory, asked, mixed = self._sorted(rules)
        # Comparisons with columns share one reading of the contacts; another table is better asked by itself.
        plain = [rule for rule in asked if self._is_plain(rule)]
        apart = [rule for rule in asked if not self._is_plain(rule)]
        found = BitMap()
        for rule in (*in_memory, *([Any(tuple(plain))] if plain else []), *apart, *mixed):
            found |= self.of(rule, left - found)
        return found

    def _sorted(self, rules: tuple[Rule, ...]) -> tuple[list[Rule], list[Rule], list[Rule]]:
        in_memory, asked, mixed = [], [], []
        for rule in rules:
            if all(leaf in self.known for leaf in leaves(rule)):
                in_memory.append(rule)
            elif self._is_for_database(rule):
                asked.append(rule)
            else:
                mixed.append(rule)
        return in_memory, asked, mixed

    def _is_for_database(self, rule: Rule) -> bool:
        """Whether memory knows nothing of it and the database answers it well in one question."""
        match rule:
            case All(rules):
                return all(map(self._is_for_database, rules)) and bool(rules)
            case Any(rules):
                return all(map(self._is_plain, rules)) and bool(rules)
            case Not(part):
                return self._is_for_database(part)
        return rule not in self.known

    def _is_plain(self, rule: Rule) -> bool:
        return all(leaf not in self.known and self._is_in_own_row(leaf) for leaf in leaves(rule))

    def _is_in_own_row(self, leaf: Leaf) -> bool:
        field = self.vocabulary.field(leaf.field) if isinstance(leaf, FieldIs) else None
        return field is not None and isinstance(field.stored, Single)

    def _asked(self, rule: Rule, left: BitMap) -> BitMap:
        is_few = len(left) <= FEW_CONTACTS
        condition = ask(rule, self.vocabulary, self.context, over=self.over, is_few=is_few)
        if count_parameters(condition) > MOST_PARAMETERS:
            return self._asked_in_parts(rule, left)
        return self.run(and_(contact_is_in(self.over, left), condition) if is_few else condition) & left

    def _asked_in_parts(self, rule: Rule, left: BitMap) -> BitMap:
        match rule:
            case All(rules):
                for part in rules:
                    left = self._asked(part, left) if left else left
                return left
            case Any(rules):
                found = BitMap()
                for part in rules:
                    found |= self._asked(part, left - found)
                return found
        raise RuleError(N_("%(path)s: this rule holds more values than one question can."), "")
