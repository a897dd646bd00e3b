"""The htmx wrapper: page or fragment, where to go, what to tell – and the gaps of the package underneath."""

import json

import pytest
from htmx_flask.requests import HtmxAwareRequest

from tests.support.client import htmx_headers


def test_a_plain_request_gets_the_whole_page(client, cast):
    response = client.get("/sign-in")

    assert b"<html" in response.data


def test_a_partial_request_gets_only_the_block_that_the_view_names(client, cast):
    page = client.fragment("/sign-in")

    assert "<html" not in page.markup
    assert page.one("#sign-in form")


@pytest.mark.parametrize(
    "headers", [htmx_headers(boosted=True), htmx_headers(restoring=True)], ids=["boosted", "restoring"]
)
def test_boosted_and_history_requests_get_the_whole_page(client, cast, headers):
    response = client.get("/sign-in", headers=headers)

    assert b"<html" in response.data


def test_the_client_cannot_choose_the_block(client, cast):
    page = client.fragment("/sign-in?fragment=title&block=title", target="title")

    assert page.one("#sign-in")


@pytest.mark.parametrize("headers", [{}, htmx_headers()], ids=["page", "fragment"])
def test_every_html_answer_varies_by_the_htmx_header(client, cast, headers):
    response = client.get("/sign-in", headers=headers)

    assert "HX-Request" in response.headers["Vary"]


def test_going_elsewhere_is_303_for_a_plain_browser(probe):
    response = probe.post("/probe/tells")

    assert (response.status_code, response.location) == (303, "/sign-in")


def test_going_elsewhere_is_an_empty_204_for_htmx(probe):
    response = probe.post("/probe/tells", headers=htmx_headers())

    assert (response.status_code, response.data) == (204, b"")
    assert response.headers["HX-Redirect"] == "/sign-in"


@pytest.mark.parametrize("headers", [{}, htmx_headers()], ids=["plain", "htmx"])
def test_what_was_told_stands_on_the_page_one_goes_to(probe, headers):
    probe.post("/probe/tells", headers=headers)

    assert probe.page("/sign-in").toasts == ["ذخیره شد"]


def test_persian_text_in_a_header_is_ascii(probe):
    response = probe.post("/probe/refuses", headers=htmx_headers())

    assert response.headers["HX-Trigger"].isascii()
    assert json.loads(response.headers["HX-Trigger"])["toast"]["message"] == "نمی‌شود"


def test_a_refusal_swaps_nothing(probe):
    # htmx-flask 0.1.0 fuses two of its swap names and refuses others, so the wrapper writes the header itself.
    response = probe.post("/probe/refuses", headers=htmx_headers())

    assert response.headers["HX-Reswap"] == "none"


def test_requests_know_htmx(app):
    assert issubclass(app.request_class, HtmxAwareRequest)
