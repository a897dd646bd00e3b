"""The same write asked twice is done once."""

from datetime import timedelta

from sqlalchemy import func, select

from crm.api.models import StoredAnswer
from crm.core import jobs
from crm.core.db import session
from crm.tags.models import Tag
from tests.factories.contacts import make_contact

KEY = {"Idempotency-Key": "5f0c0b7e"}


def count_tags():
    return session.scalar(select(func.count()).select_from(Tag))


def test_the_same_request_gets_the_stored_answer_again(program, cast):
    mine = program(cast.olivia)

    first = mine.post("/tags", {"name": "Fair"}, headers=KEY)
    second = mine.post("/tags", {"name": "Fair"}, headers=KEY)

    assert (first.status_code, second.status_code) == (201, 201)
    assert (second.json, second.headers["Location"]) == (first.json, first.headers["Location"])
    assert second.headers["Idempotent-Replayed"] == "true"
    assert count_tags() == 1


def test_another_body_under_the_same_key_is_refused(program, cast):
    mine = program(cast.olivia)
    mine.post("/tags", {"name": "Fair"}, headers=KEY)

    answer = mine.post("/tags", {"name": "Other"}, headers=KEY)

    assert answer.status_code == 422
    assert answer.json["errors"][0]["path"] == "Idempotency-Key"
    assert count_tags() == 1


def test_a_refused_write_may_be_tried_again(program, cast):
    mine = program(cast.olivia)
    mine.post("/tags", {"name": ""}, headers=KEY)

    assert mine.post("/tags", {"name": "Fair"}, headers=KEY).status_code == 201


def test_keys_are_each_users_own(program, cast):
    program(cast.olivia).post("/tags", {"name": "Fair"}, headers=KEY)

    assert program(cast.mina).post("/tags", {"name": "Other"}, headers=KEY).status_code == 201


def test_what_was_shown_to_wider_rights_is_not_shown_to_narrower_ones(program, cast):
    contact = make_contact(budget="secret")
    path = f"/contacts/{contact.id}"
    program(cast.olivia).patch(path, {"city": "Bonn"}, headers=KEY)

    answer = program(cast.olivia, "contacts:view", "contacts:edit").patch(path, {"city": "Bonn"}, headers=KEY)

    assert answer.status_code == 422


def test_a_key_that_is_no_key_is_refused(program, cast):
    mine = program(cast.olivia)

    assert mine.post("/tags", {"name": "Fair"}, headers={"Idempotency-Key": "x" * 201}).status_code == 422
    assert mine.post("/tags", {"name": "Fair"}, headers={"Idempotency-Key": ""}).status_code == 422


def test_after_a_day_a_key_is_new_again(program, cast, clock):
    mine = program(cast.olivia)
    mine.post("/tags", {"name": "Fair"}, headers=KEY)

    clock.tick(timedelta(hours=25))

    assert mine.post("/tags", {"name": "Other"}, headers=KEY).status_code == 201


def test_old_answers_are_swept(program, cast, clock):
    program(cast.olivia).post("/tags", {"name": "Fair"}, headers=KEY)

    clock.tick(timedelta(hours=23))
    jobs.run_everything_due(clock.at)
    assert session.scalar(select(func.count()).select_from(StoredAnswer)) == 1

    clock.tick(timedelta(hours=2))
    jobs.run_everything_due(clock.at)
    assert session.scalar(select(func.count()).select_from(StoredAnswer)) == 0
