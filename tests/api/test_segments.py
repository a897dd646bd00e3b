"""Rules counted through the API."""

import pytest

from tests.factories.contacts import make_contact


def test_a_rule_is_counted(program, cast):
    make_contact(country="IR", tags=["Pricing page"])
    make_contact(country="IR")
    make_contact()
    ask = program(cast.vic)

    assert ask.post("/segments/count", {"all": []}).json == {"count": 3}
    assert ask.post(
        "/segments/count", {"all": [{"tag": "pricing-page"}, {"field": "country", "is": "IR"}]}
    ).json == {"count": 1}
    assert ask.post("/segments/count", {"not": {"field": "country", "known": True}}).json == {"count": 1}


@pytest.mark.parametrize(
    ("rule", "path"),
    [
        ({"all": [{"tag": "x"}, {"field": "shoe_size", "is": 9}]}, "all[1].field"),
        ({"any": [{"not": {"country": "IR"}}]}, "any[0].not.country"),
        ({"field": "created_at", "before": "soon"}, "before"),
        ([], ""),
        ("x", ""),
    ],
)
def test_a_rule_that_cannot_be_understood_names_its_clause(program, cast, rule, path):
    answer = program(cast.vic).post("/segments/count", rule)

    assert answer.status_code == 422
    assert [fault["path"] for fault in answer.json["errors"]] == [path]


def test_a_rule_without_end_is_refused(program, cast):
    rule = {"all": []}
    for _ in range(200):
        rule = {"not": rule}

    assert program(cast.vic).post("/segments/count", rule).status_code == 422
