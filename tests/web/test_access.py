"""The door: who may pass, and that no route forgets to ask."""

import pytest
from flask import Blueprint

from crm.accounts.permissions import Users
from crm.web.access import UnguardedRoute, access_of, public, refuse_unguarded, requires, safe_next
from tests.support.client import htmx_headers


def test_the_app_refuses_to_start_with_a_route_that_does_not_say_who_may_pass(fresh_app):
    blueprint = Blueprint("open", __name__)
    blueprint.add_url_rule("/open", "door", lambda: "")
    fresh_app.register_blueprint(blueprint)

    with pytest.raises(UnguardedRoute, match=r"open\.door"):
        refuse_unguarded(fresh_app)


def test_the_app_starts_when_every_route_says_so(fresh_app):
    blueprint = Blueprint("told", __name__)
    blueprint.add_url_rule("/told", "door", public("for the test")(lambda: ""))
    fresh_app.register_blueprint(blueprint)

    refuse_unguarded(fresh_app)

    assert access_of(fresh_app, "told.door", "GET") is None


def test_a_route_with_a_permission_is_guarded_by_it(fresh_app):
    blueprint = Blueprint("kept", __name__)
    blueprint.add_url_rule("/kept", "door", requires(Users.MANAGE)(lambda: ""))
    fresh_app.register_blueprint(blueprint)

    assert access_of(fresh_app, "kept.door", "GET") is Users.MANAGE


def test_a_stranger_is_led_to_the_sign_in_page_and_back(client, cast):
    response = client.get("/settings/people?sort=name")

    assert response.status_code == 303
    assert response.location == "/sign-in?next=/settings/people?sort%3Dname"


def test_a_stranger_who_posts_is_not_led_back_to_what_only_takes_posts(client, cast):
    response = client.post("/settings/tokens/1/delete")

    assert response.status_code == 303
    assert response.location == "/sign-in"


def test_htmx_is_told_that_the_session_is_over_and_nothing_is_swapped(client, cast):
    response = client.get("/settings/people", headers=htmx_headers())

    assert response.status_code == 401
    assert response.headers["HX-Reswap"] == "none"
    assert "session:over" in response.headers["HX-Trigger"]


@pytest.mark.parametrize("method", ["get", "head"])
def test_a_viewer_gets_403_where_the_role_does_not_reach(client, cast, method):
    client.sign_in(cast.vic)

    response = getattr(client, method)("/settings/people/new")

    assert response.status_code == 403


def test_a_closed_account_is_out_at_once(client, cast):
    client.sign_in(cast.sara)
    cast.sara.is_active = False

    response = client.get("/settings/profile")

    assert response.status_code == 303


def test_a_made_up_session_is_nobody(client, cast):
    with client.session_transaction() as cookie:
        cookie.update(_user_id="made-up", _fresh=True)

    response = client.get("/settings/profile")

    assert response.status_code == 303


@pytest.mark.parametrize("target", ["/contacts", "/contacts?q=a&page=2", "/تماس"])
def test_places_inside_the_app_are_safe_to_go_on_to(target):
    assert safe_next(target) == target


@pytest.mark.parametrize(
    "target",
    [
        None,
        "",
        "contacts",
        "//evil.example",
        "/\\evil.example",
        "https://evil.example",
        "javascript:alert(1)",
        "/a\nb",
        "\t//evil",
    ],
)
def test_anything_else_leads_home(target):
    assert safe_next(target) == "/"
