"""Why a contact is in or not."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from crm.core.errors import NotFound
from crm.rules.explain import ExplainedClause, Happened, explain
from tests.rules.world import Happening, Person, World, at, contact

NOW = at("2024-02-28T12:00")


def explained(world: World, document: object, number: int = 1) -> ExplainedClause:
    return explain(
        world.rule(document),
        world.vocabulary,
        NOW,
        over=contact.c.id,
        contact_id=number,
        execute=world.connection.execute,
    )


def test_each_clause_has_its_verdict_and_the_values_of_the_person(world):
    moment = datetime(2024, 2, 20, 9, 30, tzinfo=UTC)
    world.fill(
        [
            Person(
                budget=250,
                birthday=date(1988, 2, 29),
                emails=("b@example.com", None, ""),
                tags=frozenset({"newsletter"}),
                happenings=(Happening("opened", moment), Happening("opened", moment.replace(year=2020))),
            )
        ]
    )
    document = {
        "all": [
            {"tag": "newsletter"},
            {"field": "budget", "gte": 3},
            {"field": "birthday", "known": True},
            {"field": "email", "ends_with": "example.com"},
            {"did": "opened", "within_days": 30},
            {"not": {"field": "city", "is": "Tehran"}},
        ]
    }

    whole = explained(world, document)

    assert whole.verdict is False
    assert [clause.verdict for clause in whole.children] == [True, False, True, True, True, True]
    assert [clause.values for clause in whole.children[:5]] == [
        ("on 1",),
        (2.5,),
        (date(1988, 2, 29),),
        ("b@example.com",),
        (Happened(1, moment),),
    ]
    assert whole.children[5].children[0].values == ()


def test_a_segment_opens_into_its_rule(world):
    world.fill([Person(score=5), Person(score=5, is_listed=True)])
    world.segments = {"warm": {"all": [{"field": "score", "gte": 2}, {"segment": "friends"}]}}

    whole = explained(world, {"not": {"segment": "warm"}})

    (segment,) = whole.children
    assert (whole.verdict, segment.verdict) == (True, False)
    assert [clause.verdict for clause in segment.children[0].children] == [True, False]


def test_a_thousand_clauses_are_explained(world):
    world.fill([Person(score=5)])

    whole = explained(world, {"any": [{"field": "score", "is": number} for number in range(1_000)]})

    assert [number for number, clause in enumerate(whole.children) if clause.verdict] == [5]


def test_somebody_who_does_not_exist_is_not_found(world):
    world.fill([Person()])

    with pytest.raises(NotFound):
        explained(world, {"all": []}, number=7)
