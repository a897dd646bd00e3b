"""Rule documents, as in JSON and YAML, to trees and back."""

from __future__ import annotations

import typing
from collections.abc import Iterable

from crm.core.messages import N_
from crm.rules.errors import RuleError, below, shown
from crm.rules.normal import DEEPEST, MOST_CLAUSES, expand
from crm.rules.operators import COUNTS, OPERATORS, Operator
from crm.rules.tree import All, Any, Did, FieldIs, Leaf, Not, Operand, Rule, SegmentIs, TagIs, Times
from crm.rules.values import Comparable, read_count, read_counts, read_operand, read_text
from crm.rules.vocabulary import Fact, Vocabulary

MOST_TIMES = 1_000_000
MOST_ATTRIBUTES = 20
_STARTS = ("all", "any", "not", "tag", "segment", "field", "did")
_Document = dict[str, object]


def parse(document: object, vocabulary: Vocabulary, *, within: str | None = None) -> Rule:
    """The tree a document means; raises RuleError naming the clause that cannot be understood.

    `within` is the slug of the segment the rule is for, so that it is not led back to itself. A tag that does
    not exist is no error, as a campaign may come before its tags; `unknown_tags` tells which they are.
    """
    rule = read(document, vocabulary)
    expand(rule, vocabulary, within=within)
    return rule


def read(document: object, vocabulary: Vocabulary) -> Rule:
    """The same without a look at the segments it names: for whoever finds segments, to read a stored one."""
    return _Reading(vocabulary).rule(document, "", 0)


def to_document(rule: Rule) -> dict[str, typing.Any]:
    """The one document `parse` reads as this tree; plain JSON values."""
    match rule:
        case All(rules):
            return {"all": [to_document(part) for part in rules]}
        case Any(rules):
            return {"any": [to_document(part) for part in rules]}
        case Not(part):
            return {"not": to_document(part)}
        case TagIs(tag):
            return {"tag": tag}
        case SegmentIs(segment):
            return {"segment": segment}
        case FieldIs(field, operator, value):
            return {"field": field, operator.value: _plain(value)}
        case Did():
            return _fact_document(rule)


def _fact_document(rule: Did) -> dict[str, typing.Any]:
    document: dict[str, typing.Any] = {"did": rule.fact}
    if rule.times:
        document["times"] = {rule.times.operator.value: _plain(rule.times.value)}
    if rule.within_days is not None:
        document["within_days"] = rule.within_days
    if rule.where:
        document["where"] = {clause.field: _attribute_document(clause) for clause in rule.where}
    return document


def _attribute_document(clause: FieldIs) -> typing.Any:
    value = _plain(clause.value)
    return value if clause.operator in (Operator.IS, Operator.IN) else {clause.operator.value: value}


def _plain(value: Operand) -> typing.Any:
    if isinstance(value, tuple):
        return [_plain(member) for member in value]
    return value if isinstance(value, str | int | float) else value.isoformat()


