"""Rules made ready to be asked: segments written out, negations moved to the clauses, groups flattened."""

from __future__ import annotations

from dataclasses import dataclass, replace

from crm.core.messages import N_
from crm.rules.errors import RuleError, below, shown
from crm.rules.tree import EVERYONE, NO_ONE, All, Any, Not, Rule, SegmentIs, TagIs, leaves
from crm.rules.vocabulary import Segment, Vocabulary

DEEPEST = 32
MOST_CLAUSES = 1_000


def expand(rule: Rule, vocabulary: Vocabulary, *, within: str | None = None) -> Rule:
    """The rule with each segment that is a rule replaced by it; static lists and snapshots stay clauses.

    Raises RuleError for a segment that does not exist, that leads back to itself or to `within`, and where
    the whole would be deeper or longer than a rule may be.
    """
    return _Expansion(vocabulary).of(rule, _Place("", 0, (within,) if within else (), is_written=True))


@dataclass(frozen=True, slots=True)
class _Place:
    """Where in the written rule a clause stands; inside a segment, the place that names the segment."""

    path: str
    depth: int
    segments: tuple[str, ...]
    is_written: bool

    def inside(self, group: str, at: int | None = None) -> _Place:
        path = self.path
        if self.is_written:
            path = below(path, group)
            path = path if at is None else below(path, at)
        return replace(self, path=path, depth=self.depth + 1)

    def in_segment(self, slug: str) -> _Place:
        return replace(self, segments=(*self.segments, slug), is_written=False)


class _Expansion:
    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self.clauses = 0
        self.found: dict[str, Segment] = {}

    def of(self, rule: Rule, place: _Place) -> Rule:
        if place.depth > DEEPEST:
            raise RuleError(
                N_("%(path)s: with its segments the rule nests too deep; up to %(most)s levels."),
                place.path,
                most=DEEPEST,
            )
        match rule:
            case All(rules):
                return All(tuple(self.of(part, place.inside("all", at)) for at, part in enumerate(rules)))
            case Any(rules):
                return Any(tuple(self.of(part, place.inside("any", at)) for at, part in enumerate(rules)))
            case Not(part):
                return Not(self.of(part, place.inside("not")))
            case SegmentIs(slug):
                return self._segment(rule, slug, place)
        self._count(place)
        return rule

    def _segment(self, clause: SegmentIs, slug: str, place: _Place) -> Rule:
        path = below(place.path, "segment")
        segment = self.found.get(slug) or self.vocabulary.segment(slug)
        # A segment that is being written for the first time is not there yet, and may still name itself.
        if (segment.slug if segment else slug) in place.segments:
            raise RuleError(
                N_("%(path)s: the segment “%(name)s” leads back to itself."), path, name=shown(slug)
            )
        if segment is None:
            raise RuleError(N_("%(path)s: there is no segment called “%(name)s”."), path, name=shown(slug))
        self.found[slug] = segment
        self._count(place)
        if isinstance(segment.members, Rule):
            return self.of(segment.members, place.in_segment(segment.slug))
        return clause

    def _count(self, place: _Place) -> None:
        self.clauses += 1
        if self.clauses > MOST_CLAUSES:
            raise RuleError(
                N_("%(path)s: with its segments the rule is too long; it holds up to %(most)s clauses."),
                place.path,
                most=MOST_CLAUSES,
            )


def simplify(rule: Rule, *, holds: bool = True) -> Rule:
    """The same question (or, where it must not hold, its opposite) in a plainer shape.

    `Not` stands only before a leaf, a group never directly inside one of its kind, and a group without
    members only as the whole: EVERYONE or NO_ONE. Right because a clause either holds or not, never neither.
    """
    match rule:
        case Not(part):
            return simplify(part, holds=not holds)
        case All(rules):
            return _grouped(rules, holds, into_all=holds)
        case Any(rules):
            return _grouped(rules, holds, into_all=not holds)
    return rule if holds else Not(rule)


def _grouped(rules: tuple[Rule, ...], holds: bool, *, into_all: bool) -> Rule:
    kind: type[All | Any] = All if into_all else Any
    neutral, deciding = (EVERYONE, NO_ONE) if into_all else (NO_ONE, EVERYONE)
    parts: list[Rule] = []
    for rule in rules:
        part = simplify(rule, holds=holds)
        if part == deciding:
            return deciding
        parts.extend(part.rules if isinstance(part, kind) else [part])
    # A clause said twice is asked once.
    kept = tuple(dict.fromkeys(parts))
    if not kept:
        return neutral
    return kept[0] if len(kept) == 1 else kind(kept)


def depth_of(rule: Rule) -> int:
    """How many groups lie around the innermost clause."""
    match rule:
        case All(rules) | Any(rules):
            return 1 + max((depth_of(part) for part in rules), default=0)
        case Not(part):
            return depth_of(part)
    return 0


def unknown_tags(rule: Rule, vocabulary: Vocabulary) -> list[str]:
    """The slugs in the rule that no tag has: nobody carries them, which may be a slip of the keyboard."""
    slugs = dict.fromkeys(leaf.tag for leaf in leaves(rule) if isinstance(leaf, TagIs))
    return [slug for slug in slugs if vocabulary.tag(slug) is None]


def segments_named(rule: Rule) -> list[str]:
    """The slugs of the segments the rule itself names."""
    return list(dict.fromkeys(leaf.segment for leaf in leaves(rule) if isinstance(leaf, SegmentIs)))
