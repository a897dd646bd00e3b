"""Rules asked of a database: what a statement can hold, the shapes it takes, and what memory answers instead."""

from __future__ import annotations

import pytest
from pyroaring import BitMap
from sqlalchemy import Column, Integer, MetaData, Table, insert, select

from crm.rules.answer import FEW_CONTACTS, matching_ids
from crm.rules.compile import to_sql
from crm.rules.errors import RuleError
from crm.rules.normal import segments_named, simplify, unknown_tags
from crm.rules.tree import EVERYONE, NO_ONE, TagIs
from tests.rules.world import Person, World, at, contact

NOW = at("2024-02-28T12:00")


def ids(world: World, document: object, *, is_few: bool = False) -> BitMap:
    return world.run(to_sql(world.rule(document), world.vocabulary, NOW, over=contact.c.id, is_few=is_few))


def answered(world: World, document: object) -> BitMap:
    rule = world.rule(document)
    return matching_ids(
        rule, world.vocabulary, NOW, over=contact.c.id, universe=world.everyone(), run=world.run
    )


def ladder(depth: int) -> dict:
    """Groups in turn of all and any, the deep one always last, each level with a lookup in another table."""
    document: dict = {"tag": "newsletter"}
    for level in range(depth):
        beside = [{"did": "opened", "times": {"lt": 3}}, {"field": "email", "is_not": "x"}]
        document = {"all" if level % 2 else "any": [*beside, document]}
    return document


def bush(depth: int) -> dict:
    """Two groups in each group, so that there is no order in which all deep ones come first."""
    if depth == 0:
        return {"not": {"field": "email", "is": "x"}}
    return {
        "all" if depth % 2 else "any": [bush(depth - 1), bush(depth - 1), {"field": "score", "gte": depth}]
    }


@pytest.mark.parametrize("is_few", [True, False])
@pytest.mark.parametrize(
    "document", [ladder(31), bush(8), {"not": ladder(31)}], ids=["ladder", "bush", "not a ladder"]
)
def test_both_databases_take_the_deepest_rules(world, document, is_few):
    world.fill([Person(name="Ali", tags=frozenset({"newsletter"})), Person(score=9, emails=("y",))])

    found = ids(world, document, is_few=is_few)

    assert found == answered(world, document)


@pytest.mark.parametrize(
    "clause",
    [
        {"field": "email", "not_in": ["a", "b"]},
        {"did": "opened", "times": {"between": [1, 2]}, "within_days": 30, "where": {"campaign": "welcome"}},
    ],
)
def test_both_databases_take_the_longest_rules(world, clause):
    world.fill([Person(name="Ali"), Person(score=2, name="b")])
    # A clause said twice is asked once, hence the different fillers.
    fillers = [{"not": {"field": "score", "is": number + 100}} for number in range(500)]
    others = [{"not": {"did": "clicked", "times": {"gte": number + 2}}} for number in range(499)]

    found = ids(world, {"all": [*fillers, clause, *others]})

    assert found == ids(world, clause)


@pytest.mark.parametrize("key", ["name", "email", "city"])
def test_ten_thousand_values_fit_into_one_clause(world, key):
    world.fill(
        [Person(name="كاظمي", emails=("كاظمي",), city="كاظمي"), Person(name="x", emails=("x",), city="x")]
    )
    values = [f"filler '\"\\ 😀 {number}" for number in range(9_999)]

    found = ids(world, {"any": [{"field": key, "in": [*values, "کاظمی"]}] * 3})

    assert found == BitMap([1])


def test_more_values_than_a_statement_takes_are_refused_with_a_message(world):
    anniversaries = [{"field": "seen_at", "anniversary_within_days": days} for days in range(80)]

    with pytest.raises(RuleError, match="more values than one question can"):
        ids(world, {"any": anniversaries})


def test_more_values_than_a_statement_takes_are_asked_for_in_several(world):
    world.fill([Person(seen_at=NOW.now)])
    anniversaries = [{"field": "seen_at", "anniversary_within_days": days} for days in range(80)]

    found = answered(world, {"any": anniversaries})

    assert found == BitMap([1])


def test_hostile_text_is_compared_and_nothing_else(world):
    world.fill([Person(name="Ali"), Person(name="%"), Person(name="'; DROP TABLE person; --")])

    assert ids(world, {"field": "name", "contains": "%"}) == BitMap([2])
    assert ids(world, {"field": "name", "starts_with": "'; DROP TABLE"}) == BitMap([3])
    assert ids(world, {"field": "name", "contains": "_"}) == BitMap()


