"""A rule read back as a sentence."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from crm.core.messages import N_
from crm.rules import phrases
from crm.rules.normal import simplify
from crm.rules.operators import DAY_COUNTS, PRESENCE, Kind, Operator
from crm.rules.phrases import Translations
from crm.rules.tree import (
    EVERYONE,
    NO_ONE,
    All,
    Any,
    Did,
    FieldIs,
    Leaf,
    Not,
    Operand,
    Rule,
    Scalar,
    SegmentIs,
    TagIs,
)
from crm.rules.vocabulary import Attribute, Field, Vocabulary

MOST_VALUES_SAID = 8


def say(
    rule: Rule, vocabulary: Vocabulary, translations: Translations, show: Callable[[object], str] = str
) -> str:
    """The whole rule in words, as in: Everyone who has the tag “newsletter”, and whose Country is Iran.

    `show` writes numbers, days, moments and what people typed the way the reader is used to. Negations are
    said of the clauses themselves, so that nothing has to be read twice.
    """
    simple = simplify(rule)
    speaker = _Speaker(vocabulary, translations, show)
    if simple == EVERYONE:
        return speaker.words(N_("Everyone."))
    if simple == NO_ONE:
        return speaker.words(N_("No one."))
    return speaker.words(N_("Everyone %(who)s."), who=speaker.phrase(simple))


class _Speaker:
    def __init__(
        self, vocabulary: Vocabulary, translations: Translations, show: Callable[[object], str]
    ) -> None:
        self.vocabulary = vocabulary
        self.translations = translations
        self.gettext = translations.gettext
        self.show = show

    def words(self, message: str, **values: str) -> str:
        return self.gettext(message) % values if values else self.gettext(message)

    def phrase(self, rule: Rule) -> str:
        match rule:
            case All(rules):
                return self._joined(N_("%(first)s, and %(second)s"), rules)
            case Any(rules):
                return self._joined(N_("%(first)s, or %(second)s"), rules)
            case Not(part):
                return self._leaf(cast("Leaf", part), holds=False)
        return self._leaf(rule, holds=True)

    def _joined(self, template: str, rules: tuple[Rule, ...]) -> str:
        said = [
            f"({self.phrase(rule)})" if isinstance(rule, All | Any) else self.phrase(rule) for rule in rules
        ]
        joined = said[0]
        for phrase in said[1:]:
            joined = self.words(template, first=joined, second=phrase)
        return joined

    def _leaf(self, leaf: Leaf, *, holds: bool) -> str:
        match leaf:
            case TagIs(slug):
                tag = self.vocabulary.tag(slug)
                message = (
                    N_("who has the tag “%(tag)s”") if holds else N_("who does not have the tag “%(tag)s”")
                )
                return self.words(message, tag=self.show(tag.label if tag else slug))
            case SegmentIs(slug):
                segment = self.vocabulary.segment(slug)
                message = N_("who is in “%(segment)s”") if holds else N_("who is not in “%(segment)s”")
                return self.words(message, segment=self.show(segment.label if segment else slug))
            case Did():
                return self._did(leaf, holds)
        return self._field(leaf, holds)

    def _field(self, clause: FieldIs, holds: bool) -> str:
        field = self.vocabulary.field(clause.field)
        label = self.gettext(field.label) if field else clause.field
        if isinstance(clause.value, int) and clause.operator in DAY_COUNTS:
            template = phrases.day_count_phrase(self.translations, clause.operator, clause.value, holds=holds)
            return template % {"field": label, "days": self.show(clause.value)}
        return self._compared(clause, field, label, holds)

    def _compared(self, clause: FieldIs, of: Field | Attribute | None, label: str, holds: bool) -> str:
        positive, negative = phrases.FIELD_PHRASES[clause.operator]
        if of is not None and of.kind in (Kind.DATE, Kind.DATETIME):
            positive, negative = phrases.DAY_ORDER_PHRASES.get(clause.operator, (positive, negative))
        message = positive if holds else negative
        if clause.operator in PRESENCE:
            return self.words(message, field=label)
        if clause.operator == Operator.BETWEEN:
            first, last = (self._value(of, value) for value in _members(clause.value))
            return self.words(message, field=label, first=first, last=last)
        return self.words(message, field=label, value=self._values(of, clause.value))

    def _did(self, clause: Did, holds: bool) -> str:
        fact = self.vocabulary.fact(clause.fact)
        did = (
            self.gettext(fact.did)
            if fact
            else self.words(N_("for whom “%(fact)s” happened"), fact=clause.fact)
        )
        did_not = (
            self.gettext(fact.did_not)
            if fact
            else self.words(N_("for whom “%(fact)s” did not happen"), fact=clause.fact)
        )
        least, most = clause.bounds
        never = most == 0 or (most is None and least <= 1)
        if never:
            did = did if (most is None) == holds else did_not
        for wanted in clause.where:
            attribute = fact.attribute(wanted.field) if fact else None
            did = self.words(N_("%(did)s (%(where)s)"), did=did, where=self._attribute(wanted, attribute))
        if not never:
            did = self._times(did, least, most, holds)
        if clause.within_days is not None:
            template = phrases.window_phrase(self.translations, clause.within_days)
            did = template % {"did": did, "days": self.show(clause.within_days)}
        return did

    def _attribute(self, clause: FieldIs, attribute: Attribute | None) -> str:
        label = self.gettext(attribute.label) if attribute else clause.field
        if clause.operator in (Operator.IS, Operator.IN):
            return self.words(
                N_("%(attribute)s: %(value)s"), attribute=label, value=self._values(attribute, clause.value)
            )
        if isinstance(clause.value, int) and clause.operator in DAY_COUNTS:
            template = phrases.day_count_phrase(self.translations, clause.operator, clause.value, holds=True)
            return template % {"field": label, "days": self.show(clause.value)}
        return self._compared(clause, attribute, label, True)

    def _times(self, did: str, least: int, most: int | None, holds: bool) -> str:
        said = self.translations
        if most is None:
            count = least if holds else least - 1
            template = phrases.at_least_phrase(said, count) if holds else phrases.at_most_phrase(said, count)
        elif least == most:
            count = least
            template = (phrases.exactly_phrase if holds else phrases.not_exactly_phrase)(said, count)
        elif least <= 0:
            count = most if holds else most + 1
            template = phrases.at_most_phrase(said, count) if holds else phrases.at_least_phrase(said, count)
        else:
            message = phrases.BETWEEN_TIMES[0 if holds else 1]
            return self.words(message, did=did, first=self.show(least), last=self.show(most))
        return template % {"did": did, "count": self.show(count)}

    def _values(self, of: Field | Attribute | None, value: Operand) -> str:
        members = _members(value)
        said = [self._value(of, member) for member in members[:MOST_VALUES_SAID]] or [
            self.words(N_("no value"))
        ]
        joined = said[0]
        for phrase in said[1:]:
            joined = self.words(N_("%(first)s, %(second)s"), first=joined, second=phrase)
        rest = len(members) - MOST_VALUES_SAID
        if rest > 0:
            joined = self.words(N_("%(values)s and %(count)s more"), values=joined, count=self.show(rest))
        return joined

    def _value(self, of: Field | Attribute | None, value: Scalar) -> str:
        if isinstance(value, bool):
            return self.words(N_("yes")) if value else self.words(N_("no"))
        if isinstance(value, str):
            label = of.choices().get(value) if of and of.choices else None
            return (
                self.show(self.gettext(label))
                if label
                else self.words(N_("“%(text)s”"), text=self.show(value))
            )
        return self.show(value)


def _members(value: Operand) -> tuple[Scalar, ...]:
    return value if isinstance(value, tuple) else (value,)
