"""Bringing people in."""

from datetime import timedelta

import pytest

from crm.accounts import queries
from tests.factories.accounts import PASSWORD, make_user


@pytest.fixture
def admin(client, cast):
    return client.sign_in(cast.olivia)


def invite(admin, **fields):
    plain = {"name": "Nina", "email": "nina@example.com", "roles": ["sales"]}
    return admin.page("/settings/people/new").form("main form[action$=new]").submit(**(plain | fields))


def link_on(page):
    return page.one("#invitation-link").text.removeprefix("http://localhost")


def test_inviting_makes_an_account_without_a_password_and_shows_its_link(admin):
    page = admin.read(invite(admin, roles=["sales", "support"]))

    user = queries.find_user_by_email("nina@example.com")
    assert page.status == 200
    assert sorted(user.roles) == ["sales", "support"]
    assert user.password_hash is None
    assert link_on(page).startswith("/invite/")


def test_the_invited_chooses_a_password_and_is_in(admin):
    link = link_on(admin.read(invite(admin)))
    nina = admin.application.test_client()

    response = nina.page(link).form().submit(password=PASSWORD)

    assert (response.status_code, response.location) == (303, "/")
    assert nina.get("/settings/profile").status_code == 200


def test_the_link_works_once(admin):
    link = link_on(admin.read(invite(admin)))
    admin.application.test_client().page(link).form().submit(password=PASSWORD)

    assert admin.application.test_client().get(link).status_code == 404


def test_looking_at_the_link_does_not_spend_it(admin):
    link = link_on(admin.read(invite(admin)))
    nina = admin.application.test_client()
    nina.get(link)
    nina.head(link)

    assert nina.get(link).status_code == 200


def test_the_link_is_too_old_after_three_days(admin, cast, clock):
    admin.sign_in(cast.olivia)
    link = link_on(admin.read(invite(admin)))

    clock.tick(timedelta(days=3, seconds=1))

    assert admin.application.test_client().get(link).status_code == 404


def test_a_new_link_ends_the_old_one(admin):
    old = link_on(admin.read(invite(admin)))
    user = queries.find_user_by_email("nina@example.com")

    page = admin.read(
        admin.page(f"/settings/people/{user.id}").form_to(f"/settings/people/{user.id}/invite").submit()
    )

    assert admin.application.test_client().get(old).status_code == 404
    assert admin.application.test_client().get(link_on(page)).status_code == 200


def test_an_address_that_has_an_account_is_refused_at_its_field(admin):
    make_user(email="nina@example.com")

    page = admin.read(invite(admin, email="Nina@Example.com"))

    assert page.status == 422
    assert "has an account already" in page.one("#email-error").text
    assert page.one("input[name=name]")["value"] == "Nina"


def test_a_role_has_to_be_chosen(admin):
    page = admin.read(invite(admin, roles=[]))

    assert page.status == 422
    assert "Choose at least one role." in page.problems
    assert queries.find_user_by_email("nina@example.com") is None


@pytest.mark.parametrize("name", ["manager", "viewer"])
def test_only_who_manages_people_may_invite(client, name):
    client.sign_in(make_user(name))

    assert client.get("/settings/people/new").status_code == 403
    assert client.post("/settings/people/new", data={"name": "Nina"}).status_code == 403


def test_the_page_is_whole_in_persian(client, cast):
    cast.olivia.locale = "fa"
    client.sign_in(cast.olivia)

    page = client.read(invite(client))

    assert page.one("html")["lang"] == "fa"
