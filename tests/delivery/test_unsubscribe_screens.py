"""The public pages behind the unsubscribe link: reading changes nothing, posting does, in the recipient's language."""

from __future__ import annotations

import pytest

from crm.contacts.models import EmailStatus
from crm.core.db import session
from crm.core.text import email_key
from crm.delivery import links
from crm.delivery.models import Suppression
from crm.delivery.service.queue import keep_content, queue_single
from crm.delivery.states import MessageKind, SuppressionReason
from tests.factories.accounts import make_workspace
from tests.factories.sequences import make_person

ADDRESS = "tom@example.org"


@pytest.fixture
def link(app, database):
    """The unsubscribe link in a message to Tom."""
    return _link(app)


def _link(app, locale="en"):
    make_workspace(name="Alder & Co")
    sender = {"name": "Sara", "email": "sara@example.com"}
    message = queue_single(
        MessageKind.CAMPAIGN,
        keep_content("Hi", "Hello."),
        to=ADDRESS,
        to_name="Tom",
        merge={},
        sender=sender,
        locale=locale,
    )
    return f"/u/{links.make(links.Purpose.UNSUBSCRIBE, message.id, app.config['PEYVAND'].secret_key)}"


def _suppression():
    return session.get(Suppression, email_key(ADDRESS))


def test_reading_the_page_changes_nothing(client, link):
    page = client.page(link)
    client.head(link)

    assert ADDRESS in page.text
    assert "Alder & Co" in page.text
    assert _suppression() is None


def test_button_unsubscribes_and_the_page_says_so(client, link):
    person = make_person(email=ADDRESS)

    answer = client.page(link).form_to(link).submit()

    session.refresh(person)
    assert (answer.status_code, answer.location) == (303, link)
    assert client.page(link).one("h1").text == "You are unsubscribed"
    assert person.email_status is EmailStatus.OPTED_OUT


def test_one_click_needs_neither_cookie_nor_token_nor_redirect(app, link, database):
    stranger = app.test_client()

    answer = stranger.post(link, data={"List-Unsubscribe": "One-Click"}, csrf=False)

    assert (answer.status_code, answer.text) == (200, "")
    assert _suppression().reason is SuppressionReason.UNSUBSCRIBED


def test_one_click_twice_is_once(app, link, database):
    stranger = app.test_client()

    answers = [
        stranger.post(link, data={"List-Unsubscribe": "One-Click"}, csrf=False).status_code for _ in range(2)
    ]

    assert answers == [200, 200]


def test_mistake_is_taken_back(client, link):
    client.page(link).form_to(link).submit()

    client.page(link).form_to(f"{link}/undo").submit()

    assert _suppression() is None
    assert client.page(link).one("h1").text == "Unsubscribe"


def test_bounced_address_is_not_freed_by_its_link(client, link):
    session.add(Suppression(address_key=email_key(ADDRESS), reason=SuppressionReason.BOUNCED))

    client.post(f"{link}/undo")

    assert _suppression().reason is SuppressionReason.BOUNCED


@pytest.mark.parametrize("method", ["get", "post"])
def test_link_that_is_none_of_ours_is_a_friendly_404(client, database, method):
    make_workspace()

    answer = getattr(client, method)("/u/bm90LW9uZS1vZi1vdXJzLWF0LWFsbA")

    assert answer.status_code == 404
    assert "This link does not work" in client.read(answer).text


def test_page_speaks_the_language_of_the_message(app, client, database):
    page = client.page(_link(app, locale="fa"))

    assert page.one("html")["dir"] == "rtl"
    assert page.one("html")["lang"] == "fa"
