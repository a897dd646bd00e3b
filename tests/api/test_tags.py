"""Tags through the API."""

import pytest

from crm.tags.queries import find_tag
from tests.factories.contacts import make_contact, make_contacts, make_group, make_tag
from tests.support.queries import queries


def test_every_tag_is_listed_with_its_people(program, cast):
    first, second = make_tag("Fair"), make_tag("Customer", group=make_group("Stage"))
    make_contacts(2, tags=["Fair"])
    make_contact(tags=["Fair", "Customer"])

    read = program(cast.vic).get("/tags").json

    found = [(row["slug"], row["contacts"], row["group"]) for row in read["data"]]
    assert found == [
        (first.slug, 3, None),
        (second.slug, 1, "stage"),
    ]
    assert (read["next"], read["total"]) == (None, 2)


def test_tags_are_read_part_by_part(program, cast):
    slugs = [make_tag(name).slug for name in ("a", "b", "c")]
    read = program(cast.vic)

    first = read.get("/tags?limit=2").json
    second = read.get(f"/tags?limit=2&cursor={first['next']}").json

    assert [row["slug"] for row in first["data"] + second["data"]] == slugs
    assert second["next"] is None


def test_a_tag_is_made_changed_and_deleted(program, cast):
    make_group("Stage")
    mine = program(cast.mina)

    made = mine.post("/tags", {"name": "Pricing page", "hue": 3, "group": "stage"})
    assert (made.status_code, made.json["slug"], made.json["group"]) == (201, "pricing-page", "stage")

    changed = mine.patch("/tags/pricing-page", {"name": "Prices", "group": None})
    assert {"name": "Prices", "slug": "pricing-page", "hue": 3, "group": None}.items() <= changed.json.items()
    assert mine.get("/tags/Prices").json == changed.json

    assert mine.delete("/tags/pricing-page").status_code == 204
    assert find_tag("pricing-page") is None


@pytest.mark.parametrize(
    ("sent", "paths"),
    [
        ({}, ["name"]),
        ({"name": " "}, ["name"]),
        ({"name": "x", "hue": 9}, ["hue"]),
        ({"name": "x", "group": "none"}, ["group"]),
        ({"name": "x", "slug": "mine"}, ["slug"]),
        ({"name": "x" * 81}, ["name"]),
    ],
)
def test_each_wrong_field_is_named(program, cast, sent, paths):
    answer = program(cast.mina).post("/tags", sent)

    assert answer.status_code == 422
    assert [fault["path"] for fault in answer.json["errors"]] == paths


def test_a_name_that_is_taken_is_a_conflict(program, cast):
    make_tag("Fair")

    assert program(cast.mina).post("/tags", {"name": "fair"}).status_code == 409


@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/tags"), ("PATCH", "/tags/fair"), ("DELETE", "/tags/fair")]
)
def test_sales_makes_and_deletes_no_tags(program, cast, method, path):
    make_tag("Fair")

    assert program(cast.sara).send(method, path, json={"name": "x"}).status_code == 403


def test_the_number_of_queries_stays_with_more_tags(program, cast):
    read = program(cast.vic)
    make_contact(tags=["one"])
    read.get("/tags")
    with queries() as few:
        read.get("/tags")
    make_contact(tags=[f"tag {n}" for n in range(10)])
    read.get("/tags")
    with queries() as many:
        read.get("/tags")

    assert len(many) == len(few)
