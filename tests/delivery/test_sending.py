"""The queue and the sending loop: leases, the wire, faults, ceilings, and mail that belongs to accounts."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from crm.core.db import session, unit_of_work
from crm.core.ticking import tick
from crm.delivery.models import LedgerEntry, Message, Outgoing
from crm.delivery.outcomes import Deferred, Refused, SenderFault, Stage, Uncertain
from crm.delivery.reasons import REASON_LABELS, Reason
from crm.delivery.senders import MemorySender
from crm.delivery.service import claims, way_out
from crm.delivery.service.claims import LEASE, claim, mark_at_wire
from crm.delivery.service.queue import keep_content, queue_messages
from crm.delivery.service.recovery import resolve_uncertain
from crm.delivery.service.sending import use_sender
from crm.delivery.service.suppression import lift_suppression, suppress, unsubscribe
from crm.delivery.service.transactional import send_transactional
from crm.delivery.states import MessageState, SuppressionReason, WhenUncertain
from tests.factories.accounts import make_workspace
from tests.factories.sequences import make_person


@pytest.fixture
def sender(database):
    make_workspace()
    made = MemorySender()
    use_sender(made)
    yield made
    use_sender(None)


@pytest.fixture
def queued(clock):
    """Makes campaign messages that belong to no sequence, for people or addresses."""

    def make(*addresses, subject="Hello", **values):
        content = keep_content(subject, "A body")
        drafts = [
            {
                "contact_id": None, "sequence_id": None, "enrolment_id": None, "step_id": None, "campaign": "a", "step": "b",
                "content_id": content.id, "fingerprint": content.fingerprint, "merge": {}, "to_name": "",
                "sender": {"name": "Sara", "email": "sara@example.com"}, "address": address, "address_key": address,
                "locale": "en", "message_id": f"<{subject}.{address}>", "planned_at": clock.at, "run_at": clock.at,
                "when_uncertain": WhenUncertain.HOLD, **values,
            }
            for address in addresses
        ]  # fmt: skip
        queue_messages(drafts)
        return [
            session.scalars(select(Message).where(Message.message_id == draft["message_id"])).one_or_none()
            for draft in drafts
        ]

    return make


def at(clock, **later):
    clock.set(clock.at + timedelta(**later))
    tick(clock.at)
    session.expire_all()


def test_the_ledger_lets_the_same_words_to_an_address_only_once(sender, queued):
    first, again = queued("a@example.com")[0], queued("a@example.com", subject="HELLO ")[0]

    assert first is not None
    assert again is None


def test_what_nobody_knows_is_held_and_shown_and_not_sent_again(sender, queued, clock):
    message = queued("a@example.com")[0]
    sender._script = lambda letter: Uncertain("silence")

    at(clock)
    at(clock, hours=1)

    assert (message.state, message.reason) == (MessageState.UNCERTAIN, Reason.NO_ANSWER)
    assert len(sender.letters) == 1


def test_what_nobody_knows_is_sent_again_where_that_is_the_rule(sender, queued, clock):
    message = queued("a@example.com", when_uncertain=WhenUncertain.RESEND)[0]
    sender._script = lambda letter: Uncertain("silence")
    at(clock)
    sender._script = lambda letter: None

    at(clock, minutes=6)

    assert message.state is MessageState.SENT
    assert len({letter.data.split(b"Message-ID: ")[1].split(b"\r\n")[0] for letter in sender.letters}) == 1


@pytest.mark.parametrize("arrived", [True, False])
def test_a_person_decides_about_an_uncertain_message(sender, queued, clock, arrived):
    message = queued("a@example.com")[0]
    sender._script = lambda letter: Uncertain("silence")
    at(clock)
    sender._script = lambda letter: None

    with unit_of_work():
        resolve_uncertain(session.get(Message, message.id), arrived=arrived)
    at(clock, minutes=1)

    assert message.state is MessageState.SENT
    assert len(sender.letters) == (1 if arrived else 2)


def test_put_off_messages_come_again_later_and_later(sender, queued, clock):
    message = queued("a@example.com")[0]
    sender._script = lambda letter: Deferred(450, "4.2.0", "later")
    waits = []
    for _ in range(3):
        at(clock)
        waits.append(message.run_at - clock.at)
        clock.set(message.run_at)

    sender._script = lambda letter: None
    at(clock)

    assert waits == sorted(set(waits))
    assert (message.state, message.attempts) == (MessageState.SENT, 3)


def test_one_refusal_touches_nobody_else(sender, queued, clock):
    bad, good = queued("bad@example.com", "good@example.com")
    sender._script = lambda letter: Refused(552, "5.2.2", "full") if letter.to.startswith("bad") else None

    at(clock)

    assert (bad.state, bad.reason, good.state) == (MessageState.REFUSED, Reason.REFUSED, MessageState.SENT)
    assert session.scalars(select(LedgerEntry.address_key)).all() == ["good@example.com"]


def test_a_message_that_cannot_be_put_together_is_set_aside_and_the_others_go_on(sender, queued, clock):
    bad = queued("a@example.com", subject="{{ contact.first_name }}")[0]
    good = queued("b@example.com")[0]

    at(clock)

    assert (bad.state, bad.reason, good.state) == (
        MessageState.REFUSED,
        Reason.MISSING_FIELD,
        MessageState.SENT,
    )


def test_a_fault_of_ours_rests_the_way_out_and_costs_no_attempt(sender, queued, clock):
    message = queued("a@example.com")[0]
    sender._script = lambda letter: SenderFault(Stage.CONNECT, 0, "", "nobody listens")

    at(clock)
    at(clock, seconds=1)
    faults = session.get(Outgoing, 1).faults
    sender._script = lambda letter: None
    at(clock, seconds=40)

    assert faults == 1
    assert (message.state, message.attempts) == (MessageState.SENT, 0)
    assert session.get(Outgoing, 1).faults == 0


def test_held_sending_sends_nothing_until_it_is_released(sender, queued, clock):
    message = queued("a@example.com")[0]
    with unit_of_work():
        way_out.hold_sending()
    at(clock)
    before = message.state

    with unit_of_work():
        way_out.release_sending()
    at(clock)

    assert (before, message.state) == (MessageState.READY, MessageState.SENT)


def test_the_ceiling_of_an_hour_holds(app, sender, queued, clock):
    plain = app.config["PEYVAND"]
    app.config["PEYVAND"] = replace(plain, mail_rate=2)
    try:
        queued(*(f"{n}@example.com" for n in range(5)))
        at(clock)
        first = len(sender.letters)
        at(clock, minutes=59)
        second = len(sender.letters)
        at(clock, minutes=2)
        third = len(sender.letters)
    finally:
        app.config["PEYVAND"] = plain

    assert (first, second, third) == (2, 2, 4)


def test_a_lease_that_ran_out_goes_back_and_one_at_the_wire_becomes_uncertain(sender, queued, clock):
    leased, at_wire = queued("a@example.com", "b@example.com")
    with unit_of_work():
        claimed = claim(clock.at, 10)
        mark_at_wire([each for each in claimed if each.id == at_wire.id], clock.at)

    at(clock, seconds=LEASE.total_seconds() + 1)

    assert (leased.state, at_wire.state) == (MessageState.SENT, MessageState.UNCERTAIN)
    assert [letter.to for letter in sender.letters] == ["a@example.com"]


def test_a_worker_that_is_gone_is_noticed_at_once(sender, queued, clock, monkeypatch):
    message = queued("a@example.com")[0]
    with unit_of_work():
        claim(clock.at, 10)
    monkeypatch.setattr(claims, "_token", (claims._token[0], "another"))

    at(clock)

    assert message.state is MessageState.SENT


def test_what_somebody_else_took_over_is_not_marked(sender, queued, clock, monkeypatch):
    message = queued("a@example.com")[0]
    with unit_of_work():
        claimed = claim(clock.at, 10)
    monkeypatch.setattr(claims, "_token", (claims._token[0], "another"))

    with unit_of_work():
        going = mark_at_wire(claimed, clock.at)

    session.refresh(message)
    assert (going, message.state) == ([], MessageState.LEASED)


def test_mail_of_accounts_goes_first_and_also_to_who_opted_out(sender, queued, clock):
    queued("a@example.com")
    with unit_of_work():
        suppress("b@example.com", SuppressionReason.UNSUBSCRIBED)
        send_transactional(
            "b@example.com", subject="Your link", body="{{ url }}", merge={"url": "https://x.example/1"}
        )

    at(clock)

    assert [letter.to for letter in sender.letters] == ["b@example.com", "a@example.com"]
    assert b"List-Unsubscribe" not in sender.letters[0].data
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click" in sender.letters[1].data


def test_an_unsubscribe_stops_everything_queued_for_the_address(sender, queued, clock):
    first = queued("a@example.com")[0]
    at(clock)
    waiting = queued("a@example.com", subject="Another", run_at=clock.at + timedelta(days=1))[0]

    with unit_of_work():
        unsubscribe(first.id)
    at(clock, days=2)

    assert (waiting.state, waiting.reason) == (MessageState.DROPPED, Reason.UNSUBSCRIBED)
    assert len(sender.letters) == 1


def test_opting_out_twice_is_once_and_a_later_bounce_does_not_undo_it(sender, clock):
    person = make_person(email="a@example.com")
    with unit_of_work():
        suppress("A@example.com", SuppressionReason.UNSUBSCRIBED)
        suppress("a@example.com", SuppressionReason.BOUNCED)

    session.refresh(person)
    assert person.email_status.value == "opted_out"


def test_a_lifted_suppression_lets_mail_go_again(sender, queued, clock):
    with unit_of_work():
        suppress("a@example.com", SuppressionReason.BY_HAND)
        lift_suppression("a@example.com")
    message = queued("a@example.com")[0]

    at(clock)

    assert message.state is MessageState.SENT


def test_every_reason_has_words():
    assert set(REASON_LABELS) == set(Reason)
