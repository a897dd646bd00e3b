"""Each operator of each kind of field, asked of a database and read plainly."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import product

import pytest
from sqlalchemy import select

from crm.rules.compile import to_sql
from crm.rules.days import RuleContext
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
from tests.rules.world import COUNTRIES, Happening, Person, World, contact, engine_for, world_on

PARTS_OF_TEXT = ["contains", "starts_with", "ends_with"]
COUNTED = ["within_days", "within_next_days", "older_than_days", "anniversary_within_days"]


@pytest.fixture(scope="module")
def world(database_url: str) -> Iterator[World]:
    engine = engine_for(database_url)
    with world_on(engine) as world:
        world.segments = SEGMENTS
        yield world
    engine.dispose()


@pytest.mark.parametrize(("now", "zone"), list(zip(NOW, [*ZONES, "Asia/Tehran"], strict=True)))
def test_every_operator_about_days_agrees_with_a_plain_reading(world, now, zone):
    assert _read_wrongly(world, RuleContext(now=now, timezone=zone), list(_about_days())) == []


def test_every_other_operator_agrees_with_a_plain_reading_of_each_value(world):
    assert _read_wrongly(world, RuleContext(now=NOW[0], timezone="UTC"), list(_timeless())) == []


def _read_wrongly(world: World, context: RuleContext, documents: list[dict]) -> list[dict]:
    """The documents of which the database says something else, were it only for one contact."""
    world.fill(_crowd(40))
    reader = Reader(context, SEGMENTS)
    wrong = []
    for at in range(0, len(documents), 40):
        asked = documents[at : at + 40]
        for document, found in zip(asked, _verdicts(world, context, asked), strict=True):
            expected = {number: reader.holds(document, person) for number, person in world.people.items()}
            wrong += [document] if found != expected else []
    return wrong


def _verdicts(world: World, context: RuleContext, asked: list[dict]) -> list[dict[int, bool]]:
    conditions = [
        to_sql(world.rule(document), world.vocabulary, context, over=contact.c.id) for document in asked
    ]
    columns = [condition.label(f"clause_{at}") for at, condition in enumerate(conditions)]
    rows = world.connection.execute(select(contact.c.id, *columns)).all()
    return [{row[0]: row[at] for row in rows} for at in range(1, len(columns) + 1)]


def _crowd(count: int) -> list[Person]:
    """The same people in each run; Hypothesis looks for other ones."""
    dice = random.Random(count)  # noqa: S311 - no secret
    moments = [now + offset for now in NOW for offset in OFFSETS]

    def some(values, most=3):
        return tuple(dice.choice(values) for _ in range(dice.randint(0, most)))

    def happening() -> Happening:
        return Happening(
            dice.choice(["opened", "clicked"]),
            dice.choice(moments),
            dice.choice(CAMPAIGNS),
            dice.choice(SMALL),
        )

    return [
        Person(
            name=dice.choice(STORED_TEXTS),
            city=dice.choice(STORED_TEXTS),
            score=dice.choice(SMALL),
            budget=dice.choice(SMALL),
            birthday=dice.choice([None, *DAYS]),
            seen_at=dice.choice([None, *moments]),
            country=dice.choice([None, *COUNTRIES]),
            owner=dice.choice(OWNERS),
            is_vip=dice.choice([None, True, False]),
            emails=some(STORED_TEXTS),
            levels=some(SMALL),
            renewals=some(DAYS),
            company=dice.choice([None, (dice.choice(STORED_TEXTS), dice.choice(SMALL))]),
            happenings=tuple(happening() for _ in range(dice.randint(0, 8))),
        )
        for _ in range(count)
    ]


def _timeless() -> Iterator[dict]:
    """Each operator of each kind of field with each value that may matter, as far as today does not."""
    texts = [*product(["is", "is_not", *PARTS_OF_TEXT], TEXTS), *_lists(TEXTS, FILLERS)]
    numbers = [*_ordered(ASKED_NUMBERS), *_lists(ASKED_NUMBERS, [*range(1000, 1030)])]
    days = [day.isoformat() for day in DAYS]
    asked = {
        **dict.fromkeys(TEXT_FIELDS, texts),
        **dict.fromkeys(NUMBER_FIELDS, numbers),
        "birthday": _by_day(days),
        "renewal": _by_day(days),
        "country": [*product(["is", "is_not"], COUNTRIES), *_lists(["IR", "DE"], [])],
        "is_vip": [*product(["is", "is_not"], [True, False])],
        "owner": [*product(["is", "is_not"], ["sara@EXAMPLE.com"])],
    }
    presence = [("known", True), ("unknown", True)]
    for key, comparisons in asked.items():
        yield from ({"field": key, operator: value} for operator, value in [*comparisons, *presence])
    for campaign, amount in product(
        ["WELCOME", ["welcome", "spring"], {"is_not": "spring"}], [5, {"gte": 1}]
    ):
        yield {"did": "opened", "where": {"campaign": campaign, "amount": amount}}


def _about_days() -> Iterator[dict]:
    """The same for what depends on the moment and on the zone."""
    for key, operator, count in product(["birthday", "renewal", "seen_at"], COUNTED, DAY_COUNTS):
        yield {"field": key, operator: count}
    days = [*(day.isoformat() for day in DAYS[:6]), *(moment.isoformat() for moment in NOW[:3])]
    yield from ({"field": "seen_at", operator: value} for operator, value in _by_day(days))
    counts = [(operator, count) for operator in ("is", "lt", "lte", "gt", "gte") for count in range(3)]
    counts += [("between", list(pair)) for pair in product(range(3), repeat=2)]
    for (operator, count), days in product(counts, (None, 0, 14)):
        window = {} if days is None else {"within_days": days}
        yield {"did": "opened", "times": {operator: count}, **window}


def _lists(values: list, more: list) -> list[tuple[str, list]]:
    return [*product(["in", "not_in"], [[], values[:1], values[:2], values, [*more, *values[:2]]])]


def _ordered(values: list) -> list[tuple[str, object]]:
    single = [*product(["is", "is_not", "lt", "lte", "gt", "gte"], values)]
    return [*single, *(("between", [first, last]) for first, last in product(values, repeat=2))]


def _by_day(values: list[str]) -> list[tuple[str, object]]:
    return [*_ordered(values), *product(["before", "after"], values), *_lists(values, [])]
