"""Tags put on and taken off many people at once."""

from __future__ import annotations

from sqlalchemy import select

from crm.core import clock
from crm.core.db import session
from crm.core.jobs import Job, run_everything_due
from tests.cast import Cast
from tests.factories.contacts import ids_on, make_contact, make_contacts, make_tag
from tests.support.client import CheckingClient


def count(client: CheckingClient, url: str) -> int:
    return int(client.page(url).one("#contact-count")["data-count"])


def test_ticked_people_get_the_tag(client: CheckingClient, cast: Cast) -> None:
    one, two, other = make_contact(name="A"), make_contact(name="B"), make_contact(name="C")
    client.sign_in(cast.mina)

    response = client.post(
        "/tags/add", data={"ids": [one.id, two.id], "tag": "webinar", "back": "/contacts?q="}
    )

    assert response.status_code == 303
    assert ids_on(client.page("/contacts?all=webinar")) == [one.id, two.id]
    assert other.id not in ids_on(client.page("/contacts?all=webinar"))


def test_the_whole_result_but_one_gets_the_tag(client: CheckingClient, cast: Cast) -> None:
    ids = make_contacts(60, tags=["trial"])
    outsider = make_contact()
    client.sign_in(cast.mina)

    client.post("/tags/add", data={"select": "all", "except": [ids[0]], "all": ["trial"], "tag": "webinar"})

    assert count(client, "/contacts?all=webinar") == 59
    assert outsider.id not in ids_on(client.page("/contacts?all=webinar"))


def test_more_than_two_hundred_become_a_job_that_shows_how_far_it_is(
    client: CheckingClient, cast: Cast
) -> None:
    make_contacts(250, tags=["trial"])
    client.sign_in(cast.mina)

    response = client.post(
        "/tags/add", data={"select": "all", "all": ["trial"], "tag": "webinar", "back": "/contacts"}
    )
    progress = client.page(response.headers["Location"])

    assert "/settings/changes/" in response.headers["Location"]
    assert progress.one("#progress")["hx-trigger"] == "every 1s"
    assert progress.one("progress")["max"] == "250"
    assert [job.kind for job in session.scalars(select(Job))] == ["acts.carry_on"]
    run_everything_due(clock.now())
    assert count(client, "/contacts?all=webinar") == 250
    assert client.page(response.headers["Location"]).find("[hx-trigger^=every]") is None


def test_taking_a_tag_off_many_can_be_undone(client: CheckingClient, cast: Cast) -> None:
    make_contacts(3, tags=["trial"])
    client.sign_in(cast.olivia)

    client.post("/tags/remove", data={"select": "all", "tag": "trial"})
    gone = count(client, "/contacts?all=trial")
    client.page("/settings/changes").form("#changes form").submit()

    assert gone == 0
    assert count(client, "/contacts?all=trial") == 3


def test_undo_only_takes_back_what_the_act_did(client: CheckingClient, cast: Cast) -> None:
    before = make_contact(tags=["trial"])
    make_contact()
    client.sign_in(cast.olivia)

    client.post("/tags/add", data={"select": "all", "tag": "trial"})
    client.page("/settings/changes").form("#changes form").submit()

    assert ids_on(client.page("/contacts?all=trial")) == [before.id]


def test_an_unknown_tag_is_made_only_by_who_may(client: CheckingClient, cast: Cast) -> None:
    contact = make_contact()
    client.sign_in(cast.sara)

    response = client.post("/tags/add", data={"ids": [contact.id], "tag": "brand new"})

    assert response.status_code == 404
    assert (
        client.post("/tags/add", data={"ids": [contact.id], "tag": make_tag("known").name}).status_code == 303
    )


def test_nobody_selected_is_said(client: CheckingClient, cast: Cast) -> None:
    make_contact()

    response = client.sign_in(cast.mina).post("/tags/add", data={"tag": "webinar"})

    assert response.status_code == 422
    assert "Nobody is selected" in response.get_data(as_text=True)


def test_many_are_archived_and_restored(client: CheckingClient, cast: Cast) -> None:
    ids = make_contacts(5)
    client.sign_in(cast.mina)

    client.post("/contacts/archive", data={"ids": ids[:3]})

    assert (count(client, "/contacts"), count(client, "/contacts?view=archived")) == (2, 3)
    client.post("/contacts/restore", data={"select": "all", "view": "archived"})
    assert (count(client, "/contacts"), count(client, "/contacts?view=archived")) == (5, 0)
