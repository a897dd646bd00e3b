"""The engine: who gets which step when, and how each step settles."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from crm.activity.service import record
from crm.contacts.models import EmailStatus
from crm.core.db import session, unit_of_work
from crm.delivery.models import Message, Suppression
from crm.delivery.outcomes import Refused, SenderFault, Stage
from crm.delivery.service.suppression import suppress, unsubscribe
from crm.delivery.states import MessageState, SuppressionReason
from crm.sequences.models import Enrolment, EnrolmentStatus, Sequence, SequenceStatus
from crm.sequences.queries.foreseeing import preview
from crm.sequences.service import lifecycle
from tests.factories.sequences import make_person, make_sequence

OFFICE = {
    "days": ["mon", "tue", "wed", "thu", "fri"], "from": "09:00", "to": "17:00",
    "timezone": "contact", "fallback_timezone": "UTC",
}  # fmt: skip
DAY = timedelta(days=1)


def short(rows):
    return [(step, outcome, reason) for _, step, _, outcome, reason in rows]


def test_steps_go_out_on_their_days(sender, clock, go_to, settled):
    person = make_person()
    make_sequence(0, 3, 4)
    start = clock.at

    for day in range(9):
        go_to(start + day * DAY)

    assert [(at, outcome, reason) for _, _, at, outcome, reason in settled(person)] == [
        (start + days * DAY, "sent", None) for days in (0, 3, 7)
    ]
    assert [letter.to for letter in sender.letters] == [person.email] * 3


def test_a_second_tick_of_the_same_moment_does_nothing(sender, clock, go_to):
    make_person()
    make_sequence(0, 3)
    go_to(clock.at)

    assert go_to(clock.at) == 0
    assert len(sender.letters) == 1


def test_the_window_moves_a_step_and_not_those_after_it(sender, clock, go_to, settled):
    person = make_person()
    make_sequence(0, 3, 4, window=OFFICE)
    start = clock.at

    for day in range(9):
        go_to(start + day * DAY)

    monday = datetime(2026, 5, 11, 9, 0, tzinfo=UTC)
    assert [(at, reason) for _, _, at, _, reason in settled(person)] == [
        (start, None), (monday, "window"), (start + 7 * DAY, None),
    ]  # fmt: skip


def test_a_late_worker_shifts_what_follows(sender, clock, go_to, settled):
    person = make_person()
    make_sequence(0, 3, 4)
    start = clock.at
    go_to(start)

    go_to(start + 5 * DAY)
    go_to(start + 8 * DAY)
    go_to(start + 9 * DAY)

    assert [(at, reason) for _, _, at, _, reason in settled(person)] == [
        (start, None), (start + 5 * DAY, "late"), (start + 9 * DAY, None),
    ]  # fmt: skip


def test_a_cap_over_all_campaigns_defers_and_shifts(sender, clock, go_to, settled):
    person = make_person()
    make_sequence(0, priority=5, cap={"day": 1})
    make_sequence(0, 2, cap={"day": 1})
    start = clock.at

    for day in range(5):
        go_to(start + day * DAY)

    assert [(at, reason) for _, _, at, _, reason in settled(person)] == [
        (start, None), (start + DAY, "cap"), (start + 3 * DAY, None),
    ]  # fmt: skip


def test_over_the_cap_a_message_is_dropped_when_the_sequence_says_so(sender, clock, go_to, settled):
    person = make_person()
    make_sequence(0, 0, cap={"week": 1}, over_cap="drop")

    go_to(clock.at)

    assert short(settled(person)) == [("letter-1", "sent", None), ("letter-2", "skipped", "cap")]


def test_the_same_words_never_reach_an_address_twice(sender, clock, go_to, settled):
    first, twin = make_person(email="sara@example.com"), make_person(email="SARA@example.com")
    one = make_sequence(0)
    other = make_sequence(0)
    session.flush()
    _share_content(one, other)

    go_to(clock.at)

    assert len(sender.letters) == 1
    assert sorted(outcome for *_, outcome, _ in settled(first, twin)) == [
        "sent",
        "skipped",
        "skipped",
        "skipped",
    ]
    assert {reason for *_, reason in settled(first, twin)} == {None, "already_received"}


def _share_content(one, other):
    from crm.sequences.models import Step

    steps = session.scalars(
        select(Step).where(Step.sequence_id.in_([one.id, other.id])).order_by(Step.id)
    ).all()
    steps[1].content_id = steps[0].content_id
    session.flush()


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"email": None}, "no_address"),
        ({"email_status": EmailStatus.INVALID}, "invalid_address"),
    ],
)
def test_who_cannot_be_written_to_is_passed_over_with_a_reason(sender, clock, go_to, settled, values, reason):
    person = make_person(**values)
    make_sequence(0, 1)

    go_to(clock.at)
    go_to(clock.at + DAY)

    assert short(settled(person)) == [("letter-1", "skipped", reason), ("letter-2", "skipped", reason)]
    assert sender.letters == []


def test_an_unsubscribe_ends_the_way_at_once_and_every_step_says_so(sender, clock, go_to, settled):
    person = make_person()
    make_sequence(0, 1, 1)
    go_to(clock.at)
    message = session.scalars(select(Message)).one()

    with unit_of_work():
        unsubscribe(message.id)
    go_to(clock.at + 5 * DAY)

    session.refresh(person)
    assert person.email_status is EmailStatus.OPTED_OUT
    assert len(sender.letters) == 1
    assert short(settled(person)) == [
        ("letter-1", "sent", None), ("letter-2", "skipped", "unsubscribed"), ("letter-3", "skipped", "unsubscribed"),
    ]  # fmt: skip


def test_a_suppression_between_making_and_handing_over_stops_the_message(sender, clock, go_to, settled):
    person = make_person()
    make_sequence(0, exit_on=[])
    sender._script = lambda letter: SenderFault(Stage.CONNECT, 0, "", "away")
    go_to(clock.at)

    with unit_of_work():
        suppress(person.email, SuppressionReason.BY_HAND)
    sender._script = lambda letter: None
    go_to(clock.at + timedelta(minutes=1))

    assert sender.letters == []
    assert short(settled(person)) == [("letter-1", "skipped", "suppressed")]


def test_a_reply_exits_before_the_next_step_of_the_same_tick(sender, clock, go_to, settled):
    person = make_person()
    make_sequence(0, 1, exit_on=["reply"])
    go_to(clock.at)

    with unit_of_work():
        record(person.id, "replied", at=clock.at + timedelta(hours=3))
    go_to(clock.at + DAY)

    assert short(settled(person)) == [("letter-1", "sent", None), ("letter-2", "skipped", "replied")]


def test_a_refusal_for_good_settles_one_recipient_and_no_other(sender, clock, go_to, settled):
    bad, good = make_person(), make_person()
    make_sequence(0)
    sender._script = lambda letter: Refused(550, "5.1.1", "no such user") if letter.to == bad.email else None

    go_to(clock.at)

    assert short(settled(bad)) == [("letter-1", "failed", "bounced")]
    assert short(settled(good)) == [("letter-1", "sent", None)]
    assert session.scalars(select(Suppression.reason)).all() == [SuppressionReason.BOUNCED]


def test_a_fault_of_the_sender_costs_no_recipient_anything(sender, clock, go_to, settled):
    person = make_person()
    make_sequence(0)
    sender._script = lambda letter: SenderFault(
        Stage.LOGIN, 535, "5.7.8", "wrong password", needs_person=True
    )
    go_to(clock.at)

    sender._script = lambda letter: None
    go_to(clock.at + timedelta(minutes=6))

    assert short(settled(person)) == [("letter-1", "sent", None)]
    assert session.scalars(select(Message.attempts)).all() == [0]


def test_a_pause_keeps_what_was_left_to_wait(sender, clock, go_to, settled):
    person = make_person()
    sequence = make_sequence(0, 3)
    start = clock.at
    go_to(start)
    go_to(start + DAY)

    with unit_of_work():
        lifecycle.pause(session.get(Sequence, sequence.id))
    go_to(start + 5 * DAY)
    with unit_of_work():
        lifecycle.resume(session.get(Sequence, sequence.id))
    go_to(start + 6 * DAY)
    go_to(start + 7 * DAY)

    assert [(at, reason) for _, _, at, _, reason in settled(person)] == [
        (start, None),
        (start + 7 * DAY, "paused"),
    ]


def test_finishing_settles_what_is_left_as_ended(sender, clock, go_to, settled):
    person = make_person()
    sequence = make_sequence(0, 3)
    go_to(clock.at)

    with unit_of_work():
        lifecycle.finish(session.get(Sequence, sequence.id))

    assert short(settled(person)) == [("letter-1", "sent", None), ("letter-2", "skipped", "ended")]


def test_a_sequence_that_takes_everybody_in_once_ends_by_itself(sender, clock, go_to):
    make_person()
    sequence = make_sequence(0, enrols="once")

    go_to(clock.at)
    make_person()
    go_to(clock.at + DAY)

    session.refresh(sequence)
    assert sequence.status is SequenceStatus.FINISHED
    assert len(sender.letters) == 1


def test_newcomers_come_in_and_nobody_comes_in_twice(sender, clock, go_to):
    make_person()
    make_sequence(0, 5)
    go_to(clock.at)
    make_person()

    for day in range(1, 4):
        go_to(clock.at + day * DAY)

    assert session.scalar(select(func.count()).select_from(Enrolment)) == 2


def test_without_a_server_the_sequence_goes_on_and_the_message_says_that_nothing_left(
    database, clock, go_to, settled
):
    person = make_person()
    make_sequence(0, 1)

    go_to(clock.at)
    go_to(clock.at + DAY)

    assert short(settled(person)) == [("letter-1", "sent", None), ("letter-2", "sent", None)]
    assert set(session.scalars(select(Message.state))) == {MessageState.KEPT}
    assert set(session.scalars(select(Message.response))) == {"kept in the outbox"}


@pytest.mark.parametrize("cap", [{}, {"day": 1, "week": 2}])
def test_the_dry_run_is_what_then_happens(sender, clock, go_to, settled, cap):
    zones = ["Asia/Tehran", "America/New_York", None, "Pacific/Auckland"]
    people = [make_person(timezone=zones[n % 4]) for n in range(8)]
    people.append(make_person(email=None))
    people.append(make_person(email=people[0].email))
    make_sequence(1, 1, 1, window=OFFICE, cap=cap)
    sequence = make_sequence(
        0,
        3,
        4,
        {"amount": 1, "unit": "business_days"},
        {"amount": 1, "unit": "weeks"},
        window=OFFICE,
        cap=cap,
    )
    foreseen = [
        (line.contact_id, line.step, line.at, line.outcome.value, line.reason)
        for line in preview(sequence, since=clock.at, days=30)
    ]

    for day in range(30):
        go_to(clock.at + DAY if day else clock.at)

    ours = set(session.scalars(select(Enrolment.contact_id).where(Enrolment.sequence_id == sequence.id)))
    assert len(foreseen) == 50
    assert ours == {person.id for person in people}
    assert sorted(foreseen) == sorted(_of(sequence))
    assert session.scalars(select(Enrolment.status).distinct()).all() == [EnrolmentStatus.FINISHED]


def _of(sequence):
    from crm.sequences.models import Step, StepRun

    return [
        tuple(row)
        for row in session.execute(
            select(Enrolment.contact_id, Step.key, StepRun.at, StepRun.outcome, StepRun.reason)
            .join(Enrolment, Enrolment.id == StepRun.enrolment_id)
            .join(Step, Step.id == StepRun.step_id)
            .where(Enrolment.sequence_id == sequence.id)
        )
    ]
