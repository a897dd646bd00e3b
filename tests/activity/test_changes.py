"""Recent changes and taking them back."""

from __future__ import annotations

from tests.cast import Cast
from tests.factories.contacts import make_contact
from tests.support.client import CheckingClient


def test_nothing_to_take_back_is_said(client: CheckingClient, cast: Cast) -> None:
    assert "Nothing to take back" in client.sign_in(cast.sara).page("/settings/changes").text


def test_a_changed_field_goes_back(client: CheckingClient, cast: Cast) -> None:
    contact = make_contact(name="Sara")
    client.sign_in(cast.sara).page(f"/contacts/{contact.id}/edit").form("#contact-form").submit(
        name="Zara", city="Shiraz"
    )

    client.page("/settings/changes").form("#changes form").submit()

    assert client.page(f"/contacts/{contact.id}/edit").one("#name")["value"] == "Sara"


def test_a_field_that_was_changed_again_stays(client: CheckingClient, cast: Cast) -> None:
    contact = make_contact(name="Sara")
    client.sign_in(cast.sara)
    client.page(f"/contacts/{contact.id}/edit").form("#contact-form").submit(name="Zara", city="Shiraz")
    first = client.page("/settings/changes").form("#changes form")
    client.page(f"/contacts/{contact.id}/edit").form("#contact-form").submit(city="Tabriz")

    first.submit()
    form = client.page(f"/contacts/{contact.id}/edit")

    assert (form.one("#name")["value"], form.one("#city")["value"]) == ("Sara", "Tabriz")


def test_others_changes_are_for_admins(client: CheckingClient, cast: Cast) -> None:
    contact = make_contact(name="Sara")
    client.sign_in(cast.sara).page(f"/contacts/{contact.id}/edit").form("#contact-form").submit(name="Zara")
    change = client.page("/settings/changes").form("#changes form").element["action"]

    assert client.sign_in(cast.sam).post(change).status_code == 404
    assert client.sign_in(cast.vic).get("/settings/changes").status_code == 403
    assert client.sign_in(cast.olivia).post(change).status_code == 303


def test_a_change_is_taken_back_once(client: CheckingClient, cast: Cast) -> None:
    contact = make_contact(name="Sara")
    client.sign_in(cast.sara).page(f"/contacts/{contact.id}/edit").form("#contact-form").submit(name="Zara")
    change = client.page("/settings/changes").form("#changes form").element["action"]

    client.post(change)

    assert client.post(change).status_code == 409
