"""Coming in and going out."""

from datetime import timedelta

import pytest

from crm.accounts import queries, service
from crm.accounts.models import LinkPurpose
from tests.factories.accounts import PASSWORD, make_user


@pytest.fixture
def zoe(database):
    return make_user("sales", name="Zoe", email="zoe@example.com", password=PASSWORD)


def sign_in(client, email="zoe@example.com", password=PASSWORD, **more):
    return client.page("/sign-in").form().submit(email=email, password=password, **more)


def test_email_and_password_open_the_door(client, zoe):
    response = sign_in(client)

    assert (response.status_code, response.location) == (303, "/")
    assert client.get("/settings/profile").status_code == 200


def test_one_comes_back_to_where_one_wanted_to_go(client, zoe):
    page = client.page("/settings/security")

    response = page.form().submit(email="zoe@example.com", password=PASSWORD)

    assert response.location == "/settings/security"


def test_another_site_is_never_where_one_comes_back_to(client, zoe):
    response = (
        client.page("/sign-in?next=https://evil.example/")
        .form()
        .submit(email="zoe@example.com", password=PASSWORD)
    )

    assert response.location == "/"


@pytest.mark.parametrize("email", ["ZOE@Example.com", " zoe@example.com "])
def test_the_address_may_be_written_another_way(client, zoe, email):
    assert sign_in(client, email).status_code == 303


@pytest.mark.parametrize(
    ("email", "password"),
    [("zoe@example.com", "wrong"), ("nobody@example.com", PASSWORD), ("zoe@example.com", PASSWORD.upper())],
)
def test_a_wrong_pair_gets_one_sentence_whatever_was_wrong(client, zoe, email, password):
    page = client.read(sign_in(client, email, password))

    assert page.status == 422
    assert page.problems == ["Email and password do not belong together. Check both, or set a new password."]


def test_what_was_typed_stays_but_for_the_password(client, zoe):
    page = client.read(sign_in(client, password="wrong"))

    assert page.one("input[name=email]")["value"] == "zoe@example.com"
    assert not page.one("input[name=password]").get("value")


def test_empty_fields_are_named(client, zoe):
    page = client.read(sign_in(client, email="", password=""))

    assert page.status == 422
    assert {"Fill in an email address.", "Fill in a password."} <= set(page.problems)


def test_htmx_gets_the_form_back_and_only_that(client, zoe):
    form = client.page("/sign-in").form()

    page = client.read(form.submit(email="zoe@example.com", password="wrong", htmx=True))

    assert page.status == 422
    assert "<html" not in page.markup
    assert page.problems


def test_a_closed_account_does_not_open(client, zoe):
    zoe.is_active = False

    assert sign_in(client).status_code == 422


def test_an_account_without_a_password_does_not_open(client):
    make_user(email="new@example.com")

    assert sign_in(client, "new@example.com", "anything").status_code == 422


def test_a_signed_in_person_is_led_on_from_the_sign_in_page(client, cast):
    client.sign_in(cast.vic)

    response = client.get("/sign-in?next=/settings/profile")

    assert (response.status_code, response.location) == (303, "/settings/profile")


def test_the_dialog_over_a_page_is_only_the_form(client, zoe):
    page = client.fragment("/sign-in?dialog=1")

    assert page.one("form input[name=password]")


def test_after_fifteen_tries_one_waits(client, zoe, clock):
    for _ in range(15):
        client.post("/sign-in", data={"email": "zoe@example.com", "password": "wrong"})

    response = sign_in(client)

    assert response.status_code == 429
    assert 0 < int(response.headers["Retry-After"]) <= 3600


def test_after_an_hour_one_may_try_again(client, zoe, clock):
    for _ in range(16):
        client.post("/sign-in", data={"email": "zoe@example.com", "password": "wrong"})
    clock.tick(timedelta(hours=1, seconds=1))

    assert sign_in(client).status_code == 303


def test_a_stranger_cannot_lock_the_owner_out_of_a_known_device(client, zoe, clock):
    sign_in(client)
    client.post("/sign-out")
    stranger = client.application.test_client()
    for _ in range(16):
        stranger.post("/sign-in", data={"email": "zoe@example.com", "password": "wrong"})

    assert sign_in(client).status_code == 303


def test_signing_out_ends_the_session_on_the_server(client, zoe):
    sign_in(client)
    with client.session_transaction() as cookie:
        token = cookie["_user_id"]

    response = client.post("/sign-out")

    assert (response.status_code, response.location) == (303, "/sign-in")
    assert queries.find_user_by_session(token) is None


def test_signing_in_gives_a_new_session_each_time(client, zoe):
    sign_in(client)
    other = client.application.test_client()
    sign_in(other)

    assert len(queries.list_sessions(zoe.id)) == 2


def test_a_session_ends_when_it_is_not_used_for_two_weeks(client, cast, clock):
    client.sign_in(cast.sara)

    clock.tick(timedelta(days=14, seconds=1))

    assert client.get("/settings/profile").status_code == 303


def test_a_session_that_is_used_lives_on_for_thirty_days_and_no_longer(client, cast, clock):
    client.sign_in(cast.sara)
    for _ in range(3):
        clock.tick(timedelta(days=9))
        assert client.get("/settings/profile").status_code == 200

    clock.tick(timedelta(days=3, seconds=1))

    assert client.get("/settings/profile").status_code == 303


def test_use_of_a_session_is_noted_at_most_every_five_minutes(client, cast, clock):
    client.sign_in(cast.sara)
    started = clock.at
    clock.tick(timedelta(minutes=4))
    client.get("/settings/profile")
    soon = queries.list_sessions(cast.sara.id)[0].last_used_at

    clock.tick(timedelta(minutes=2))
    client.get("/settings/profile")

    assert soon == started
    assert queries.list_sessions(cast.sara.id)[0].last_used_at == clock.at


def test_a_one_time_link_asks_first_and_then_opens_once(client, zoe):
    token = service.make_link(LinkPurpose.SIGN_IN, zoe)
    page = client.page(f"/sign-in/link/{token}")
    assert client.get("/settings/profile").status_code == 303

    response = page.form().submit()

    assert (response.status_code, response.location) == (303, "/")
    assert client.get("/settings/profile").status_code == 200
    assert client.get(f"/sign-in/link/{token}").status_code == 404


def test_the_language_can_be_chosen_before_signing_in(client, zoe):
    page = client.page("/sign-in")

    page.form_to("/language").submit(button="فارسی")

    persian = client.page("/sign-in")
    assert persian.one("html")["dir"] == "rtl"
    assert persian.one("h1").text != page.one("h1").text


def test_the_language_is_no_way_to_another_site(client, zoe):
    response = client.post("/language", data={"locale": "fa", "next": "//evil.example"})

    assert response.location == "/"


def test_the_dialog_leads_on_by_htmx(client, zoe):
    response = client.page("/sign-in").form().submit(email="zoe@example.com", password=PASSWORD, htmx=True)

    assert (response.status_code, response.data) == (204, b"")
    assert response.headers["HX-Redirect"] == "/"
