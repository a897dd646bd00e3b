"""The dry run: the engine's own decisions over the engine's own plans, with a clock that only exists here."""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from pyroaring import BitMap
from sqlalchemy import select

from crm.core.calendars import local_date
from crm.core.db import session
from crm.delivery import queries as delivery
from crm.delivery.reasons import Reason
from crm.delivery.states import MessageState
from crm.sequences.logic.caps import LOOK_BACK
from crm.sequences.logic.schedule import Planned
from crm.sequences.logic.walk import Go, Leave, Put, Skip, decide_message
from crm.sequences.models import Enrolment, EnrolmentStatus, Outcome, Sequence, SequenceStatus
from crm.sequences.queries.audience import audience_of
from crm.sequences.queries.exits import Exits
from crm.sequences.queries.loading import Loaded, LoadedStep, load_one, load_sequences
from crm.sequences.queries.people import Person, lacks_field, load_people
from crm.sequences.queries.walkers import Walker, read_walkers

PEOPLE_AT_ONCE = 10_000


@dataclass(frozen=True, slots=True)
class PlannedMessage:
    """One line of the dry run: how one step will settle for one person, when and why."""

    contact_id: int
    contact: str
    """The address, or the name of somebody without one."""
    step: str
    step_name: str
    at: datetime
    timezone: str
    outcome: Outcome
    reason: Reason | None


def preview(
    sequence: Sequence, *, since: datetime, days: int, contact_ids: Collection[int] | None = None
) -> list[PlannedMessage]:
    """What will become of every step within so many days, in the order of time."""
    lines = [
        line
        for part in iter_preview(sequence, since=since, days=days, contact_ids=contact_ids)
        for line in part
    ]
    return sorted(lines, key=lambda line: (line.at, line.contact_id))


def iter_preview(
    sequence: Sequence, *, since: datetime, days: int, contact_ids: Collection[int] | None = None
) -> Iterator[list[PlannedMessage]]:
    """The same in parts of people, for audiences that should not stand in memory at once."""
    loaded = load_one(sequence)
    if loaded.status is SequenceStatus.FINISHED or not loaded.steps:
        return
    others = session.scalars(
        select(Sequence.id).where(Sequence.status == SequenceStatus.RUNNING, Sequence.id != loaded.id)
    ).all()
    sequences = {**load_sequences(others), loaded.id: loaded}
    newcomers = {
        each.id: _newcomers(each, since, is_target=each.id == loaded.id) for each in sequences.values()
    }
    on_the_way = select(Enrolment.contact_id).where(
        Enrolment.sequence_id == loaded.id, Enrolment.status == EnrolmentStatus.ACTIVE
    )
    people = newcomers[loaded.id] | BitMap(session.scalars(on_the_way))
    if contact_ids is not None:
        people &= BitMap(contact_ids)
    gone: set[tuple[str, str]] = set()
    for start in range(0, len(people), PEOPLE_AT_ONCE):
        part = people[start : start + PEOPLE_AT_ONCE]
        run = _DryRun(loaded, sequences, part, since, since + timedelta(days=days), gone)
        run.take_in(newcomers)
        yield run.lines()


def _newcomers(loaded: Loaded, since: datetime, *, is_target: bool) -> BitMap:
    """Who would come in at the moment; a draft is looked at as if it were started then."""
    takes_in = loaded.status is SequenceStatus.RUNNING and (
        loaded.row.enrols == "continuously" or not loaded.row.enrolled_at
    )
    if not takes_in and not (is_target and loaded.status in (SequenceStatus.DRAFT, SequenceStatus.SCHEDULED)):
        return BitMap()
    here = BitMap(session.scalars(select(Enrolment.contact_id).where(Enrolment.sequence_id == loaded.id)))
    return audience_of(loaded.row, since) - here


