"""One contact: its page, adding, changing, archiving, notes."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from crm.activity.models import Activity
from crm.contacts.models import Contact, EmailStatus
from crm.core.db import session
from tests.cast import Cast
from tests.factories import contacts as factory
from tests.factories.contacts import ids_on, make_contact
from tests.support.client import CheckingClient, htmx_headers
from tests.support.queries import queries


def test_shows_what_is_known(client: CheckingClient, cast: Cast) -> None:
    contact = make_contact(
        name="Sara Ahmadi", email="sara@novamed.example", phone="+989120000147", company="Novamed",
        job_title="Head of Operations", owner_id=cast.sara.id, tags=["webinar"], city="Tehran",
    )  # fmt: skip

    page = client.sign_in(cast.vic).page(f"/contacts/{contact.id}")

    assert page.one("h1").text == "Sara Ahmadi"
    for text in (
        "sara@novamed.example",
        "+989120000147",
        "Novamed",
        "Head of Operations",
        "Sara Sorensen",
        "webinar",
        "Tehran",
        "May be emailed",
    ):
        assert text in page.text


def test_is_whole_with_nothing_but_a_phone_number(client: CheckingClient, cast: Cast) -> None:
    contact = make_contact(name="", email=None, phone="+491701234567")

    page = client.sign_in(cast.vic).page(f"/contacts/{contact.id}")

    assert page.one("h1").text == "+491701234567"
    assert "No email address" in page.text


def test_an_unknown_number_is_not_found(client: CheckingClient, cast: Cast) -> None:
    assert client.sign_in(cast.vic).get("/contacts/999999").status_code == 404


def test_adds_a_contact(client: CheckingClient, cast: Cast) -> None:
    page = client.sign_in(cast.sara).page("/contacts/new")

    response = page.form("#contact-form").submit(
        name=" Annika  Kaufmann ", email="Annika@Lager.Example", company="Lager", phone="+49 170 1234567"
    )

    contact = session.scalars(select(Contact)).one()
    assert response.status_code == 303
    assert response.headers["Location"] == f"/contacts/{contact.id}"
    assert (contact.name, contact.email_key, contact.phone, contact.owner_id) == (
        "Annika Kaufmann",
        "annika@lager.example",
        "+491701234567",
        cast.sara.id,
    )
    assert ids_on(client.page("/contacts?q=lager")) == [contact.id]


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ({"name": "", "email": "", "phone": ""}, "name"),
        ({"email": "no address"}, "email"),
        ({"phone": "12"}, "phone"),
        ({"country": "Germany"}, "country"),
    ],
)
def test_what_cannot_be_is_refused_and_kept(
    client: CheckingClient, cast: Cast, typed: dict[str, Any], problem: str
) -> None:
    page = client.sign_in(cast.sara).page("/contacts/new")

    response = page.form("#contact-form").submit(**{"name": "Annika", **typed})
    answer = client.read(response)

    assert response.status_code == 422
    assert "aria-invalid" in answer.one(f"#{problem}")
    assert typed.get("email", "") in answer.one("#email").get("value", "")
    assert ids_on(client.page("/contacts")) == []


def test_a_known_address_warns_and_can_be_saved_anyway(client: CheckingClient, cast: Cast) -> None:
    first = make_contact(name="Sara", email="sara@example.org")
    page = client.sign_in(cast.sara).page("/contacts/new")

    warned = client.read(page.form("#contact-form").submit(name="Sara Again", email="SARA@example.org"))
    saved = warned.form("#contact-form").submit(may_double="y")

    assert warned.status == 422
    assert warned.link("Open that contact")["href"] == f"/contacts/{first.id}"
    assert saved.status_code == 303


def test_changes_are_saved_and_told_in_the_timeline(client: CheckingClient, cast: Cast) -> None:
    contact = make_contact(name="Sara", email="sara@example.org")
    page = client.sign_in(cast.sara).page(f"/contacts/{contact.id}/edit")

    response = page.form("#contact-form").submit(name="Sara Ahmadi", city="Tehran")
    shown = client.page(f"/contacts/{contact.id}")

    assert response.status_code == 303
    assert "Sara Ahmadi" in shown.text
    assert "Tehran" in shown.text
    assert "Changed" in shown.one(".timeline").text
    assert ids_on(client.page("/contacts?q=ahmadi")) == [contact.id]


def test_two_people_editing_at_once_notice_each_other(client: CheckingClient, cast: Cast) -> None:
    contact = make_contact(name="Sara")
    mine = client.sign_in(cast.sara).page(f"/contacts/{contact.id}/edit")
    theirs = client.page(f"/contacts/{contact.id}/edit")
    theirs.form("#contact-form").submit(city="Shiraz")

    response = mine.form("#contact-form").submit(city="Tehran")

    assert response.status_code == 409
    assert "Shiraz" in client.page(f"/contacts/{contact.id}").text


def test_a_new_address_is_unverified_again(client: CheckingClient, cast: Cast) -> None:
    contact = make_contact(email="old@example.org", email_status="bounced")
    page = client.sign_in(cast.sara).page(f"/contacts/{contact.id}/edit")

    page.form("#contact-form").submit(email="new@example.org")

    session.expire_all()
    assert contact.email_status == EmailStatus.UNVERIFIED


def test_archiving_can_be_undone(client: CheckingClient, cast: Cast) -> None:
    contact = make_contact(name="Sara")
    client.sign_in(cast.sara)

    client.post(f"/contacts/{contact.id}/archive")
    shown = client.page(f"/contacts/{contact.id}")

    assert "Archived on" in shown.text
    assert ids_on(client.page("/contacts")) == []
    assert ids_on(client.page("/contacts?view=archived")) == [contact.id]
    client.post(f"/contacts/{contact.id}/restore")
    assert ids_on(client.page("/contacts")) == [contact.id]


def test_notes_stand_in_the_timeline_and_move_the_last_activity(client: CheckingClient, cast: Cast) -> None:
    contact = make_contact(name="Sara")
    page = client.sign_in(cast.sara).page(f"/contacts/{contact.id}")

    response = page.form("#composer").submit(text="Wants 40 seats", htmx=True)
    part = client.read(response)

    assert response.status_code == 200
    assert part.one("#activity")
    assert "Wants 40 seats" in part.text
    assert "<html" not in part.markup
    session.expire_all()
    assert contact.last_activity_at is not None


def test_an_empty_note_is_refused(client: CheckingClient, cast: Cast) -> None:
    contact = make_contact()
    page = client.sign_in(cast.sara).page(f"/contacts/{contact.id}")

    assert page.form("#composer").submit(text="  ").status_code == 422
    assert session.scalars(select(Activity).where(Activity.kind == "note")).all() == []


def test_the_timeline_goes_on_in_parts(client: CheckingClient, cast: Cast) -> None:
    contact = make_contact()
    for number in range(35):
        factory.service.write_note(contact, f"Note number {number}.", actor=cast.sara)
    page = client.sign_in(cast.vic).page(f"/contacts/{contact.id}")

    older = client.fragment(page.link("Show older")["href"], target="timeline-older", current=page.url)

    assert len(page.all(".tl")) == 30
    assert len(older.all(".tl")) == 6  # five more notes and how it began
    assert older.find("a") is None


def test_tags_are_added_and_removed_in_place(client: CheckingClient, cast: Cast) -> None:
    contact = make_contact()
    make_tag = factory.make_tag
    red = make_tag("red")
    client.sign_in(cast.sara).page(f"/contacts/{contact.id}")

    added = client.read(
        client.post(
            f"/contacts/{contact.id}/tags", data={"tag": "Red"}, headers=htmx_headers(target="contact-tags")
        )
    )
    removed = client.read(
        client.post(
            f"/contacts/{contact.id}/tags/{red.id}/remove", headers=htmx_headers(target="contact-tags")
        )
    )

    assert [tag.text for tag in added.all(".tag")] == ["red"]
    assert removed.all(".tag") == []


@pytest.mark.parametrize("path", ["edit", "archive", "restore", "notes", "tags"])
def test_the_viewer_role_changes_nothing(client: CheckingClient, cast: Cast, path: str) -> None:
    contact = make_contact()

    assert client.sign_in(cast.vic).post(f"/contacts/{contact.id}/{path}").status_code == 403


def test_support_does_not_see_what_makes_a_lead(client: CheckingClient, cast: Cast) -> None:
    contact = make_contact(budget="40,000 a year", status="qualified")

    page = client.sign_in(cast.sue).page(f"/contacts/{contact.id}")
    form = client.page(f"/contacts/{contact.id}/edit")

    assert "40,000" not in page.text
    assert "Qualified" not in page.text
    assert form.find("#budget") is None


def test_the_number_of_queries_does_not_grow_with_the_history(client: CheckingClient, cast: Cast) -> None:
    contact = make_contact(tags=["one"])
    client.sign_in(cast.vic).page(f"/contacts/{contact.id}")
    with queries() as few:
        client.page(f"/contacts/{contact.id}")
    for number in range(20):
        factory.service.write_note(contact, f"{number}", actor=cast.sara)
    client.page(f"/contacts/{contact.id}")

    with queries() as many:
        client.page(f"/contacts/{contact.id}")

    assert len(many) == len(few)
