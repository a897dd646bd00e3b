"""Headers, cookies and tokens of every answer."""

import dataclasses

import pytest

from crm.factory import create_app
from tests.factories.accounts import PASSWORD, make_user


def directives(response):
    parts = (part.split() for part in response.headers["Content-Security-Policy"].split(";"))
    return {part[0]: part[1:] for part in parts}


@pytest.mark.parametrize("url", ["/sign-in", "/no-such-page", "/healthz"])
def test_every_answer_carries_the_strict_policy(client, cast, url):
    policy = directives(client.get(url))

    assert policy["default-src"] == ["'none'"]
    assert policy["script-src"] == policy["style-src"] == ["'self'"]
    assert policy["frame-ancestors"] == policy["base-uri"] == ["'none'"]


def test_answers_are_not_guessed_at_and_not_framed(client, cast):
    headers = client.get("/sign-in").headers

    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"


def test_pages_of_people_who_signed_in_are_not_kept(client, cast):
    client.sign_in(cast.vic)

    response = client.get("/settings/profile")

    assert response.headers["Cache-Control"] == "no-store"


def test_the_session_cookie_is_hidden_from_scripts_and_other_sites(client, cast):
    make_user(email="zoe@example.com", password=PASSWORD)

    response = client.post("/sign-in", data={"email": "zoe@example.com", "password": PASSWORD})

    cookie = next(value for value in response.headers.getlist("Set-Cookie") if value.startswith("peyvand="))
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_over_https_cookies_are_secure_and_bound_to_the_host(fresh_settings):
    app = create_app(dataclasses.replace(fresh_settings, base_url="https://crm.example.com"))

    assert app.config["SESSION_COOKIE_SECURE"]
    assert app.config["SESSION_COOKIE_NAME"].startswith("__Host-")


@pytest.mark.parametrize("path", ["/sign-in", "/language", "/forgot"])
def test_a_post_without_the_token_is_refused_on_public_pages_too(client, cast, path):
    response = client.post(path, data={}, csrf=False)

    assert response.status_code == 400
