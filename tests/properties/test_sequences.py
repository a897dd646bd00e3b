"""Whatever the order of ticks, pauses, kills, opt-outs and jumps of the clock: never twice, never early, never to who left."""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from crm.core import clock as core_clock
from crm.core.db import db, session, unit_of_work
from crm.core.ticking import tick
from crm.delivery.models import Message
from crm.delivery.outcomes import Deferred, SenderFault, Stage
from crm.delivery.senders import MemorySender
from crm.delivery.service import claims
from crm.delivery.service.sending import use_sender
from crm.delivery.service.suppression import suppress
from crm.delivery.states import MessageState, SuppressionReason
from crm.sequences.models import Outcome, Sequence, SequenceStatus, Step, StepRun
from crm.sequences.service import lifecycle
from tests.factories.sequences import make_person, make_sequence

START = datetime(2026, 3, 26, 9, 0, tzinfo=UTC)  # the clocks change three days later
OFFICE = {
    "days": ["mon", "tue", "wed", "thu", "fri"],
    "from": "09:00",
    "to": "17:00",
    "timezone": "contact",
    "fallback_timezone": "UTC",
}
ZONES = ["Europe/Berlin", "Asia/Tehran", None]
PEOPLE = 4


class Killed(BaseException):
    """The process ends here and now."""


class DyingSender(MemorySender):
    """Hands over as told, and dies where it is told."""

    def __init__(self):
        super().__init__()
        self.dies = None
        self.times = []

    def send_group(self, letters, *, at_wire):
        place, self.dies = self.dies, None
        if place == "before":
            raise Killed
        if place == "marked":
            at_wire()
            raise Killed
        before = len(self.letters)
        outcomes = super().send_group(letters, at_wire=at_wire)
        self.times += [core_clock.now()] * (len(self.letters) - before)
        if place == "handed over":
            raise Killed
        return outcomes


actions = st.one_of(
    st.tuples(st.just("tick"), st.sampled_from([0, 1, 30, 60, 600, 1440, 1440, 1500, 5000])),
    st.tuples(st.just("back"), st.sampled_from([60, 1440])),
    st.tuples(st.just("unsubscribe"), st.integers(0, PEOPLE - 1)),
    st.tuples(st.just("die"), st.sampled_from(["before", "marked", "handed over"])),
    st.tuples(st.just("answer"), st.sampled_from(["fault", "later", "fine"])),
    st.tuples(st.sampled_from(["pause", "resume", "newcomer", "swap"]), st.just(0)),
)


class World:
    """One campaign, a few people, and what must hold of them."""

    def __init__(self, sender, cap):
        self.sender = sender
        self.now = START
        self.gone = {}
        self.final = {}
        self.people = [make_person(timezone=ZONES[n % 3]) for n in range(PEOPLE)]
        self.sequence_id = make_sequence(0, 1, 2, window=OFFICE, cap=cap, exit_on=["unsubscribe"]).id

    def do(self, action, value):
        getattr(self, action)(value)
        self.check()

    def tick(self, minutes):
        self.now += timedelta(minutes=minutes)
        core_clock.set_time(self.now)
        try:
            tick(self.now)
        except Killed:
            # Another process takes over; it does not know the token of the one before.
            claims._token = (claims._token[0], claims._token[1] + "x")

    def back(self, minutes):
        self.now -= timedelta(minutes=minutes)
        self.tick(0)

    def unsubscribe(self, number):
        address = self.people[number].email
        with unit_of_work():
            suppress(address, SuppressionReason.UNSUBSCRIBED)
        self.gone.setdefault(address, len([letter for letter in self.sender.letters if letter.to == address]))

    def die(self, place):
        self.sender.dies = place

    def answer(self, kind):
        answers = {
            "fault": SenderFault(Stage.CONNECT, 0, "", "away"), "later": Deferred(450, "4.2.0", "try again"), "fine": None,
        }  # fmt: skip
        self.sender._script = lambda letter: answers[kind]

    def pause(self, _):
        self._if(SequenceStatus.RUNNING, lifecycle.pause)

    def resume(self, _):
        self._if(SequenceStatus.PAUSED, lifecycle.resume)

    def newcomer(self, _):
        make_person()

    def swap(self, _):
        """Two steps change places while people are on the way."""
        with unit_of_work():
            found = session.scalars(
                select(Step).where(Step.sequence_id == self.sequence_id).order_by(Step.position)
            ).all()
            found[1].position, found[2].position = found[2].position, found[1].position
            session.get(Sequence, self.sequence_id).version += 1

    def _if(self, status, act):
        with unit_of_work():
            sequence = session.get(Sequence, self.sequence_id)
            if sequence.status is status:
                act(sequence)

    def check(self):
        session.expire_all()
        letters = defaultdict(list)
        for letter, at in zip(self.sender.letters, self.sender.times, strict=True):
            number = re.search(rb"(?im)^Message-ID: (<[^>]+>)", letter.data)[1].decode()
            letters[number].append((letter.to, at))
        messages = {row.message_id: row for row in session.scalars(select(Message))}
        assert all(len(sent) == 1 for sent in letters.values()), "twice"
        assert len({(row.enrolment_id, row.content_id) for row in messages.values()}) == len(messages)
        for number, [(to, _)] in letters.items():
            assert messages[number].address == to
        for address, count in self.gone.items():
            assert len([letter for letter in self.sender.letters if letter.to == address]) == count, (
                "after opting out"
            )
        self._check_runs()

    def _check_runs(self):
        for run in session.scalars(select(StepRun)):
            former = self.final.get(run.id)
            assert former is None or former == (run.outcome, run.reason), "settled twice"
            if run.outcome not in (Outcome.PLANNED, Outcome.HELD):
                self.final[run.id] = (run.outcome, run.reason)

    def finish(self):
        self.sender.dies = None
        self.answer("fine")
        self.resume(0)
        for _ in range(20):
            self.tick(1440)
        self.check()
        runs = session.scalars(select(StepRun)).all()
        states = set(session.scalars(select(Message.state)))
        assert states <= {MessageState.SENT, MessageState.UNCERTAIN, MessageState.DROPPED}
        assert {run.outcome for run in runs} <= {Outcome.SENT, Outcome.SKIPPED, Outcome.UNCERTAIN}
        planned = {(run.enrolment_id, run.step_id): run for run in runs}
        for message in session.scalars(select(Message)):
            run = planned[message.enrolment_id, message.step_id]
            assert run.at >= run.planned_at >= START - timedelta(days=3)
        people = session.scalars(select(StepRun.enrolment_id).distinct()).all()
        assert len(runs) == 3 * len(people), "somebody has a step without an outcome"


@pytest.mark.parametrize("cap", [{}, {"day": 1}])
@settings(
    max_examples=6,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.generate],
)
@given(steps=st.lists(actions, min_size=3, max_size=14))
def test_nothing_is_sent_twice_early_or_to_who_left(database, cap, steps):
    sender = DyingSender()
    use_sender(sender)
    connection = db.engines[None]
    with core_clock.frozen(START), connection.begin_nested() as savepoint:
        try:
            world = World(sender, cap)
            for action, value in steps:
                world.do(action, value)
            world.finish()
        finally:
            session.remove()
            savepoint.rollback()
            use_sender(None)