class _DryRun:
    """Some people, all sequences they are in, and a heap of what comes next."""

    def __init__(
        self, target: Loaded, sequences: dict[int, Loaded], people: BitMap, since: datetime, until: datetime,
        gone: set[tuple[str, str]],
    ) -> None:  # fmt: skip
        self.target = target
        self.sequences = sequences
        self.since = since
        self.until = until
        self.gone = gone
        fields = frozenset().union(*(each.fields for each in sequences.values()))
        self.contact_ids = people
        self.people = load_people(people, fields)
        self.walkers = read_walkers(people, sequences, since)
        self.sent = delivery.planned_moments(people, since - LOOK_BACK) if self._has_caps() else {}
        self.found: list[PlannedMessage] = []

    def take_in(self, newcomers: dict[int, BitMap]) -> None:
        """People who are in no enrolment yet begin now, sequence by sequence, as the engine does it."""
        number = 1 << 60
        for sequence_id in sorted(newcomers):
            loaded = self.sequences[sequence_id]
            first = loaded.after(None)
            if first is None:
                continue
            joined_at = max(self.since, loaded.row.starts_at or self.since)
            for contact_id in newcomers[sequence_id] & self.contact_ids:
                number += 1
                planned = loaded.timetables.of(self.people[contact_id].timezone).first(joined_at, first.wait)
                self.walkers.append(Walker(number, sequence_id, contact_id, joined_at, first, planned))

    def lines(self) -> list[PlannedMessage]:
        self.exits = Exits(self.walkers, self.sequences, self.people, self.since)
        self.received = self.gone | delivery.received(self._pairs())
        self.heap: list[tuple[datetime, int, int, int, Walker]] = []
        for walker in self.walkers:
            self._push(walker, self.since)
        while self.heap:
            at, _, _, _, walker = heapq.heappop(self.heap)
            if at >= self.until:
                break
            self._step(walker, at)
        return self.found

    def _has_caps(self) -> bool:
        return any(each.limits.cap for each in self.sequences.values())

    def _pairs(self) -> set[tuple[str, str]]:
        prints = {
            step.fingerprint for each in self.sequences.values() for step in each.steps if step.fingerprint
        }
        keys = {person.address_key for person in self.people.values() if person.address_key}
        return {(key, print_) for key in keys for print_ in prints}

    def _push(self, walker: Walker, now: datetime) -> None:
        at = max(walker.planned.at, now)
        walker.round = walker.round + 1 if at == now and now > self.since else 0
        rank = self.sequences[walker.sequence_id].rank
        heapq.heappush(self.heap, (at, walker.round, rank, walker.id, walker))

    def _step(self, walker: Walker, now: datetime) -> None:
        loaded, person = self.sequences[walker.sequence_id], self.people[walker.contact_id]
        timetable = loaded.timetables.of(person.timezone)
        step = walker.step
        if step is None:
            return
        if walker.message is not None:
            self._on_its_way(walker, step, now)
            return
        if step.id in walker.ran:
            self._next(walker, loaded, walker.planned, now)
            return
        reason = self.exits.reason(walker)
        if reason is not None:
            self._leave(walker, loaded, reason, now)
            return
        if step.is_removed:
            self._settle(walker, step, walker.planned, Outcome.SKIPPED, Reason.REMOVED)
            self._next(walker, loaded, walker.planned, now)
            return
        planned = timetable.caught_up(walker.planned, now)
        if planned.at > now:
            self._again(walker, planned, walker.deferrals, now)
            return
        self._message(walker, loaded, step, planned, person, now)

    def _message(
        self,
        walker: Walker,
        loaded: Loaded,
        step: LoadedStep,
        planned: Planned,
        person: Person,
        now: datetime,
    ) -> None:
        timetable = loaded.timetables.of(person.timezone)
        sent = self.sent.setdefault(person.id, [])
        decision = decide_message(
            planned,
            timetable,
            barred=person.barred,
            has_received=(person.address_key, step.fingerprint) in self.received,
            lacks_field=partial(lacks_field, step, person),
            limits=loaded.limits,
            sent_on=lambda: [local_date(at, timetable.timezone) for at in sent],
            deferrals=walker.deferrals,
        )
        match decision:
            case Go():
                sent.append(planned.at)
                self.received.add((person.address_key, step.fingerprint))
                self.gone.add((person.address_key, step.fingerprint))
                self._settle(walker, step, planned, Outcome.SENT, planned.moved_by)
                self._next(walker, loaded, planned, now)
            case Skip(reason):
                self._settle(walker, step, planned, Outcome.SKIPPED, reason)
                self._next(walker, loaded, planned, now)
            case Leave(reason):
                self._leave(walker, loaded, reason, now)
            case Put(later):
                self._again(walker, later, walker.deferrals + 1, now)

    def _on_its_way(self, walker: Walker, step: LoadedStep, now: datetime) -> None:
        assert walker.message is not None
        state, reason, at = walker.message
        walker.message = None
        if state is MessageState.HELD:
            self._settle(
                walker, step, Planned(at, max(at, now)), Outcome.HELD, Reason(reason) if reason else None
            )
            return
        loaded = self.sequences[walker.sequence_id]
        timetable = loaded.timetables.of(self.people[walker.contact_id].timezone)
        turned_out = timetable.settled_at(walker.planned, max(at, now))
        self._settle(walker, step, turned_out, Outcome.SENT, turned_out.moved_by)
        self._next(walker, loaded, turned_out, now)

    def _again(self, walker: Walker, planned: Planned, deferrals: int, now: datetime) -> None:
        walker.planned, walker.deferrals = planned, deferrals
        self._push(walker, now)

    def _next(self, walker: Walker, loaded: Loaded, planned: Planned, now: datetime) -> None:
        step = loaded.after(walker.step.id if walker.step else None)
        walker.step = step
        if step is None:
            self._leave(walker, loaded, Reason.PASSED_OVER, now)
        else:
            timetable = loaded.timetables.of(self.people[walker.contact_id].timezone)
            self._again(walker, timetable.after(planned, step.wait), 0, now)

    def _leave(self, walker: Walker, loaded: Loaded, reason: Reason, now: datetime) -> None:
        for step in loaded.steps:
            if step.id not in walker.ran:
                self._settle(walker, step, Planned(now, now), Outcome.SKIPPED, reason)

    def _settle(
        self, walker: Walker, step: LoadedStep, planned: Planned, outcome: Outcome, reason: Reason | None
    ) -> None:
        if outcome is not Outcome.HELD:
            walker.ran.add(step.id)
        if walker.sequence_id != self.target.id:
            return
        person = self.people[walker.contact_id]
        timezone = self.target.timetables.of(person.timezone).timezone
        who = person.email or person.name or f"#{person.id}"
        self.found.append(
            PlannedMessage(person.id, who, step.key, step.name, planned.at, timezone, outcome, reason)
        )
