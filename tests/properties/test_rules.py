"""Whatever the rule and the contacts: SQL, memory and explanation agree with a plain reading of the rule."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pyroaring import BitMap

from crm.rules.answer import matching_ids
from crm.rules.compile import to_sql
from crm.rules.days import RuleContext
from crm.rules.explain import ExplainedClause, explain
from crm.rules.parse import to_document
from tests.rules.pools import (
    ASKED_NUMBERS,
    CAMPAIGNS,
    DAY_COUNTS,
    DAYS,
    FILLERS,
    NOW,
    NUMBER_FIELDS,
    OFFSETS,
    OWNERS,
    SEGMENTS,
    SMALL,
    STORED_TEXTS,
    TEXT_FIELDS,
    TEXTS,
    ZONES,
)
from tests.rules.reading import Reader
from tests.rules.world import COUNTRIES, TAGS, Happening, Person, World, contact, engine_for, world_on

moments = st.builds(lambda now, offset: now + offset, st.sampled_from(NOW), st.sampled_from(OFFSETS))
texts = st.sampled_from(STORED_TEXTS)
happenings = st.builds(
    Happening,
    st.sampled_from(["opened", "clicked", "purchased"]),
    moments,
    st.sampled_from(CAMPAIGNS),
    st.sampled_from(SMALL),
)
small = st.sampled_from(SMALL)
people = st.builds(
    Person,
    name=texts,
    city=texts,
    score=small,
    budget=small,
    birthday=st.none() | st.sampled_from(DAYS),
    seen_at=st.none() | moments,
    country=st.sampled_from([None, *COUNTRIES]),
    owner=st.sampled_from(OWNERS),
    is_vip=st.sampled_from([None, True, False]),
    emails=st.lists(texts, max_size=3).map(tuple),
    levels=st.lists(small, max_size=3).map(tuple),
    renewals=st.lists(st.sampled_from(DAYS), max_size=2).map(tuple),
    company=st.none() | st.tuples(texts, small),
    tags=st.frozensets(st.sampled_from(TAGS)),
    is_listed=st.booleans(),
    happenings=st.lists(happenings, max_size=4).map(tuple),
)

day_counts = st.sampled_from(DAY_COUNTS)


def lists_of(values: st.SearchStrategy) -> st.SearchStrategy[list]:
    return st.lists(values, max_size=3)


def compared(
    fields: list[str], one: st.SearchStrategy, **others: st.SearchStrategy
) -> st.SearchStrategy[dict]:
    """Documents of one comparison; equality and presence are understood by all kinds."""
    operators = {"is": one, "is_not": one, "known": st.just(True), "unknown": st.just(True), **others}
    return st.sampled_from(sorted(operators)).flatmap(
        lambda operator: st.builds(
            lambda field, value: {"field": field, operator: value},
            st.sampled_from(fields),
            operators[operator],
        )
    )


asked_text = st.sampled_from(TEXTS)
text_lists = lists_of(asked_text) | lists_of(asked_text).map(lambda some: [*FILLERS, *some])
asked_number = st.sampled_from(ASKED_NUMBERS)
number_lists = lists_of(asked_number) | lists_of(asked_number).map(lambda some: [*range(1000, 1030), *some])
asked_day = st.sampled_from([day.isoformat() for day in DAYS])
asked_moment = asked_day | moments.map(lambda moment: moment.isoformat())
by_count = dict.fromkeys(
    ["within_days", "within_next_days", "older_than_days", "anniversary_within_days"], day_counts
)


def ordered(one: st.SearchStrategy) -> dict[str, st.SearchStrategy]:
    return {
        **dict.fromkeys(["lt", "lte", "gt", "gte"], one),
        "between": st.lists(one, min_size=2, max_size=2),
    }


def by_day(one: st.SearchStrategy) -> dict[str, st.SearchStrategy]:
    lists = dict.fromkeys(["in", "not_in"], lists_of(one))
    return {**ordered(one), **lists, **by_count, "before": one, "after": one}


parts_of_text = dict.fromkeys(["contains", "starts_with", "ends_with"], asked_text)
times = st.one_of(
    *(
        st.builds(lambda count, op=op: {op: count}, st.integers(0, 3))
        for op in ("is", "lt", "lte", "gt", "gte")
    ),
    st.builds(lambda a, b: {"between": [a, b]}, st.integers(0, 3), st.integers(0, 3)),
)
where = st.fixed_dictionaries(
    {},
    optional={
        "campaign": st.sampled_from(["welcome", "WELCOME", ["welcome", "spring"], {"is_not": "spring"}]),
        "amount": st.sampled_from([5, {"gte": 1}, {"unknown": True}, {"between": [0, 2]}]),
    },
)
leaves = st.one_of(
    st.sampled_from((*TAGS, "no-such-tag")).map(lambda slug: {"tag": slug}),
    st.sampled_from([{"segment": "friends"}, {"segment": "warm"}, {"segment": "nested"}]),
    compared(TEXT_FIELDS, asked_text, **dict.fromkeys(["in", "not_in"], text_lists), **parts_of_text),
    compared(
        NUMBER_FIELDS, asked_number, **dict.fromkeys(["in", "not_in"], number_lists), **ordered(asked_number)
    ),
    compared(["birthday", "renewal"], asked_day, **by_day(asked_day)),
    compared(["seen_at"], asked_moment, **by_day(asked_moment)),
    compared(["country"], st.sampled_from(["IR", "de"]), **{"in": lists_of(st.sampled_from(["IR", "DE"]))}),
    compared(["owner"], st.sampled_from(["sara@EXAMPLE.com", "max@example.com"])),
    compared(["is_vip"], st.booleans()),
    st.fixed_dictionaries(
        {"did": st.sampled_from(["opened", "clicked"])},
        optional={"times": times, "within_days": day_counts, "where": where},
    ),
)
documents = st.recursive(
    leaves,
    lambda part: st.one_of(
        st.lists(part, max_size=4).map(lambda parts: {"all": parts}),
        st.lists(part, max_size=4).map(lambda parts: {"any": parts}),
        part.map(lambda inner: {"not": inner}),
    ),
    max_leaves=8,
)


@pytest.fixture(scope="module")
def world(database_url: str) -> Iterator[World]:
    engine = engine_for(database_url)
    with world_on(engine) as world:
        world.segments = SEGMENTS
        yield world
    engine.dispose()


@given(
    crowd=st.lists(people, min_size=1, max_size=4),
    document=documents,
    now=st.sampled_from(NOW),
    zone=st.sampled_from(ZONES),
)
@example(  # unknown is false, and its not is true
    crowd=[Person(), Person(score=1)],
    document={"not": {"field": "score", "is_not": 1}},
    now=NOW[0],
    zone="UTC",
)
@example(  # 29 February in a common year
    crowd=[Person(birthday=date(1988, 2, 29), renewals=(date(2024, 3, 1),))],
    document={"field": "birthday", "anniversary_within_days": 1},
    now=NOW[2],
    zone="UTC",
)
@settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_every_way_of_asking_agrees_with_a_plain_reading(world, crowd, document, now, zone):
    context = RuleContext(now=now, timezone=zone)
    world.fill(crowd)
    expected = BitMap(
        number for number, person in world.people.items() if Reader(context, SEGMENTS).holds(document, person)
    )

    rule = world.rule(document)

    assert world.rule(to_document(rule)) == rule
    for is_few in (False, True):
        condition = to_sql(rule, world.vocabulary, context, over=contact.c.id, is_few=is_few)
        assert world.run(condition) == expected
        assert world.run(~condition) == world.everyone() - expected
    for remembers in (False, True):
        world.remembers = remembers
        assert _answered(world, rule, context) == expected
    for number in world.people:
        verdict = _explained(world, rule, context, number)
        assert verdict.verdict == (number in expected)
        assert _adds_up(verdict)


def _answered(world: World, rule, context: RuleContext) -> BitMap:
    return matching_ids(
        rule, world.vocabulary, context, over=contact.c.id, universe=world.everyone(), run=world.run
    )


def _explained(world: World, rule, context: RuleContext, number: int) -> ExplainedClause:
    return explain(
        rule,
        world.vocabulary,
        context,
        over=contact.c.id,
        contact_id=number,
        execute=world.connection.execute,
    )


def _adds_up(clause: ExplainedClause) -> bool:
    """A group's verdict follows from its members, whatever the database said of each."""
    inner = [child.verdict for child in clause.children]
    follows = {
        "All": all(inner),
        "Any": any(inner),
        "Not": inner == [False],
        "SegmentIs": not inner or inner[0],
    }
    stands = follows.get(type(clause.clause).__name__, clause.verdict) or not clause.verdict
    return stands and all(map(_adds_up, clause.children))
