"""Broken rules and HTTP errors as pages and as toasts."""

import json

import pytest

from tests.support.client import htmx_headers

STATUS = {"not-found": 404, "not-allowed": 403, "conflict": 409, "invalid": 422}


def test_an_address_that_does_not_exist_is_a_page_with_a_way_back(client, cast):
    client.sign_in(cast.vic)

    page = client.read(client.get("/no-such-page"))

    assert page.status == 404
    assert page.find("main a[href=/]")


def test_a_stranger_sees_the_same_page_without_the_navigation(client, cast):
    page = client.read(client.get("/no-such-page"))

    assert page.status == 404
    assert not page.find("nav.side")


def test_the_page_is_in_the_language_of_whoever_looks(client, cast):
    cast.vic.locale = "fa"
    client.sign_in(cast.vic)

    page = client.read(client.get("/no-such-page"))

    assert page.one("html")["dir"] == "rtl"


@pytest.mark.parametrize("kind", sorted(STATUS))
def test_a_broken_rule_has_its_status_and_says_its_sentence(probe, kind):
    page = probe.read(probe.post(f"/probe/breaks/{kind}"))

    assert page.status == STATUS[kind]
    assert "Something is wrong." in page.text


@pytest.mark.parametrize("kind", sorted(STATUS))
def test_htmx_gets_a_broken_rule_as_a_toast_and_swaps_nothing(probe, kind):
    response = probe.post(f"/probe/breaks/{kind}", headers=htmx_headers())

    assert response.status_code == STATUS[kind]
    assert response.headers["HX-Reswap"] == "none"
    assert json.loads(response.headers["HX-Trigger"])["toast"] == {
        "message": "Something is wrong.",
        "kind": "bad",
    }


def test_a_crash_says_a_reference_and_nothing_of_what_broke(probe, caplog):
    page = probe.read(probe.post("/probe/crashes"))

    assert page.status == 500
    assert "told nobody" not in page.markup
    reference = caplog.records[-1].getMessage().removeprefix("reference ")
    assert reference in page.text


def test_a_crash_under_htmx_is_a_toast_with_the_reference(probe, caplog):
    response = probe.post("/probe/crashes", headers=htmx_headers())

    reference = caplog.records[-1].getMessage().removeprefix("reference ")
    assert response.status_code == 500
    assert reference in json.loads(response.headers["HX-Trigger"])["toast"]["message"]


def test_a_busy_database_asks_to_try_again(probe):
    page = probe.read(probe.post("/probe/database-is-away"))

    assert page.status == 503
    assert "try again" in page.text


def test_a_method_an_address_does_not_know_names_those_it_does(client, cast):
    client.sign_in(cast.vic)

    response = client.post("/settings/roles")

    assert response.status_code == 405
    assert "GET" in response.headers["Allow"]


def test_a_token_that_is_out_of_date_asks_to_reload(client, cast):
    client.sign_in(cast.vic)

    page = client.read(client.post("/settings/profile", data={"name": "Vic"}, csrf=False))

    assert page.status == 400
    assert "Reload" in page.text


def test_under_htmx_it_is_a_toast(client, cast):
    client.sign_in(cast.vic)

    response = client.post("/settings/profile", data={"name": "Vic"}, csrf=False, headers=htmx_headers())

    assert response.status_code == 400
    assert "Reload" in json.loads(response.headers["HX-Trigger"])["toast"]["message"]
