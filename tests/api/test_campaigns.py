"""Campaigns, enrolments and messages through the API."""

import pytest

from crm.core import jobs
from crm.core.db import session
from crm.sequences.models import SequenceStatus
from tests.factories.contacts import make_contact, make_contacts
from tests.factories.sequences import make_person, make_sequence
from tests.support.queries import queries

FILE = {
    "campaign": "Pricing visitors",
    "audience": {"all": [{"tag": "pricing-page"}]},
    "enrol": "once",
    "sender": {"name": "Sara", "email": "sara@example.com"},
    "steps": [
        {
            "email": {"name": "welcome", "subject": "Hello 😀 / سلام", "body": "Read this."},
            "wait": "0 days",
        },
        {"email": {"name": "later", "subject": "How is it going?", "body": "We are here."}, "wait": "7 days"},
    ],
}


def paths_in(answer):
    assert answer.status_code == 422, answer.json
    return [fault["path"] for fault in answer.json["errors"]]


def test_a_campaign_is_made_from_the_json_of_its_file(program, cast):
    mine = program(cast.mina)

    made = mine.post("/campaigns", FILE)

    assert (made.status_code, made.json["slug"], made.json["status"]) == (201, "pricing-visitors", "draft")
    assert made.json["definition"]["steps"] == FILE["steps"]
    assert mine.get(f"/campaigns/{made.json['id']}").json == made.json
    again = mine.post("/campaigns", made.json["definition"])
    assert (again.status_code, again.json["definition"]) == (200, made.json["definition"])


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"steps": None}, "steps"),
        ({"audience": {"all": [{"tagg": "x"}]}}, "audience.all[0].tagg"),
        ({"steps": [{"email": {"name": "a", "body": "x"}, "wait": "0 days"}]}, "steps[0].email.subject"),
        ({"colour": "red"}, "colour"),
        ({"enrol": "sometimes"}, "enrol"),
    ],
)
def test_what_is_wrong_in_a_campaign_is_named(program, cast, change, path):
    assert paths_in(program(cast.mina).post("/campaigns", FILE | change)) == [path]


def test_campaigns_are_listed_by_status(program, cast):
    draft = make_sequence(0, status=SequenceStatus.DRAFT)
    running = make_sequence(0)
    read = program(cast.vic)

    assert [row["id"] for row in read.get("/campaigns").json["data"]] == [running.id, draft.id]
    assert [row["id"] for row in read.get("/campaigns?status=draft").json["data"]] == [draft.id]
    first = read.get("/campaigns?limit=1").json
    assert [row["id"] for row in read.get(f"/campaigns?cursor={first['next']}").json["data"]] == [draft.id]


def test_a_campaign_is_started_paused_resumed_and_finished(program, cast):
    campaign = make_sequence(0, 7, status=SequenceStatus.DRAFT)
    make_person()
    mine = program(cast.mina)
    verbs = [("start", {}), ("pause", None), ("resume", None), ("finish", None)]

    statuses = [mine.post(f"/campaigns/{campaign.id}/{verb}", body).json["status"] for verb, body in verbs]

    assert statuses == ["running", "paused", "running", "finished"]
    assert mine.post(f"/campaigns/{campaign.id}/pause").status_code == 409


def test_a_start_may_lie_ahead(program, cast, clock):
    campaign = make_sequence(0, status=SequenceStatus.DRAFT)
    make_person()

    started = program(cast.mina).post(f"/campaigns/{campaign.id}/start", {"at": "2026-06-01T09:00:00+02:00"})

    assert (started.json["status"], started.json["starts_at"]) == ("scheduled", "2026-06-01T07:00:00+00:00")


def test_what_is_not_ready_does_not_start(program, cast):
    campaign = make_sequence(status=SequenceStatus.DRAFT)

    assert program(cast.mina).post(f"/campaigns/{campaign.id}/start", {}).status_code == 422


@pytest.mark.parametrize("verb", ["start", "pause", "resume", "finish"])
def test_mail_to_many_is_a_right_of_its_own(program, cast, verb):
    campaign = make_sequence(0)

    assert program(cast.vic).post(f"/campaigns/{campaign.id}/{verb}", {}).status_code == 403
    narrow = program(cast.mina, "campaigns:view", "campaigns:edit")
    assert narrow.post(f"/campaigns/{campaign.id}/{verb}", {}).status_code == 403