class _Reading:
    """One reading of one document: what it may speak of, and how many clauses there were so far."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self.clauses = 0

    def rule(self, document: object, path: str, depth: int) -> Rule:
        clause = _object(document, path)
        starts = [key for key in _STARTS if key in clause]
        if not starts:
            self._refuse_unknown_start(clause, path)
        start = starts[0]
        if start in ("all", "any", "not"):
            _refuse_others(clause, (start,), path)
            return self._group(start, clause[start], below(path, start), depth)
        self._count(path)
        match start:
            case "tag":
                return self._tag(clause, path)
            case "segment":
                return _segment(clause, path)
            case "field":
                return self._field(clause, path)
        return self._did(clause, path)

    def _group(self, kind: str, written: object, path: str, depth: int) -> Rule:
        if depth >= DEEPEST:
            raise RuleError(
                N_("%(path)s: the rule nests too deep; up to %(most)s levels."), path, most=DEEPEST
            )
        if kind == "not":
            return Not(self.rule(written, path, depth + 1))
        if not isinstance(written, list | tuple):
            raise RuleError(
                N_("%(path)s: write a list of rules here, not %(found)s."), path, found=shown(written)
            )
        if not written:
            self._count(path)
        rules = tuple(self.rule(part, below(path, at), depth + 1) for at, part in enumerate(written))
        return All(rules) if kind == "all" else Any(rules)

    def _count(self, path: str) -> None:
        self.clauses += 1
        if self.clauses > MOST_CLAUSES:
            raise RuleError(
                N_("%(path)s: the rule is too long; it holds up to %(most)s clauses."),
                path,
                most=MOST_CLAUSES,
            )

    def _refuse_unknown_start(self, clause: _Document, path: str) -> typing.NoReturn:
        if not clause:
            raise RuleError(N_("%(path)s: this clause is empty."), path)
        key = next(iter(clause))
        raise RuleError(
            N_("%(path)s: a clause begins with all, any, not, tag, segment, field or did; not “%(name)s”."),
            below(path, key),
            name=shown(key),
        )

    def _tag(self, clause: _Document, path: str) -> Leaf:
        _refuse_others(clause, ("tag",), path)
        slug = _name(clause["tag"], below(path, "tag"))
        found = self.vocabulary.tag(slug)
        return TagIs(found.slug if found else slug)

    def _field(self, clause: _Document, path: str) -> Leaf:
        key = _name(clause["field"], below(path, "field"))
        field = self.vocabulary.field(key)
        if field is None:
            raise RuleError(
                N_("%(path)s: there is no field called “%(name)s”."), below(path, "field"), name=shown(key)
            )
        written = {name: value for name, value in clause.items() if name != "field"}
        operator, value = _comparison(field, written, path)
        return FieldIs(field.key, operator, value)

    def _did(self, clause: _Document, path: str) -> Leaf:
        _refuse_others(clause, ("did", "times", "within_days", "where"), path)
        name = _name(clause["did"], below(path, "did"))
        fact = self.vocabulary.fact(name)
        if fact is None:
            raise RuleError(
                N_("%(path)s: nothing called “%(name)s” is recorded of contacts."),
                below(path, "did"),
                name=shown(name),
            )
        days_path = below(path, "within_days")
        return Did(
            fact.name,
            times=_times(clause["times"], below(path, "times")) if "times" in clause else None,
            within_days=read_count(clause["within_days"], days_path, most=36_500)
            if "within_days" in clause
            else None,
            where=_where(fact, clause["where"], below(path, "where")) if "where" in clause else (),
        )


def _segment(clause: _Document, path: str) -> Leaf:
    _refuse_others(clause, ("segment",), path)
    # Whether it exists is asked by `expand`; here the question would lead round in a circle of segments.
    return SegmentIs(_name(clause["segment"], below(path, "segment")))


def _comparison(of: Comparable, written: _Document, path: str) -> tuple[Operator, Operand]:
    """The one operator and its value."""
    understood = OPERATORS[of.kind]
    operators = [operator for operator in understood if operator.value in written]
    if len(operators) == 1:
        _refuse_others(written, (operators[0].value,), path)
        operator = operators[0]
        return operator, read_operand(of, operator, written[operator.value], below(path, operator.value))
    for name in written:
        if name not in understood:
            raise RuleError(
                N_("%(path)s: “%(name)s” cannot be asked here; possible are %(possible)s."),
                below(path, name),
                name=shown(name),
                possible=", ".join(understood),
            )
    raise RuleError(
        N_("%(path)s: a comparison needs exactly one of %(possible)s."), path, possible=", ".join(understood)
    )


def _times(written: object, path: str) -> Times:
    clause = _object(written, path)
    name = next(iter(clause), None)
    operator = next((operator for operator in COUNTS if operator.value == name), None)
    if operator is None or len(clause) != 1:
        raise RuleError(
            N_("%(path)s: a comparison needs exactly one of %(possible)s."), path, possible=", ".join(COUNTS)
        )
    value = clause[operator.value]
    read = read_counts if operator == Operator.BETWEEN else read_count
    return Times(operator, read(value, below(path, operator.value), most=MOST_TIMES))


def _where(fact: Fact, written: object, path: str) -> tuple[FieldIs, ...]:
    clause = _object(written, path)
    if len(clause) > MOST_ATTRIBUTES:
        raise RuleError(
            N_("%(path)s: the list is too long; a clause holds up to %(most)s values."),
            path,
            most=MOST_ATTRIBUTES,
        )
    return tuple(
        sorted((_attribute(fact, key, value, below(path, key)) for key, value in clause.items()), key=_key)
    )


def _attribute(fact: Fact, key: str, written: object, path: str) -> FieldIs:
    attribute = fact.attribute(key)
    if attribute is None:
        raise RuleError(
            N_("%(path)s: “%(name)s” is not known of this; possible are %(possible)s."),
            path,
            name=shown(key),
            possible=", ".join(known.key for known in fact.attributes) or "–",
        )
    if isinstance(written, dict):
        operator, value = _comparison(attribute, _object(written, path), path)
    else:
        operator = Operator.IN if isinstance(written, list | tuple) else Operator.IS
        value = read_operand(attribute, operator, written, path)
    return FieldIs(key, operator, value)


def _key(clause: FieldIs) -> str:
    return clause.field


def _name(written: object, path: str) -> str:
    name = read_text(written, path).strip()
    if not name:
        raise RuleError(N_("%(path)s: write a name here."), path)
    return name


def _object(written: object, path: str) -> _Document:
    if not isinstance(written, dict):
        raise RuleError(
            N_("%(path)s: write a clause in braces here, not %(found)s."), path, found=shown(written)
        )
    for key in written:
        if not isinstance(key, str):
            raise RuleError(N_("%(path)s: put “%(name)s” in quotation marks."), path, name=shown(key))
    return written


def _refuse_others(clause: _Document, allowed: Iterable[str], path: str) -> None:
    for key in clause:
        if key not in allowed:
            raise RuleError(
                N_("%(path)s: “%(name)s” does not belong here."), below(path, key), name=shown(key)
            )
