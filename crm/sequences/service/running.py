"""One batch of steps whose time has come: decided, carried out and settled in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import date, datetime
from functools import partial
from typing import Any

from sqlalchemy import select, text

from crm.contacts.models import Contact
from crm.core.calendars import local_date
from crm.core.db import session
from crm.core.dialect import claimable, locked, one_of
from crm.core.language import language_of
from crm.delivery import queries as delivery
from crm.delivery.reasons import Reason
from crm.delivery.service.queue import Draft, new_message_id, queue_messages
from crm.delivery.states import WhenUncertain
from crm.sequences.logic.caps import LOOK_BACK
from crm.sequences.logic.schedule import Planned, Timetable
from crm.sequences.logic.walk import Decision, Go, Leave, Put, Skip, decide_message
from crm.sequences.models import Enrolment, Outcome, SequenceStatus, StepRun
from crm.sequences.queries.exits import Exits
from crm.sequences.queries.loading import Loaded, LoadedStep, load_sequences
from crm.sequences.queries.people import Person, lacks_field, load_people, merge_for
from crm.sequences.service.advancing import Moves, Run, leave, record_runs, wait_for_messages

BATCH = 1000

_CLAIMED = (
    Enrolment.id, Enrolment.sequence_id, Enrolment.contact_id, Enrolment.step_id, Enrolment.enrolled_at,
    Enrolment.due_at, Enrolment.next_run_at, Enrolment.moved_by, Enrolment.deferrals,
)  # fmt: skip


def run_batch(now: datetime) -> int:
    """Work in one batch of due enrolments, oldest first; call in a durable unit of work. Answers how many."""
    rows = _claim(now)
    if rows:
        _Batch(rows, now).work()
    return len(rows)


def _claim(now: datetime) -> Sequence[Any]:
    due: Any = (
        select(*_CLAIMED)
        .where(text("enrolment.status = 'active'"), Enrolment.next_run_at <= now)
        .order_by(Enrolment.next_run_at, Enrolment.rank, Enrolment.id)
        .limit(BATCH)
    )
    return session.execute(claimable(session, due)).all()


class _Batch:
    """Everything known about a batch, each question asked once, and what is to be written at its end."""

    def __init__(self, rows: Sequence[Any], now: datetime) -> None:
        self.now = now
        self.sequences = load_sequences({row.sequence_id for row in rows})
        self.rows = [row for row in rows if self._is_running(row)]
        # A pause came while the row was being advanced; resuming gives it its moment back.
        wait_for_messages([row.id for row in rows if not self._is_running(row)])
        fields = frozenset().union(*(loaded.fields for loaded in self.sequences.values()))
        contact_ids = {row.contact_id for row in self.rows}
        self.sent = self._count_for_caps(contact_ids)
        self.people = load_people(contact_ids, fields)
        self.exits = Exits(self.rows, self.sequences, self.people, now)
        self.received = self._received()
        self.settled = self._settled()
        self.moves = Moves.none()
        self.runs: list[Run] = []
        self.leaving: dict[Reason, list[int]] = {}
        self.going: dict[str, tuple[Any, LoadedStep, Planned, Timetable]] = {}
        self.drafts: list[Draft] = []

    def work(self) -> None:
        for row in self.rows:
            self._decide(row)
        self._send()
        record_runs(self.runs)
        self.moves.write()
        for reason, enrolment_ids in self.leaving.items():
            leave(enrolment_ids, reason)

    def _is_running(self, row: Any) -> bool:
        return self.sequences[row.sequence_id].status is SequenceStatus.RUNNING

    def _count_for_caps(self, contact_ids: Collection[int]) -> dict[int, list[datetime]]:
        if not any(loaded.limits.cap for loaded in self.sequences.values()) or not contact_ids:
            return {}
        # Whoever counts and then adds must be alone with this person, else two workers fill one place twice.
        session.execute(
            locked(
                session,
                select(Contact.id).where(one_of(session, Contact.id, contact_ids)).order_by(Contact.id),
            )
        )
        return delivery.planned_moments(contact_ids, self.now - LOOK_BACK)

    def _received(self) -> set[tuple[str, str]]:
        pairs = set()
        for row in self.rows:
            step, person = self._step(row), self.people[row.contact_id]
            if step and step.fingerprint and person.address_key:
                pairs.add((person.address_key, step.fingerprint))
        return delivery.received(pairs)

    def _settled(self) -> set[tuple[int, int]]:
        """Steps that ran before in these enrolments: moving a step about must never send it again."""
        ids = [row.id for row in self.rows]
        rows = select(StepRun.enrolment_id, StepRun.step_id).where(one_of(session, StepRun.enrolment_id, ids))
        return {(enrolment_id, step_id) for enrolment_id, step_id in session.execute(rows)}

    def _step(self, row: Any) -> LoadedStep | None:
        return self.sequences[row.sequence_id].every.get(row.step_id)

    def _decide(self, row: Any) -> None:
        loaded, person, step = self.sequences[row.sequence_id], self.people[row.contact_id], self._step(row)
        timetable = loaded.timetables.of(person.timezone)
        planned = Planned(row.due_at, row.next_run_at, Reason(row.moved_by) if row.moved_by else None)
        if step is None or (row.id, step.id) in self.settled:
            self.moves.to_next(row.id, loaded, row.step_id, timetable, planned)
            return
        reason = self.exits.reason(row)
        if reason is not None:
            self.leaving.setdefault(reason, []).append(row.id)
        elif step.is_removed:
            self._skip(row, loaded, step, planned, timetable, Reason.REMOVED)
        else:
            self._time_has_come(row, loaded, step, timetable.caught_up(planned, self.now), timetable, person)

    def _time_has_come(
        self,
        row: Any,
        loaded: Loaded,
        step: LoadedStep,
        planned: Planned,
        timetable: Timetable,
        person: Person,
    ) -> None:
        if planned.at > self.now:
            self.moves.to(row.id, loaded, step, planned, deferrals=row.deferrals)
            return
        match self._decision(row, loaded, step, planned, timetable, person):
            case Go():
                self._go(row, loaded, step, planned, timetable, person)
            case Skip(reason):
                self._skip(row, loaded, step, planned, timetable, reason)
            case Leave(reason):
                self.leaving.setdefault(reason, []).append(row.id)
            case Put(later):
                self.moves.to(row.id, loaded, step, later, deferrals=row.deferrals + 1)

    def _decision(
        self,
        row: Any,
        loaded: Loaded,
        step: LoadedStep,
        planned: Planned,
        timetable: Timetable,
        person: Person,
    ) -> Decision:
        return decide_message(
            planned,
            timetable,
            barred=person.barred,
            has_received=(person.address_key, step.fingerprint) in self.received,
            lacks_field=partial(lacks_field, step, person),
            limits=loaded.limits,
            sent_on=self._sent_on(row.contact_id, timetable),
            deferrals=row.deferrals,
        )

    def _sent_on(self, contact_id: int, timetable: Timetable) -> Callable[[], Sequence[date]]:
        return lambda: [local_date(at, timetable.timezone) for at in self.sent.get(contact_id, ())]

    def _go(
        self,
        row: Any,
        loaded: Loaded,
        step: LoadedStep,
        planned: Planned,
        timetable: Timetable,
        person: Person,
    ) -> None:
        draft = draft_of(row, loaded, step, planned, person)
        self.drafts.append(draft)
        self.going[draft["message_id"]] = (row, step, planned, timetable)
        self.received.add((person.address_key, step.fingerprint))
        self.sent.setdefault(row.contact_id, []).append(planned.at)

    def _skip(
        self,
        row: Any,
        loaded: Loaded,
        step: LoadedStep,
        planned: Planned,
        timetable: Timetable,
        reason: Reason,
    ) -> None:
        self.runs.append(Run(row.id, step.id, Outcome.SKIPPED, reason, planned, planned.at))
        self.moves.to_next(row.id, loaded, step.id, timetable, planned)

    def _send(self) -> None:
        new = queue_messages(self.drafts)
        waiting = []
        for message_id, (row, step, planned, timetable) in self.going.items():
            if message_id in new:
                waiting.append(row.id)
                self.runs.append(Run(row.id, step.id, Outcome.PLANNED, planned.moved_by, planned, planned.at))
            else:
                # Another worker was first with the same content for the same address.
                loaded = self.sequences[row.sequence_id]
                self._skip(row, loaded, step, planned, timetable, Reason.ALREADY_RECEIVED)
        wait_for_messages(waiting)


def draft_of(row: Any, loaded: Loaded, step: LoadedStep, planned: Planned, person: Person) -> Draft:
    """The message of a step for a person, as a row."""
    return {
        "contact_id": person.id,
        "sequence_id": loaded.id,
        "enrolment_id": row.id,
        "step_id": step.id,
        "campaign": loaded.slug,
        "step": step.key,
        "content_id": step.content_id,
        "fingerprint": step.fingerprint,
        "merge": merge_for(step.content, person),
        "sender": dict(loaded.sender),
        "to_name": person.name,
        "address": person.email,
        "address_key": person.address_key,
        "locale": language_of(person.language, step.content.language if step.content else ""),
        "message_id": new_message_id(loaded.sender["email"]),
        "planned_at": planned.at,
        "run_at": planned.at,
        "when_uncertain": WhenUncertain(loaded.row.uncertain),
    }
