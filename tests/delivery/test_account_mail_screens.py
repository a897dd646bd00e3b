"""Mail to people with accounts, in their language."""

from __future__ import annotations

from sqlalchemy import select

from crm.core.db import session
from crm.delivery.models import Message
from crm.delivery.queries import FOR_SHOW
from crm.delivery.service.reading import read_message
from crm.delivery.states import MessageKind


def _last_mail():
    message = session.scalars(select(Message).options(*FOR_SHOW).order_by(Message.id.desc())).first()
    return message, read_message(message)


def test_invitation_is_mailed_with_its_link(client, cast):
    page = client.sign_in(cast.olivia).page("/settings/people/new")

    page.form_to("/settings/people/new").submit(
        name="Nima {{ x }}", email="nima@example.com", roles=["sales"]
    )

    message, mail = _last_mail()
    assert (message.kind, message.address) == (MessageKind.TRANSACTIONAL, "nima@example.com")
    assert mail.subject == "Olivia Owens invites you to Northwind"
    assert "Hello Nima {{ x }}," in mail.text
    assert "http://localhost/invite/" in mail.html


def test_password_reset_is_mailed_to_whom_it_belongs(client, cast):
    cast.mina.name = "Mina Moradi"

    client.page("/forgot").form_to("/forgot").submit(email="mina@example.com")

    message, mail = _last_mail()
    assert message.address == "mina@example.com"
    assert "http://localhost/reset/" in mail.text


def test_mail_is_written_in_the_language_of_its_reader(client, cast):
    cast.mina.locale = "fa"

    client.page("/forgot").form_to("/forgot").submit(email="mina@example.com")

    message, mail = _last_mail()
    assert message.locale == "fa"
    assert 'dir="rtl"' in mail.html
