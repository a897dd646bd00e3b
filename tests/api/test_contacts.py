"""Contacts through the API: the same people, filters and rules as on the pages."""

import pytest

from crm.contacts.logic import LEAD_FACTS
from crm.core.db import session
from tests.factories.contacts import make_contact, make_contacts, make_tag
from tests.support.queries import queries


def ids_in(answer):
    assert answer.status_code == 200, answer.json
    return [row["id"] for row in answer.json["data"]]


def paths_in(answer):
    assert answer.status_code == 422, answer.json
    return [fault["path"] for fault in answer.json["errors"]]


def test_a_contact_is_read_by_its_field_keys(program, cast):
    contact = make_contact(
        name="Sara Karimi",
        email="Sara@example.com",
        company="Northwind",
        owner_id=cast.sara.id,
        tags=["Pricing page"],
        budget="5,000",
    )

    read = program(cast.olivia).get(f"/contacts/{contact.id}").json

    expected = {
        "name": "Sara Karimi",
        "company": "Northwind",
        "owner": cast.sara.email,
        "tags": ["pricing-page"],
        "budget": "5,000",
    }
    assert expected.items() <= read.items()
    assert read["created_at"].endswith("+00:00")
    assert read["archived_at"] is None


def test_what_qualifies_a_lead_is_hidden_from_support(program, cast):
    contact = make_contact(budget="secret", status="qualified")
    support = program(cast.sue)

    assert not set(LEAD_FACTS) & support.get(f"/contacts/{contact.id}").json.keys()
    assert not set(LEAD_FACTS) & support.get("/contacts").json["data"][0].keys()
    assert paths_in(support.patch(f"/contacts/{contact.id}", {"budget": "0", "need": "x"})) == [
        "budget",
        "need",
    ]
    assert paths_in(support.post("/segments/count", {"field": "budget", "is": "secret"})) == ["field"]


def test_the_filters_are_those_of_the_list(program, cast):
    both = make_contact(tags=["Pricing page", "Customer"])
    one = make_contact(tags=["Pricing page"], owner_id=cast.sara.id)
    none = make_contact(name="Karim کاظمی")
    read = program(cast.olivia)

    assert ids_in(read.get("/contacts?all=pricing-page&all=customer")) == [both.id]
    assert ids_in(read.get("/contacts?any=pricing-page&any=customer")) == [both.id, one.id]
    assert ids_in(read.get("/contacts?none=pricing-page")) == [none.id]
    assert ids_in(read.get("/contacts?q=كاظمي")) == [none.id]
    assert ids_in(read.get(f"/contacts?owner={cast.sara.email}")) == [one.id]
    assert ids_in(read.get("/contacts?owner=none&sort=-email")) == [none.id, both.id]


@pytest.mark.parametrize("sort", ["id", "name", "-created_at", "owner"])
def test_a_list_is_read_to_its_end_by_cursors(program, cast, sort):
    made = make_contacts(7)
    read = program(cast.olivia)

    found, path, parts = [], f"/contacts?limit=3&sort={sort}", 0
    while path:
        answer = read.get(path)
        found += ids_in(answer)
        assert answer.json["total"] == 7
        parts += 1
        path = f"/contacts?limit=3&sort={sort}&cursor={answer.json['next']}" if answer.json["next"] else None

    assert (sorted(found), parts) == (sorted(made), 3)


def test_by_id_nobody_is_lost_when_people_go_while_a_program_reads(program, cast):
    made = make_contacts(5)
    read = program(cast.olivia)
    first = read.get("/contacts?limit=2").json

    read.delete(f"/contacts/{made[0]}")

    assert ids_in(read.get(f"/contacts?limit=2&cursor={first['next']}")) == made[2:4]


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=201",
        "limit=x",
        "cursor=%00",
        "cursor=W10",
        "cursor=WyJuYW1lIiwzXQ",
        "sort=secret",
        "view=x",
    ],
)
def test_a_window_that_makes_no_sense_is_refused(program, cast, query):
    assert paths_in(program(cast.olivia).get(f"/contacts?{query}")) == [query.partition("=")[0]]


def test_a_contact_is_added(program, cast):
    made = program(cast.sara).post(
        "/contacts",
        {
            "first_name": "Mina",
            "last_name": "Moradi",
            "email": "Mina@example.com",
            "owner": cast.sara.email,
            "birthday": "1990-03-21",
            "country": "ir",
        },
    )

    assert made.status_code == 201
    assert {
        "name": "Mina Moradi",
        "owner": cast.sara.email,
        "birthday": "1990-03-21",
        "country": "IR",
    }.items() <= made.json.items()
    assert made.headers["Location"] == f"/api/v1/contacts/{made.json['id']}"


