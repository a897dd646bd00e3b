"""The list of campaigns, and the ways to begin one."""

from __future__ import annotations

import io

from crm.campaigns.queries import find_campaign
from crm.sequences.models import SequenceStatus
from tests.factories.sequences import make_sequence
from tests.support.queries import queries

FILE = """
campaign: From a file
audience: {tag: newsletter}
steps:
  - email: {name: hello, subject: Hello, body: A first letter.}
    wait: 0 days
"""


def test_list_shows_campaigns_with_state_and_counts(client, cast):
    make_sequence(0, name="Spring letters")
    make_sequence(0, name="Autumn letters", status=SequenceStatus.DRAFT)

    page = client.sign_in(cast.mina).page("/campaigns")

    assert "Spring letters" in page.text
    assert "Autumn letters" in page.text
    assert page.one(f"#campaign-{find_campaign('Spring letters').id} .status").text == "Running"
    assert page.one(".tabs a[aria-current]").text == "All2"


def test_tabs_narrow_the_list_to_one_state(client, cast):
    make_sequence(0, name="Spring letters")
    make_sequence(0, name="Autumn letters", status=SequenceStatus.DRAFT)

    page = client.sign_in(cast.mina).page("/campaigns?status=draft")

    assert "Autumn letters" in page.text
    assert "Spring letters" not in page.text


def test_empty_list_offers_the_cadence(client, cast):
    page = client.sign_in(cast.mina).page("/campaigns")

    assert "preset=nurture" in page.link("Start with the nurture cadence")["href"]


def test_sales_may_not_see_campaigns_and_viewers_may_not_make_them(client, cast):
    assert client.sign_in(cast.sara).get("/campaigns").status_code == 403
    assert client.sign_in(cast.vic).get("/campaigns").status_code == 200
    assert client.get("/campaigns/new").status_code == 403
    assert client.post("/campaigns/new", data={"name": "Mine", "preset": "nurture"}).status_code == 403


def test_new_campaign_from_the_cadence_leads_to_its_sequence(client, cast):
    page = client.sign_in(cast.mina).page("/campaigns/new")

    answer = page.form_to("/campaigns/new").submit(name="Warm leads", preset="nurture")

    made = find_campaign("Warm leads")
    assert answer.status_code == 303
    assert answer.location == f"/campaigns/{made.id}/sequence"
    assert made.status is SequenceStatus.DRAFT
    assert "Steps 5 to 10" in client.page(answer.location).text


def test_new_campaign_without_a_name_keeps_the_choice(client, cast):
    page = client.sign_in(cast.mina).page("/campaigns/new")

    answer = page.form_to("/campaigns/new").submit(name="", preset="welcome")

    shown = client.read(answer)
    assert answer.status_code == 422
    assert "Fill in a name." in shown.text
    assert "checked" in shown.one("input[value=welcome]")


def test_campaign_from_a_file_leads_to_its_sequence(client, cast):
    page = client.sign_in(cast.mina).page("/campaigns/new")

    answer = page.form_to("/campaigns/import").submit(file=[(io.BytesIO(FILE.encode()), "from.yaml")])

    assert answer.location == f"/campaigns/{find_campaign('From a file').id}/sequence"


def test_file_that_is_no_campaign_says_what_is_missing(client, cast):
    page = client.sign_in(cast.mina).page("/campaigns/new")

    answer = page.form_to("/campaigns/import").submit(file=[(io.BytesIO(b"campaign: X\n"), "x.yaml")])

    assert answer.status_code == 422
    assert "audience is missing." in client.read(answer).text


def test_file_that_is_no_text_is_refused(client, cast):
    page = client.sign_in(cast.mina).page("/campaigns/new")

    answer = page.form_to("/campaigns/import").submit(file=[(io.BytesIO(b"\xff\xfe\x00\x00\x81"), "x.yaml")])

    assert answer.status_code == 422
    assert "This file is not text in UTF-8." in client.read(answer).text


def test_number_of_queries_does_not_grow_with_the_list(client, cast):
    client.sign_in(cast.mina)
    make_sequence(0, 7)
    client.page("/campaigns")
    with queries() as few:
        client.page("/campaigns")
    for _ in range(5):
        make_sequence(0, 7)

    with queries() as many:
        client.page("/campaigns")

    assert len(many) == len(few)


def test_missing_campaign_is_not_found(client, cast):
    assert client.sign_in(cast.mina).get("/campaigns/999999/sequence").status_code == 404
