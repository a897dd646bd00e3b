"""The first admin of a new installation."""

from datetime import timedelta

import pytest

from crm.accounts import queries, service
from crm.accounts.models import LinkPurpose
from tests.factories.accounts import PASSWORD, make_user, make_workspace

ADMIN = {
    "name": "Olivia",
    "email": "olivia@example.com",
    "password": PASSWORD,
    "workspace": "Northwind",
    "timezone": "Asia/Tehran",
}


@pytest.fixture
def token(database):
    make_workspace(name="Peyvand")
    return service.make_link(LinkPurpose.SETUP, None)


def test_the_link_makes_the_first_admin_and_lets_them_in(client, token):
    response = client.page(f"/setup/{token}").form().submit(**ADMIN)

    user = queries.find_user_by_email("olivia@example.com")
    assert response.status_code == 303
    assert user.roles == ["admin"]
    assert client.get("/settings/people").status_code == 200


def test_the_workspace_gets_its_name_and_time_zone(client, token):
    client.page(f"/setup/{token}").form().submit(**ADMIN)

    workspace = queries.get_workspace()
    assert (workspace.name, workspace.timezone) == ("Northwind", "Asia/Tehran")
    assert queries.find_user_by_email("olivia@example.com").timezone == "Asia/Tehran"


def test_the_link_works_once(client, token):
    client.page(f"/setup/{token}").form().submit(**ADMIN)

    assert client.get(f"/setup/{token}").status_code == 404


def test_the_door_is_closed_for_good_once_there_is_a_user(client, token):
    make_user("admin")

    assert client.get(f"/setup/{token}").status_code == 404
    assert client.post(f"/setup/{token}", data=ADMIN).status_code == 404


def test_a_made_up_link_opens_nothing(client, token):
    assert client.get("/setup/made-up").status_code == 404


def test_the_link_is_too_old_after_three_days(client, clock, token):
    clock.tick(timedelta(days=3, seconds=1))

    assert client.get(f"/setup/{token}").status_code == 404


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("email", "no address", "This is not an email address: no address"),
        ("password", "short", "Choose a password of at least 8 characters."),
        ("password", "password", "This password is among the first ones guessed. Choose another."),
        ("password", "olivia@example.com", "This password is among the first ones guessed. Choose another."),
        ("name", "", "Fill in a name."),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_the_rest_stays(client, token, field, value, sentence):
    page = client.read(client.page(f"/setup/{token}").form().submit(**(ADMIN | {field: value})))

    assert page.status == 422
    assert page.one(f"#{field}-error").text == sentence
    assert page.one("input[name=workspace]")["value"] == "Northwind"


def test_after_something_was_wrong_the_link_still_works(client, token):
    page = client.read(client.page(f"/setup/{token}").form().submit(**(ADMIN | {"password": "short"})))

    response = page.form().submit(password=PASSWORD)

    assert response.status_code == 303
