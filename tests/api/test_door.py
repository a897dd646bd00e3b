"""Tokens: who gets in, how far, and what is told to who does not."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from crm.accounts import service as accounts
from crm.accounts.models import ApiToken
from crm.accounts.queries import get_user
from crm.core.db import session
from tests.factories.contacts import make_contact

PROBLEM = "application/problem+json"


def test_without_a_token_nothing_is_told(program):
    answer = program().get("/contacts")

    assert answer.status_code == 401
    assert answer.content_type == PROBLEM
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="Peyvand"'


@pytest.mark.parametrize("sent", ["Bearer pvd_wrong", "Bearer ", "Basic YTpi", "pvd_wrong"])
def test_a_wrong_token_is_told_apart_from_none(program, sent):
    answer = program().get("/contacts", headers={"Authorization": sent})

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_cookie_opens_nothing(client, cast):
    client.sign_in(cast.olivia)

    assert client.get("/api/v1/contacts").status_code == 401
    assert client.post("/api/v1/tags", json={"name": "Forged"}).status_code == 401


def test_a_token_needs_no_csrf_token(program, cast):
    assert program(cast.olivia).post("/tags", {"name": "Fair"}).status_code == 201


def test_a_token_never_reaches_further_than_its_scopes(program, cast):
    narrow = program(cast.olivia, "contacts:view")

    assert narrow.get("/contacts").status_code == 200
    assert narrow.post("/contacts", {"name": "Someone"}).status_code == 403
    assert narrow.get("/tags").status_code == 403


def test_a_token_never_reaches_further_than_its_user(program, cast):
    wide = program(cast.vic, "contacts:view", "contacts:create")

    assert wide.post("/contacts", {"name": "Someone"}).status_code == 403


def test_a_role_taken_away_counts_at_the_next_request(program, cast):
    made = program(cast.sam)
    assert made.post("/contacts", {"name": "Someone"}).status_code == 201

    accounts.change_roles(get_user(cast.sam.id), ["viewer"], actor=cast.olivia)
    session.flush()

    assert made.post("/contacts", {"name": "Another"}).status_code == 403


def test_an_expired_token_and_one_of_a_closed_account_hold_no_more(program, cast, clock):
    made = program(cast.sam)
    session.execute(update(ApiToken).values(expires_at=clock.at + timedelta(hours=1)))
    assert made.get("/contacts").status_code == 200

    clock.tick(timedelta(hours=2))
    assert made.get("/contacts").status_code == 401

    other = program(cast.sara)
    accounts.close_account(cast.sara, actor=cast.olivia)
    session.flush()
    assert other.get("/contacts").status_code == 401


def test_the_last_use_of_a_token_is_kept(program, cast, clock):
    made = program(cast.sam)

    made.get("/contacts")

    assert session.scalar(select(ApiToken.last_used_at)) == clock.at


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nowhere", 404),
        ("DELETE", "/contacts", 405),
        ("PUT", "/tags", 405),
        ("GET", "/contacts/99999999999", 404),
    ],
)
def test_unknown_addresses_and_methods_are_problems_too(program, cast, method, path, status):
    answer = program(cast.olivia).send(method, path)

    assert (answer.status_code, answer.content_type) == (status, PROBLEM)
    assert answer.json["status"] == status
    assert status != 405 or "GET" in answer.headers["Allow"]


def test_a_page_that_does_not_exist_stays_a_page(client):
    answer = client.get("/nowhere")

    assert (answer.status_code, answer.mimetype) == (404, "text/html")


def test_options_are_answered_with_a_token(program, cast):
    answer = program(cast.olivia).send("OPTIONS", "/segments/count")

    assert answer.status_code == 200
    assert "POST" in answer.headers["Allow"]


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{", "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b'{"name": NaN}', "application/json", 400),
        (b"\xff\xfe", "application/json", 400),
        (b"1" * 5000, "application/json", 400),
        (b'{"name": "x"}', "text/plain", 415),
        (b"name=x", "application/x-www-form-urlencoded", 415),
        (b'"' + b"x" * 3_000_000 + b'"', "application/json", 413),
        (b"[]", "application/json", 422),
        (b"null", "application/json", 422),
        (b"", "application/json", 422),
    ],
)
def test_a_body_that_cannot_be_taken_is_refused(program, cast, body, kind, status):
    answer = program(cast.olivia).post("/tags", data=body, content_type=kind)

    assert (answer.status_code, answer.content_type) == (status, PROBLEM)


@pytest.mark.parametrize("name", ["\x00", "a\x00b", "\ud800"])
def test_text_that_no_database_keeps_is_refused_with_its_place(program, cast, name):
    answer = program(cast.olivia).post("/contacts", {"name": name})

    assert answer.status_code == 422
    assert [fault["path"] for fault in answer.json["errors"]] == ["name"]


def test_unknown_parameters_are_refused_by_name(program, cast):
    made = program(cast.olivia)

    for path in (
        "/contacts?tagg=x",
        "/contacts?page=2",
        f"/contacts/{make_contact().id}?fields=name",
        "/openapi.json?x=1",
    ):
        answer = made.get(path)
        assert answer.status_code == 422
        assert [fault["in"] for fault in answer.json["errors"]] == ["query"]