@pytest.mark.parametrize(
    ("sent", "paths"),
    [
        ({}, ["name"]),
        ({"name": "x", "role": "admin", "id": 5, "score": 9}, ["role", "id", "score"]),
        ({"name": "x", "email_status": "valid"}, ["email_status"]),
        ({"email": "nonsense"}, ["email"]),
        ({"name": 5, "phone": ["1"], "birthday": "soon"}, ["name", "phone", "birthday"]),
        ({"name": "x", "owner": "nobody@example.com"}, ["owner"]),
        (
            {"name": "x" * 301, "country": "Iran", "timezone": "Mars/Base", "status": "friend"},
            ["name", "country", "timezone", "status"],
        ),
    ],
)
def test_each_wrong_field_is_named(program, cast, sent, paths):
    assert set(paths_in(program(cast.olivia).post("/contacts", sent))) == set(paths)


def test_somebody_who_is_there_already_is_a_conflict(program, cast):
    make_contact(email="sara@example.com")

    answer = program(cast.olivia).post("/contacts", {"email": "SARA@example.com"})

    assert answer.status_code == 409
    assert [fault["path"] for fault in answer.json["errors"]] == ["email"]


def test_an_external_id_belongs_to_one_contact(program, cast):
    make_contact(external_id="K-1")
    other = make_contact()

    answer = program(cast.olivia).patch(f"/contacts/{other.id}", {"external_id": "K-1"})

    assert answer.status_code == 409
    assert [fault["path"] for fault in answer.json["errors"]] == ["external_id"]


def test_a_change_leaves_what_is_not_sent(program, cast):
    contact = make_contact(name="Sara", city="Berlin", owner_id=cast.sara.id)

    changed = program(cast.olivia).patch(f"/contacts/{contact.id}", {"city": None, "job_title": "Buyer"}).json

    assert {
        "name": "Sara",
        "city": None,
        "job_title": "Buyer",
        "owner": cast.sara.email,
    }.items() <= changed.items()


def test_only_what_was_seen_is_changed(program, cast):
    contact = make_contact(city="Berlin")
    mine = program(cast.olivia)
    tag = mine.get(f"/contacts/{contact.id}").headers["ETag"]
    assert mine.get(f"/contacts/{contact.id}", headers={"If-None-Match": tag}).status_code == 304

    first = mine.patch(f"/contacts/{contact.id}", {"city": "Bonn"}, headers={"If-Match": tag})
    second = mine.patch(f"/contacts/{contact.id}", {"city": "Ulm"}, headers={"If-Match": tag})
    third = mine.patch(
        f"/contacts/{contact.id}", {"city": "Köln"}, headers={"If-Match": first.headers["ETag"]}
    )

    assert [first.status_code, second.status_code, third.status_code] == [200, 412, 200]


def test_delete_archives_and_restore_brings_back(program, cast):
    contact = make_contact()
    mine = program(cast.sara)

    assert mine.delete(f"/contacts/{contact.id}").status_code == 204
    assert ids_in(mine.get("/contacts")) == []
    assert ids_in(mine.get("/contacts?view=archived")) == [contact.id]

    assert mine.post(f"/contacts/{contact.id}/restore").json["archived_at"] is None
    assert ids_in(mine.get("/contacts")) == [contact.id]


def test_tags_go_on_by_slug_or_name_and_come_off(program, cast):
    contact, tag = make_contact(), make_tag("Pricing page")
    mine = program(cast.sara)

    assert mine.post(f"/contacts/{contact.id}/tags", {"tag": tag.slug}).json["tags"] == ["pricing-page"]
    assert mine.post(f"/contacts/{contact.id}/tags", {"tag": "Pricing page"}).json["tags"] == ["pricing-page"]
    assert mine.delete(f"/contacts/{contact.id}/tags/pricing-page").status_code == 204
    assert mine.delete(f"/contacts/{contact.id}/tags/unheard-of").status_code == 404
    assert mine.get(f"/contacts/{contact.id}").json["tags"] == []


def test_a_new_tag_is_made_only_by_who_may(program, cast):
    contact = make_contact()

    assert paths_in(program(cast.sara).post(f"/contacts/{contact.id}/tags", {"tag": "Brand new"})) == ["tag"]
    assert program(cast.mina).post(f"/contacts/{contact.id}/tags", {"tag": "Brand new"}).json["tags"] == [
        "brand-new"
    ]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PATCH", ""),
        ("DELETE", ""),
        ("POST", "/restore"),
        ("POST", "/tags"),
        ("DELETE", "/tags/customer"),
    ],
)
def test_who_only_looks_changes_nothing(program, cast, method, path):
    contact = make_contact(tags=["Customer"])

    answer = program(cast.vic).send(method, f"/contacts/{contact.id}{path}", json={})

    assert answer.status_code == 403


def test_whom_nobody_knows_is_not_found(program, cast):
    assert program(cast.olivia).get("/contacts/4711").status_code == 404
    assert program(cast.olivia).patch("/contacts/4711", {"name": "x"}).status_code == 404


def test_the_number_of_queries_stays_with_more_people(program, cast):
    make_contacts(2, tags=["Customer"])
    make_contact(company="Northwind", owner_id=cast.sara.id, tags=["Customer"])
    read = program(cast.olivia)
    read.get("/contacts")

    with queries() as few:
        read.get("/contacts")
    make_contacts(40, tags=["Customer", "Pricing page"])
    session.flush()
    read.get("/contacts")
    with queries() as many:
        read.get("/contacts")

    assert len(many) == len(few)
