"""The outbox: every message, what became of it, and settling the uncertain ones."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from crm.core.db import session
from crm.delivery.models import Message
from crm.delivery.reasons import Reason
from crm.delivery.service.queue import keep_content, new_message_id, queue_single
from crm.delivery.states import MessageKind, MessageState
from tests.factories import number
from tests.factories.accounts import make_workspace
from tests.support.client import CheckingClient
from tests.support.queries import queries

SENDER = {"name": "Sara", "email": "sara@example.com"}


class BareClient(CheckingClient):
    """For answers that are mail: those have the inline styles that pages must not have."""

    def _check(self, response):
        assert response.status_code != 500


def make_message(state: MessageState = MessageState.READY, **values: Any) -> Message:
    """A message of a campaign, in this state."""
    make_workspace()
    who = number()
    content = keep_content(values.pop("subject", f"Subject {who}"), values.pop("body", "Hello **you**."))
    message = queue_single(
        MessageKind.CAMPAIGN,
        content,
        to=f"person{who}@example.org",
        to_name=f"Person {who}",
        merge={},
        sender=SENDER,
        locale="en",
    )
    message.state, message.message_id = state, new_message_id(SENDER["email"])
    for name, value in values.items():
        setattr(message, name, value)
    session.flush()
    return message


def test_outbox_shows_messages_newest_first(client, cast):
    first, second = make_message(), make_message(MessageState.SENT)

    page = client.sign_in(cast.mina).page("/outbox")

    assert [row["id"] for row in page.all("tbody tr")] == [f"outbox-{second.id}", f"outbox-{first.id}"]
    assert [row.one(".status").text for row in page.all("tbody tr")] == ["Sent", "Waiting"]


def test_outbox_is_filtered_by_state(client, cast):
    make_message()
    refused = make_message(MessageState.REFUSED, reason=Reason.REFUSED)

    page = client.sign_in(cast.mina).page("/outbox").follow("Refused1")

    assert [row["id"] for row in page.all("tbody tr")] == [f"outbox-{refused.id}"]
    assert "The receiving server refused it" in page.one("tbody").text


def test_filter_swaps_only_the_results(client, cast):
    make_message()
    client.sign_in(cast.mina).page("/outbox")

    part = client.fragment("/outbox?state=ready", target="outbox-results")

    assert part.all("#outbox-results")
    assert not part.all("html")
    assert part.one("#outbox-states")["hx-swap-oob"] == "true"


def test_without_a_server_the_page_says_that_nothing_leaves(client, cast):
    page = client.sign_in(cast.mina).page("/outbox")

    assert "Nothing leaves this installation." in page.text
    assert "PEYVAND_SMTP_URL" in page.text


def test_message_shows_its_facts_and_its_text(client, cast):
    message = make_message(MessageState.REFUSED, reason=Reason.REFUSED, response="550 no such user")

    page = client.sign_in(cast.mina).page(f"/outbox/{message.id}")

    assert message.message_id in page.text
    assert "550 no such user" in page.text
    assert "Hello you." in page.one("pre.mail-text").text
    assert page.one("iframe")["src"] == f"/outbox/{message.id}/body"
    assert "sandbox" in page.one("iframe")


def test_body_stands_alone_under_its_own_policy(app, cast):
    message = make_message()
    bare = BareClient(app, app.response_class).sign_in(cast.mina)

    answer = bare.get(f"/outbox/{message.id}/body")

    assert "<strong>you</strong>" in answer.text
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"


def test_message_that_cannot_be_put_together_shows_what_was_written(client, cast):
    message = make_message(
        MessageState.DROPPED, body="Hello {{ contact.first_name }}", reason=Reason.MISSING_FIELD
    )

    page = client.sign_in(cast.mina).page(f"/outbox/{message.id}")

    assert "This message cannot be put together" in page.text
    assert client.get(f"/outbox/{message.id}/body").status_code == 404


@pytest.mark.parametrize(
    ("button", "state"), [("arrived", MessageState.SENT), ("send-again", MessageState.READY)]
)
def test_uncertain_message_is_settled_by_a_person(client, cast, button, state):
    message = make_message(MessageState.UNCERTAIN, reason=Reason.NO_ANSWER)
    page = client.sign_in(cast.mina).page(f"/outbox/{message.id}")

    page.form_to(f"/outbox/{message.id}/{button}").submit()

    assert session.scalar(select(Message.state).where(Message.id == message.id)) is state


def test_settled_message_is_not_settled_again(client, cast):
    message = make_message(MessageState.SENT)

    answer = client.sign_in(cast.mina).post(f"/outbox/{message.id}/send-again", follow_redirects=True)

    assert "This message is not uncertain any more." in client.read(answer).text
    assert session.scalar(select(Message.state).where(Message.id == message.id)) is MessageState.SENT


def test_sending_is_held_and_released(client, cast):
    page = client.sign_in(cast.mina).page("/outbox")

    held = client.page(page.form_to("/sending/hold").submit().location)
    released = client.page(held.form_to("/sending/release").submit().location)

    assert "All sending is held." in held.text
    assert "All sending is held." not in released.one("main").text


def test_sales_and_strangers_may_not_read_the_outbox(client, cast):
    message = make_message()

    assert client.get("/outbox").status_code == 303
    assert client.sign_in(cast.sara).get("/outbox").status_code == 403
    assert client.get(f"/outbox/{message.id}").status_code == 403
    assert client.post(f"/outbox/{message.id}/arrived").status_code == 403


def test_number_of_queries_does_not_grow_with_messages(client, cast):
    make_message()
    client.sign_in(cast.mina).page("/outbox")
    with queries() as few:
        client.page("/outbox")
    for _ in range(20):
        make_message()

    with queries() as many:
        client.page("/outbox")

    assert len(many) == len(few)
