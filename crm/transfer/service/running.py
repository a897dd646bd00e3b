"""Running an import: a part of the file in each transaction, and in the same one how far it is.

So whatever stops it, it goes on where it stood, and nobody comes in twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from itertools import dropwhile, islice
from typing import Any

from pyroaring import BitMap
from sqlalchemy import insert

from crm.contacts import queries as contact_queries
from crm.contacts import service as contacts
from crm.core import clock
from crm.core.db import reading, session, unit_of_work
from crm.core.errors import Conflict
from crm.core.messages import N_
from crm.core.permissions import Viewer
from crm.core.text import fold
from crm.tags import service as tags
from crm.tags.models import Tag, TagSource
from crm.transfer.drafts import Draft, DraftReader
from crm.transfer.models import Import, ImportChange, ImportProblem, ImportState
from crm.transfer.outcomes import People, Person, Tally
from crm.transfer.queries import imports
from crm.transfer.queries import people as asked
from crm.transfer.reading import Row, rows
from crm.transfer.service import storage
from crm.transfer.service.forecast import plain
from crm.transfer.service.meeting import Plan, actor_of, draft_reader, judge_for, plan_of

AT_ONCE = 2_000
"""Rows in one transaction: a few hundred milliseconds, so that others who write hardly wait."""


@dataclass
class _Reading:
    """A file this process has open, and where in it."""

    line: int
    rows: Iterator[Row]
    reader: DraftReader


_readings: dict[int, _Reading] = {}


def start(record: Import) -> None:
    """Hand a checked import to the worker."""
    if record.state is not ImportState.CHECKED:
        raise Conflict(N_("Check the rows first: the import was changed or started meanwhile."))
    record.state, record.notes = ImportState.RUNNING, {}
    session.flush()


def start_unchecked(record: Import, total: int) -> None:
    """Start an import whose file was read once to its end, which says how many rows it has."""
    record.state, record.total, record.notes = ImportState.RUNNING, total, {}
    session.flush()


def resume(record: Import) -> None:
    """Let an import that broke off go on where it stood."""
    if record.state is not ImportState.FAILED:
        raise Conflict(N_("This import did not break off."))
    record.state, record.error, record.finished_at = ImportState.RUNNING, None, None
    session.flush()


def run_part(import_id: int, *, waits: bool = False) -> int:
    """Bring in the next rows; returns how many, or 0 when somebody else is at it.

    The file is read before the transaction begins, so that it stays short.
    """
    with reading():
        plan = plan_of(imports.get_import(import_id))
        held = _open_at(import_id, plan)
    drafts = held.reader.read_all(islice(held.rows, AT_ONCE))
    held.line = drafts[-1].line if drafts else held.line
    with unit_of_work():
        locked = imports.lock_import(import_id, waits=waits)
        if locked is None or locked.state is not ImportState.RUNNING or locked.line != plan.line:
            return 0
        if drafts:
            _work_in(locked, plan, drafts)
        else:
            locked.state, locked.finished_at = ImportState.DONE, clock.now()
    if not drafts:
        del _readings[import_id]
        storage.remove(plan.path)
    return len(drafts) or 1


def _open_at(import_id: int, plan: Plan) -> _Reading:
    """The file, standing behind the line that was worked in last."""
    held = _readings.get(import_id)
    if held is None or held.line != plan.line:
        source = dropwhile(lambda row: row.line_number <= plan.line, rows(plan.path, plan.shape))
        held = _readings[import_id] = _Reading(plan.line, source, draft_reader(plan))
    return held


def _work_in(record: Import, plan: Plan, drafts: Sequence[Draft]) -> None:
    actor, tally, people = actor_of(plan.actor_id), Tally(), People()
    judge = judge_for(drafts, people, plan.options, tally, actor=actor)
    touched: dict[Person, None] = {}
    for draft in drafts:
        _outcome, person = judge.decide(draft)
        if person is not None and person.is_touched:
            touched[person] = None
    _save(record, list(touched), actor)
    _note_problems(record.id, drafts)
    for outcome, count in tally.counts.items():
        setattr(record, outcome.value, getattr(record, outcome.value) + count)
    record.notes = {
        note: record.notes.get(note, 0) + tally.notes.get(note, 0) for note in {**record.notes, **tally.notes}
    }
    record.line = drafts[-1].line


def _save(record: Import, touched: Sequence[Person], actor: Viewer) -> None:
    note = {"import": record.id, "file": record.filename}
    new = [person for person in touched if person.id is None]
    known = [person for person in touched if person.id is not None]
    held = asked.held_contacts(person.id for person in known if person.id is not None)
    companies = _new_companies(touched)
    for person, contact_id in zip(
        new,
        contacts.create_contacts_bulk([person.facts for person in new], actor=actor, note=note),
        strict=True,
    ):
        person.id = contact_id
    changes = {person.id: person.changes for person in known if person.id is not None and person.changes}
    before = contacts.update_contacts_bulk(changes, actor=actor, note=note) if changes else {}
    made = contact_queries.company_ids(companies).values()
    record.companies = _with(record.companies, made)
    added = _put_tags_on(record, touched, actor)
    _keep_changes(record.id, touched, held, before, added, is_new={person.id for person in new})


def _new_companies(touched: Iterable[Person]) -> list[str]:
    """Folded names of companies that are not here yet."""
    names = {fold(name) for person in touched if (name := (person.changes or person.facts).get("company"))}
    return sorted(names - contact_queries.company_ids(sorted(names)).keys())


def _put_tags_on(record: Import, touched: Sequence[Person], actor: Viewer) -> dict[int, list[int]]:
    """Returns contact → tags it did not carry before."""
    carriers: dict[str, list[int]] = {}
    for person in touched:
        for name in person.new_tags.values():
            carriers.setdefault(name, []).append(person.id or 0)
    if not carriers:
        return {}
    added: dict[int, list[int]] = {}
    for tag, ids in zip(_ensure_tags(record, list(carriers)), carriers.values(), strict=True):
        new = tags.add_tags(ids, [tag], actor=actor, source=TagSource.IMPORT, quiet=True)
        for contact_id in new[tag.id]:
            added.setdefault(contact_id, []).append(tag.id)
    return added


def _ensure_tags(record: Import, names: Sequence[str]) -> list[Tag]:
    """The tags of these names; those that are not here yet are made, and noted on the import."""
    here = asked.tags_named(names)
    made = {name: tags.ensure_tags([name])[0] for name in names if name not in here}
    record.tags = _with(record.tags, (tag.id for tag in made.values()))
    return [here.get(name) or made[name] for name in names]


def _keep_changes(
    import_id: int, touched: Sequence[Person], held: Mapping[int, asked.Held], before: Mapping[int, Mapping[str, Any]],
    added: Mapping[int, list[int]], *, is_new: set[int | None],
) -> None:  # fmt: skip
    """Before-images of everybody who was touched; a second part about the same person adds to the first."""
    earlier = imports.changes_of(import_id, held) if held else {}
    groups = {tag.id: tag.exclusive_group for tag in asked.tag_keys()} if any(added.values()) else {}
    fresh = []
    for person in touched:
        contact_id = person.id or 0
        change = _change_of(
            person, held.get(contact_id), before.get(contact_id, {}), added.get(contact_id, []), groups
        )
        former = earlier.get(contact_id)
        if former is None:
            fresh.append(
                {
                    "import_id": import_id,
                    "contact_id": contact_id,
                    "is_created": contact_id in is_new,
                    **change,
                }
            )
        else:
            _add_to(former, change)
    if fresh:
        session.execute(insert(ImportChange.__table__), fresh)  # type: ignore[arg-type]


def _change_of(
    person: Person,
    held: asked.Held | None,
    before: Mapping[str, Any],
    added: list[int],
    groups: Mapping[int, int | None],
) -> dict[str, Any]:
    if held is None:
        return {"version": 1, "fields": {}, "added": added, "removed": []}
    fields = {key: [stored(value), stored(person.facts.get(key))] for key, value in before.items()}
    if fields:
        fields["updated_at"] = [held.updated_at.isoformat(), None]
    taken = {groups.get(tag_id) for tag_id in added} - {None}
    removed = [tag_id for tag_id in held.tags if groups.get(tag_id) in taken and tag_id not in added]
    return {"version": held.version + bool(before), "fields": fields, "added": added, "removed": removed}


def _add_to(former: ImportChange, change: Mapping[str, Any]) -> None:
    fields = dict(former.fields)
    if not former.is_created:
        for key, (before, after) in change["fields"].items():
            fields[key] = [fields[key][0] if key in fields else before, after]
    former.fields, former.version = fields, change["version"]
    former.added = [*former.added, *change["added"]]
    former.removed = [*former.removed, *(tag for tag in change["removed"] if tag not in former.added)]


def _note_problems(import_id: int, drafts: Iterable[Draft]) -> None:
    values = [
        {"import_id": import_id, "line": draft.line, "cells": list(draft.cells), "reason": draft.problem.message,
         "params": plain(draft.problem.params)}
        for draft in drafts
        if draft.problem is not None
    ]  # fmt: skip
    if values:
        session.execute(insert(ImportProblem.__table__), values)  # type: ignore[arg-type]


def stored(value: Any) -> Any:
    """A fact as JSON holds it, for comparing later."""
    if isinstance(value, Enum):
        return value.value
    return value.isoformat() if isinstance(value, date | datetime) else value


def _with(packed: bytes | None, ids: Iterable[int]) -> bytes | None:
    new = BitMap(ids)
    return (new | (BitMap.deserialize(packed) if packed else BitMap())).serialize() if new or packed else None