def test_a_rule_can_be_asked_over_the_contacts_of_another_table(world):
    enrolment = Table("rules_enrolment", MetaData(), Column("id", Integer), Column("contact_id", Integer))
    enrolment.create(world.connection)
    world.fill([Person(score=1, emails=("a",)), Person(score=5, emails=("a",)), Person(score=7)])
    world.connection.execute(insert(enrolment), [{"id": 10, "contact_id": 2}, {"id": 11, "contact_id": 3}])
    rule = world.rule({"all": [{"field": "score", "gte": 2}, {"field": "email", "is": "a"}]})

    condition = to_sql(rule, world.vocabulary, NOW, over=enrolment.c.contact_id)

    assert world.connection.scalars(select(enrolment.c.id).where(condition)).all() == [10]


def test_memory_alone_answers_tags(world):
    world.fill(
        [Person(tags=frozenset({"newsletter"})), Person(tags=frozenset({"newsletter", "خبرنامه"})), Person()]
    )
    world.remembers = True

    found = answered(world, {"all": [{"tag": "newsletter"}, {"not": {"tag": "خبرنامه"}}]})

    assert found == BitMap([1])
    assert world.statements == 0


def test_the_database_is_asked_once_for_what_memory_does_not_know(world):
    world.fill(
        [Person(tags=frozenset({"newsletter"}), score=3, name="Ali"), Person(tags=frozenset({"newsletter"}))]
    )
    world.remembers = True

    found = answered(
        world,
        {
            "all": [
                {"field": "name", "is": "ali"},
                {"tag": "newsletter"},
                {"not": {"did": "opened"}},
                {"field": "score", "is": 3},
            ]
        },
    )

    assert found == BitMap([1])
    assert world.statements == 1


def test_the_database_is_not_asked_when_nobody_is_left(world):
    world.fill([Person(tags=frozenset({"newsletter"})), Person()])
    world.remembers = True

    found = answered(
        world, {"all": [{"tag": "newsletter"}, {"tag": "خبرنامه"}, {"field": "name", "is": "ali"}]}
    )

    assert found == BitMap()
    assert world.statements == 0


def test_many_contacts_are_asked_about_alike(world):
    world.fill(Person(score=number % 3, emails=("a",)) for number in range(FEW_CONTACTS + 5))
    document = {
        "any": [
            {"field": "score", "is": 0},
            {"all": [{"field": "email", "is": "a"}, {"field": "score", "is": 1}]},
        ]
    }

    assert answered(world, document) == ids(world, document)


def test_contacts_outside_the_universe_are_never_found(world):
    world.fill([Person(score=1), Person(score=1)])
    rule = world.rule({"any": [{"field": "score", "is": 1}, {"not": {"tag": "newsletter"}}]})

    found = matching_ids(rule, world.vocabulary, NOW, over=contact.c.id, universe=BitMap([2]), run=world.run)

    assert found == BitMap([2])


def test_what_was_deleted_since_the_rule_was_read_is_reported(world):
    world.segments = {"warm": {"tag": "newsletter"}}
    rule = world.rule({"segment": "warm"})
    world.segments = {}

    with pytest.raises(RuleError, match="no segment called “warm”"):
        to_sql(rule, world.vocabulary, NOW, over=contact.c.id)


def test_a_tag_that_does_not_exist_is_carried_by_nobody_and_can_be_told(world):
    world.fill([Person(), Person()])
    document = {"any": [{"tag": "nwesletter"}, {"tag": "newsletter"}]}

    assert ids(world, document) == BitMap()
    assert unknown_tags(world.rule(document), world.vocabulary) == ["nwesletter"]


def test_segments_a_rule_names_can_be_told(world):
    world.segments = {"warm": {"segment": "friends"}}

    assert segments_named(world.rule({"all": [{"segment": "warm"}, {"not": {"segment": "warm"}}]})) == [
        "warm"
    ]


@pytest.mark.parametrize(
    ("document", "simple"),
    [
        ({"all": [{"all": []}, {"not": {"any": []}}]}, EVERYONE),
        ({"all": [{"tag": "newsletter"}, {"any": []}]}, NO_ONE),
        ({"not": {"not": {"any": [{"tag": "newsletter"}, {"tag": "newsletter"}]}}}, TagIs("newsletter")),
    ],
)
def test_a_rule_is_asked_in_its_plainest_shape(world, document, simple):
    assert simplify(world.rule(document)) == simple
