"""A forgotten password."""

from datetime import timedelta

import pytest

from crm.accounts import queries, service
from crm.accounts.events import PasswordResetAsked
from crm.accounts.models import LinkPurpose
from crm.core.events import subscribe
from tests.factories.accounts import PASSWORD, make_user

NEW = "a wholly different sentence"
asked = []
subscribe(PasswordResetAsked, asked.append)


@pytest.fixture(autouse=True)
def nobody_asked():
    asked.clear()


@pytest.fixture
def zoe(database):
    return make_user("sales", email="zoe@example.com", password=PASSWORD)


@pytest.fixture
def token(zoe):
    return service.make_link(LinkPurpose.RESET, zoe)


def test_asking_says_the_same_whether_there_is_an_account_or_not(client, zoe):
    known = client.read(client.page("/forgot").form().submit(email="zoe@example.com"))
    unknown = client.read(client.page("/forgot").form().submit(email="nobody@example.com"))

    assert known.one("main").text == unknown.one("main").text
    assert [event.user_id for event in asked] == [zoe.id]


def test_a_closed_account_gets_no_link(client, zoe):
    zoe.is_active = False

    client.page("/forgot").form().submit(email="zoe@example.com")

    assert asked == []


def test_the_link_sets_the_password_and_lets_in(client, zoe, token):
    response = client.page(f"/reset/{token}").form().submit(password=NEW)

    assert response.status_code == 303
    assert service.check_credentials("zoe@example.com", NEW)
    assert not service.check_credentials("zoe@example.com", PASSWORD)


def test_every_other_session_ends(client, zoe, token):
    elsewhere = client.application.test_client().sign_in(zoe)

    client.page(f"/reset/{token}").form().submit(password=NEW)

    assert elsewhere.get("/settings/profile").status_code == 303
    assert len(queries.list_sessions(zoe.id)) == 1


def test_a_poor_password_is_refused_and_the_link_stays(client, zoe, token):
    page = client.read(client.page(f"/reset/{token}").form().submit(password="12345678"))

    assert page.status == 422
    assert page.form().submit(password=NEW).status_code == 303


def test_the_link_works_once(client, zoe, token):
    client.page(f"/reset/{token}").form().submit(password=NEW)

    assert client.get(f"/reset/{token}").status_code == 404


def test_the_link_is_too_old_after_an_hour(client, zoe, clock):
    token = service.make_link(LinkPurpose.RESET, zoe)

    clock.tick(timedelta(hours=1, seconds=1))

    assert client.get(f"/reset/{token}").status_code == 404


def test_a_link_of_one_purpose_opens_no_other(client, zoe, token):
    assert client.get(f"/invite/{token}").status_code == 404
    assert client.get(f"/sign-in/link/{token}").status_code == 404


def test_asking_too_often_has_to_wait(client, zoe, clock):
    for _ in range(5):
        client.post("/forgot", data={"email": "zoe@example.com"})

    response = client.post("/forgot", data={"email": "zoe@example.com"})

    assert response.status_code == 429
    assert len(asked) == 5


def test_an_empty_address_is_named(client, zoe):
    page = client.read(client.page("/forgot").form().submit(email=""))

    assert page.status == 422
    assert page.problems == ["Fill in an email address."]
