"""What happened with a contact, read and recorded by programs."""

import pytest

from crm.contacts.queries import get_contact
from crm.core.permissions import SYSTEM
from tests.factories.contacts import make_contact


def test_a_fact_is_recorded(program, cast, clock):
    contact = make_contact()
    sent = {
        "contact": contact.id,
        "kind": "visited",
        "at": "2026-05-05T10:00:00+02:00",
        "detail": {"url": "https://example.com/pricing"},
    }

    made = program(cast.sara).post("/activities", sent)

    assert made.status_code == 201
    assert {**sent, "at": "2026-05-05T08:00:00+00:00", "actor": "Sara Sorensen"}.items() <= made.json.items()
    assert get_contact(contact.id, SYSTEM).last_activity_at.isoformat() == "2026-05-05T08:00:00+00:00"
    assert program(cast.vic).post("/segments/count", {"did": "visited", "within_days": 2}).json == {
        "count": 1
    }


def test_the_timeline_is_read_part_by_part(program, cast):
    contact = make_contact()
    mine = program(cast.sara)
    for number in range(4):
        mine.post("/activities", {"contact": contact.id, "kind": "note", "text": str(number)})

    first = mine.get(f"/activities?contact={contact.id}&limit=2").json
    second = mine.get(f"/activities?contact={contact.id}&limit=9&cursor={first['next']}").json

    assert [row["text"] for row in first["data"] + second["data"]] == ["3", "2", "1", "0", None]
    assert (first["total"], second["next"]) == (5, None)


@pytest.mark.parametrize(
    ("sent", "paths"),
    [
        ({}, ["contact", "kind"]),
        ({"contact": 4711, "kind": "visited"}, ["contact"]),
        ({"contact": 0, "kind": "Visited!"}, ["contact", "kind"]),
        ({"contact": 1, "kind": "unsubscribed"}, ["kind"]),
        ({"contact": 1, "kind": "visited", "at": "2027-01-01T00:00:00Z"}, ["at"]),
        ({"contact": 1, "kind": "visited", "at": "2026-01-01T00:00:00"}, ["at"]),
        ({"contact": 1, "kind": "visited", "detail": {"text": "x" * 10_001}}, ["detail"]),
        ({"contact": 1, "kind": "visited", "actor": "Olivia"}, ["actor"]),
    ],
)
def test_each_wrong_field_is_named(program, cast, clock, sent, paths):
    answer = program(cast.sara).post("/activities", sent)

    assert answer.status_code == 422
    assert sorted(fault["path"] for fault in answer.json["errors"]) == paths


def test_who_only_looks_records_nothing(program, cast):
    contact = make_contact()

    assert (
        program(cast.vic).post("/activities", {"contact": contact.id, "kind": "visited"}).status_code == 403
    )
    assert program(cast.vic).get("/activities?contact=4711").status_code == 422
    assert program(cast.vic).get("/activities").status_code == 422
