"""The people page: who has an account, which roles they hold, closing and opening accounts."""

import pytest

from crm.accounts import queries
from tests.factories.accounts import make_user
from tests.support.queries import queries as counted


@pytest.fixture
def admin(client, cast):
    return client.sign_in(cast.olivia)


def test_it_shows_everybody_with_their_roles(admin, cast):
    assert cast.mina.name

    page = admin.page("/settings/people")

    assert "Mina Moradi" in page.text
    assert "mina@example.com" in page.text


@pytest.mark.parametrize(
    ("role", "status"), [("admin", 200), ("manager", 200), ("sales", 403), ("viewer", 403)]
)
def test_who_may_see_it(client, role, status):
    client.sign_in(make_user(role))

    assert client.get("/settings/people").status_code == status


def test_a_manager_sees_people_but_no_way_to_change_them(client, cast):
    client.sign_in(cast.max)

    page = client.page("/settings/people")

    assert not page.all("main form")
    assert not page.all("main a[href^=/settings/people/]")


def test_as_many_questions_for_twenty_people_as_for_one(admin):
    with counted() as few:
        admin.get("/settings/people")
    for _ in range(20):
        make_user("sales", "support")

    with counted() as many:
        admin.get("/settings/people")

    assert len(many) == len(few)


def test_looking_changes_nothing(admin):
    with counted() as seen:
        admin.get("/settings/people")

    assert not [
        statement
        for statement in seen
        if statement.lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE"))
    ]


def test_roles_are_given_and_taken(admin, cast):
    page = admin.page(f"/settings/people/{cast.sam.id}")

    response = page.form_to(f"/settings/people/{cast.sam.id}").submit(roles=["marketing", "support"])

    assert (response.status_code, response.location) == (303, "/settings/people")
    assert sorted(queries.get_user(cast.sam.id).roles) == ["marketing", "support"]
    assert admin.page("/settings/people").toasts == ["Roles of Sam Santos saved"]


def test_new_roles_count_from_the_next_click_on(admin, cast):
    sam = admin.application.test_client().sign_in(cast.sam)
    assert sam.get("/settings/people").status_code == 403

    admin.page(f"/settings/people/{cast.sam.id}").form_to(f"/settings/people/{cast.sam.id}").submit(
        roles=["manager"]
    )

    assert sam.get("/settings/people").status_code == 200


def test_the_form_shows_the_roles_held(admin, cast):
    page = admin.page(f"/settings/people/{cast.sam.id}")

    assert [box["value"] for box in page.all("input[name=roles]") if "checked" in box] == ["sales"]


def test_someone_has_to_stay_admin(admin, cast):
    page = admin.read(
        admin.page(f"/settings/people/{cast.olivia.id}")
        .form_to(f"/settings/people/{cast.olivia.id}")
        .submit(roles=["viewer"])
    )

    assert page.status == 422
    assert "Someone has to stay admin. Make another person admin first." in page.problems
    assert queries.get_user(cast.olivia.id).roles == ["admin"]


def test_an_unknown_role_is_refused(admin, cast):
    response = admin.post(f"/settings/people/{cast.sam.id}", data={"roles": ["emperor"]})

    assert response.status_code == 422
    assert queries.get_user(cast.sam.id).roles == ["sales"]


def test_an_account_is_closed_and_its_sessions_end(admin, cast):
    sam = admin.application.test_client().sign_in(cast.sam)

    response = admin.page("/settings/people").form_to(f"/settings/people/{cast.sam.id}/close").submit()

    assert response.status_code == 303
    assert sam.get("/settings/profile").status_code == 303
    assert not queries.get_user(cast.sam.id).is_active


def test_a_closed_account_is_opened_again(admin, cast):
    cast.sam.is_active = False

    admin.page("/settings/people").form_to(f"/settings/people/{cast.sam.id}/reopen").submit()

    assert queries.get_user(cast.sam.id).is_active


def test_nobody_closes_their_own_account(admin, cast):
    admin.post(f"/settings/people/{cast.olivia.id}/close")

    assert queries.get_user(cast.olivia.id).is_active


@pytest.mark.parametrize("verb", ["close", "reopen", "invite"])
def test_a_manager_gets_403_on_writes(client, cast, verb):
    client.sign_in(cast.max)

    assert client.post(f"/settings/people/{cast.sam.id}/{verb}").status_code == 403


@pytest.mark.parametrize("method", ["get", "post"])
def test_somebody_who_does_not_exist_is_404(admin, method):
    assert getattr(admin, method)("/settings/people/999999").status_code == 404


def test_the_pages_are_whole_in_persian(client, cast):
    cast.olivia.locale = "fa"
    client.sign_in(cast.olivia)

    assert client.page("/settings/people").one("html")["dir"] == "rtl"
    assert client.page(f"/settings/people/{cast.sam.id}").one("html")["dir"] == "rtl"