def test_sales_see_no_campaigns(program, cast):
    campaign = make_sequence(0)

    for path in (
        "/campaigns",
        f"/campaigns/{campaign.id}",
        f"/campaigns/{campaign.id}/report",
        "/enrolments",
        "/messages",
    ):
        assert program(cast.sara).get(path).status_code == 403


def test_a_campaign_is_foreseen_part_by_part(program, cast, clock):
    campaign = make_sequence(0, 7, status=SequenceStatus.DRAFT)
    people = [make_person(email=f"p{number}@example.com") for number in range(3)]
    read = program(cast.mina)

    first = read.get(f"/campaigns/{campaign.id}/preview?limit=2").json
    second = read.get(f"/campaigns/{campaign.id}/preview?limit=2&cursor={first['next']}").json

    lines = [(line["contact_id"], line["step"], line["outcome"]) for line in first["data"] + second["data"]]
    expected = [(person.id, step, "sent") for person in people for step in ("letter-1", "letter-2")]
    assert sorted(lines) == sorted(expected)
    assert (first["total"], second["next"]) == (3, None)
    one = read.get(f"/campaigns/{campaign.id}/preview?contact=P1@example.com&days=3").json
    assert [line["contact"] for line in one["data"]] == ["p1@example.com"]


def test_who_sees_no_contacts_foresees_nobody(program, cast):
    campaign = make_sequence(0, status=SequenceStatus.DRAFT)
    make_person()

    read = program(cast.mina, "campaigns:view").get(f"/campaigns/{campaign.id}/preview").json

    assert (read["data"], read["total"]) == ([], 0)


def test_what_came_of_it_is_reported_and_read_message_by_message(program, cast, clock):
    campaign = make_sequence(0, 7, status=SequenceStatus.DRAFT)
    person = make_person()
    mine = program(cast.mina)
    mine.post(f"/campaigns/{campaign.id}/start", {})

    jobs.run_everything_due(clock.at)
    session.expire_all()

    report = mine.get(f"/campaigns/{campaign.id}/report").json
    assert (report["enrolled"], report["active"], report["outcomes"]) == (1, 1, {"sent": 1})
    assert [(step["step"], step["outcomes"], step["waiting"]) for step in report["steps"]] == [
        ("letter-1", {"sent": 1}, 0),
        ("letter-2", {}, 1),
    ]
    messages = mine.get(f"/messages?campaign={campaign.id}&contact={person.id}").json
    assert [(row["address"], row["step"]) for row in messages["data"]] == [(person.email, "letter-1")]
    whole = mine.get(f"/messages/{messages['data'][0]['id']}").json
    assert whole["body"].startswith("Hello, this is letter 1")
    enrolments = mine.get(f"/enrolments?contact={person.id}").json
    assert [(row["campaign"], row["step"], row["status"]) for row in enrolments["data"]] == [
        (campaign.id, "letter-2", "active")
    ]


def test_a_contact_is_taken_in_by_hand(program, cast):
    campaign = make_sequence(0, audience={"any": []})
    contact = make_contact()
    mine = program(cast.mina)

    made = mine.post("/enrolments", {"campaign": campaign.id, "contact": contact.id})

    assert (made.status_code, made.json["status"], made.json["step"]) == (201, "active", "letter-1")
    assert mine.get(made.headers["Location"].removeprefix("/api/v1")).json == made.json
    again = mine.post("/enrolments", {"campaign": campaign.id, "contact": contact.id})
    assert again.status_code == 409
    assert paths_in(mine.post("/enrolments", {"campaign": 4711, "contact": 4711})) == ["campaign", "contact"]
    assert (
        program(cast.vic).post("/enrolments", {"campaign": campaign.id, "contact": contact.id}).status_code
        == 403
    )


@pytest.mark.parametrize("path", ["/campaigns", "/enrolments", "/messages"])
def test_the_number_of_queries_stays_with_more_rows(program, cast, clock, path):
    read = program(cast.mina)

    def seen():
        with queries() as found:
            assert read.get(path).status_code == 200
        return len(found)

    def fill(count):
        campaign = make_sequence(0, audience={"any": []})
        for contact_id in make_contacts(count):
            read.post("/enrolments", {"campaign": campaign.id, "contact": contact_id})
        jobs.run_everything_due(clock.at)
        session.expire_all()
        read.get(path)

    fill(2)
    few = seen()
    fill(6)

    assert seen() == few
