"""What a rule document may say, and the error that names the clause where it may not."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from crm.rules.errors import RuleError
from crm.rules.operators import Operator
from crm.rules.parse import parse, to_document
from crm.rules.tree import All, Any, Did, FieldIs, Not, TagIs, Times


def nested(depth: int, inner: object) -> object:
    for _ in range(depth):
        inner = {"not": inner}
    return inner


def test_a_document_becomes_a_tree_of_plain_values(world):
    document = {
        "all": [
            {"any": [{"tag": "newsletter"}, {"not": {"field": "company.size", "between": [10, 50]}}]},
            {
                "did": "opened",
                "times": {"gte": 3},
                "within_days": 90,
                "where": {"campaign": "welcome", "amount": {"lt": 5}},
            },
        ]
    }

    rule = world.rule(document)

    size = FieldIs("company.size", Operator.BETWEEN, (10, 50))
    where = (FieldIs("amount", Operator.LT, 5), FieldIs("campaign", Operator.IS, "welcome"))
    opened = Did("opened", Times(Operator.GTE, 3), 90, where)
    assert rule == All((Any((TagIs("newsletter"), Not(size))), opened))


@pytest.mark.parametrize(
    "document",
    [
        {"all": []},
        {"any": [{"tag": "newsletter"}]},
        {"not": {"tag": "خبرنامه"}},
        {"segment": "friends"},
        {"field": "country", "in": ["IR", "DE"]},
        {"field": "name", "contains": "كاظمي"},
        {"field": "email", "known": True},
        {"field": "birthday", "between": ["2024-02-29", "2024-03-01"]},
        {"field": "seen_at", "gte": "2024-02-29T18:30:00+03:30"},
        {"field": "is_vip", "is": False},
        {"field": "score", "in": [1, 2.5]},
        {"did": "opened"},
        {"did": "opened", "times": {"between": [1, 3]}, "within_days": 7, "where": {"campaign": ["a", "b"]}},
        {"did": "purchased", "where": {"amount": {"between": [1, 2]}}},
    ],
)
def test_a_tree_gives_back_the_document_it_was_read_from(world, document):
    assert to_document(world.rule(document)) == document


@pytest.mark.parametrize(
    ("document", "path"),
    [
        (None, ""),
        ([], ""),
        ("newsletter", ""),
        ({}, ""),
        ({"colour": "red"}, "colour"),
        ({"all": {"tag": "a"}}, "all"),
        ({"all": [{"tag": "a"}], "any": []}, "any"),
        ({"all": [{"tag": "a"}, {"tag": 5}]}, "all[1].tag"),
        ({"all": [{"tag": "a"}, None]}, "all[1]"),
        ({"tag": ""}, "tag"),
        ({"tag": "a\x00b"}, "tag"),
        ({"tag": "\ud800"}, "tag"),
        ({"tag": "a", "since": 3}, "since"),
        ({1: "a"}, ""),
        ({"segment": "no-such"}, "segment"),
        ({"not": {"any": [{"segment": "no-such"}]}}, "not.any[0].segment"),
        ({"field": "contry", "is": "IR"}, "field"),
        ({"field": ["name"], "is": "IR"}, "field"),
        ({"field": "name"}, ""),
        ({"field": "name", "is": "a", "contains": "b"}, ""),
        ({"field": "name", "is": "a", "colour": "b"}, "colour"),
        ({"field": "name", "gte": "a"}, "gte"),
        ({"field": "score", "contains": 5}, "contains"),
        ({"field": "score", "gte": "5"}, "gte"),
        ({"field": "score", "is": True}, "is"),
        ({"field": "score", "is": float("nan")}, "is"),
        ({"field": "score", "is": 10**400}, "is"),
        ({"field": "name", "is": 10**5000}, "is"),
        ({"field": "score", "in": [1, None]}, "in[1]"),
        ({"field": "score", "in": 5}, "in"),
        ({"field": "score", "between": [1]}, "between"),
        ({"field": "name", "is": 5}, "is"),
        ({"field": "name", "is": ""}, "is"),
        ({"field": "name", "is": " \u200c "}, "is"),
        ({"field": "name", "contains": "x" * 100_000}, "contains"),
        ({"field": "name", "known": False}, "known"),
        ({"field": "country", "is": "XX"}, "is"),
        ({"field": "country", "is": False}, "is"),
        ({"field": "is_vip", "is": "yes"}, "is"),
        ({"field": "birthday", "is": "2023-02-29"}, "is"),
        ({"field": "birthday", "is": "2023-02-28T10:00"}, "is"),
        ({"field": "birthday", "is": "0001-01-01"}, "is"),
        ({"field": "seen_at", "is": "yesterday"}, "is"),
        ({"field": "seen_at", "is": "9999-12-31T23:59:59-12:00"}, "is"),
        ({"field": "birthday", "within_days": -1}, "within_days"),
        ({"field": "birthday", "within_days": 10**9}, "within_days"),
        ({"field": "birthday", "within_days": True}, "within_days"),
        ({"did": "danced"}, "did"),
        ({"did": "opened", "times": 3}, "times"),
        ({"did": "opened", "times": {}}, "times"),
        ({"did": "opened", "times": {"gte": 1, "lte": 3}}, "times"),
        ({"did": "opened", "times": {"gte": 1.5}}, "times.gte"),
        ({"did": "opened", "times": {"between": [1, "2"]}}, "times.between[1]"),
        ({"did": "opened", "within_days": "7"}, "within_days"),
        ({"did": "opened", "where": []}, "where"),
        ({"did": "opened", "where": {"colour": "red"}}, "where.colour"),
        ({"did": "opened", "where": {"amount": "5"}}, "where.amount"),
        ({"did": "opened", "where": {"amount": {"gte": "5"}}}, "where.amount.gte"),
        ({"field": "name", "in": ["x"] * 1_000_000}, "in"),
        ({"all": [{"tag": "a"}] * 1_001}, "all[1000]"),
        ({"all": [{"any": []}] * 1_001}, "all[1000].any"),
        (nested(33, {"tag": "a"}), ".".join(["not"] * 33)),
        (nested(1_000, {"tag": "a"}), ".".join(["not"] * 33)),
    ],
)  # fmt: skip
def test_a_wrong_document_is_refused_with_the_path_of_the_clause(world, document, path):
    with pytest.raises(RuleError) as refused:
        world.rule(document)

    assert refused.value.path == path
    assert str(refused.value).startswith(f"{path or 'rule'}: ")


def test_a_rule_at_the_limits_is_read(world):
    document = nested(31, {"all": [{"tag": f"tag-{number}"} for number in range(1_000)]})

    assert to_document(world.rule(document)) == document


def test_hostile_names_are_harmless_and_short_in_the_message(world):
    with pytest.raises(RuleError) as refused:
        world.rule({"field": "\u202e\n<b>" + "x" * 100_000, "is": 1})

    assert len(str(refused.value)) < 200
    assert "\u202e" not in str(refused.value)


def test_days_that_yaml_reads_by_itself_are_taken(world):
    rule = world.rule({"all": [
        {"field": "birthday", "is": date(2024, 2, 29)},
        {"field": "seen_at", "before": datetime(2024, 2, 29, 18, 30)},  # noqa: DTZ001 - as YAML gives it
    ]})  # fmt: skip

    assert to_document(rule) == {
        "all": [
            {"field": "birthday", "is": "2024-02-29"},
            {"field": "seen_at", "before": "2024-02-29T18:30:00"},
        ]
    }


def test_a_choice_is_taken_in_any_case(world):
    assert world.rule({"field": "country", "is": "ir"}) == FieldIs("country", Operator.IS, "IR")


def test_a_field_that_needs_a_permission_is_unknown_to_those_without_it(world, guarded_field, nobody):
    world.vocabulary.add_fields(guarded_field)

    with pytest.raises(RuleError, match=r"there is no field called “budget\.secret”"):
        parse({"field": "budget.secret", "known": True}, world.vocabulary.seen_by(nobody))


def test_a_segment_that_leads_back_to_itself_is_refused(world):
    world.segments = {"warm": {"any": [{"segment": "hot"}]}, "hot": {"not": {"segment": "warm"}}}

    with pytest.raises(RuleError, match="“warm” leads back to itself") as refused:
        world.rule({"all": [{"tag": "newsletter"}, {"segment": "warm"}]})

    assert refused.value.path == "all[1].segment"


def test_a_segment_may_not_be_saved_with_itself_inside(world):
    world.segments = {"hot": {"segment": "warm"}}

    with pytest.raises(RuleError, match="“warm” leads back to itself"):
        parse({"any": [{"segment": "hot"}]}, world.vocabulary, within="warm")


def test_segments_that_double_each_time_are_refused_before_they_fill_the_memory(world):
    world.segments = {f"s{n}": {"all": [{"segment": f"s{n + 1}"}] * 2} for n in range(30)}
    world.segments["s30"] = {"tag": "newsletter"}

    with pytest.raises(RuleError, match="too long"):
        world.rule({"segment": "s0"})


def test_a_chain_of_segments_deeper_than_a_rule_is_refused(world):
    world.segments = {f"s{n}": {"not": {"segment": f"s{n + 1}"}} for n in range(40)}
    world.segments["s40"] = {"tag": "newsletter"}

    with pytest.raises(RuleError, match="too deep"):
        world.rule({"segment": "s0"})
