"""Taking an import back: whoever nobody touched since is as before, whatever somebody changed stays and is listed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from pyroaring import BitMap
from sqlalchemy import bindparam, delete, update

from crm.activity.models import Activity
from crm.contacts import service as contacts
from crm.contacts.models import Company, Contact, EmailStatus
from crm.core import clock
from crm.core.db import session, unit_of_work
from crm.core.dialect import one_of
from crm.core.errors import Conflict
from crm.core.messages import N_
from crm.core.permissions import Viewer
from crm.tags import queries as tag_queries
from crm.tags import service as tags
from crm.tags.models import Tag
from crm.transfer.models import Import, ImportChange, ImportState
from crm.transfer.queries import imports
from crm.transfer.queries import people as asked
from crm.transfer.service.meeting import actor_of
from crm.transfer.service.running import stored

AT_ONCE = 500

CHANGED_SINCE = N_("Somebody changed this since the import.")
HAPPENED_SINCE = N_("Something happened with this contact since the import.")
WRITTEN_TO = N_("Mail to this contact was made since the import.")
STAYS_BARRED = N_("Who must not be written to stays so, also when an import is taken back.")
WHOLE = "contact"
"""Stands for a field where the whole contact was kept."""

_BARRED = {EmailStatus.OPTED_OUT, EmailStatus.BOUNCED}


def begin_undo(record: Import) -> None:
    """Hand an import to the worker to be taken back."""
    if not record.can_be_undone:
        raise Conflict(N_("There is nothing to take back, or it was taken back already."))
    record.state = ImportState.UNDOING
    session.flush()


def undo_part(import_id: int, *, waits: bool = False) -> int:
    """Take back what happened to the next people; returns how many, or 0 when somebody else is at it."""
    with unit_of_work():
        record = imports.lock_import(import_id, waits=waits)
        if record is None or record.state is not ImportState.UNDOING:
            return 0
        actor = actor_of(record.actor_id)
        changes = imports.list_changes(import_id, AT_ONCE)
        held = asked.held_contacts(change.contact_id for change in changes)
        record.reverted += _delete([change for change in changes if change.is_created], held)
        record.reverted += _put_back([change for change in changes if not change.is_created], held, actor)
        if not changes:
            _tidy(record, actor)
            record.state, record.finished_at = ImportState.UNDONE, clock.now()
        return len(changes) or 1


def _delete(created: Sequence[ImportChange], held: Mapping[int, asked.Held]) -> int:
    ids = [change.contact_id for change in created]
    if not ids:
        return 0
    facts, mailed = asked.signs_of_life(created[0].import_id, ids), asked.written_to(ids)
    untouched = BitMap()
    for change in created:
        kept = _signs(change, held[change.contact_id], facts.get(change.contact_id, []))
        if change.contact_id in mailed:
            kept.append([WHOLE, WRITTEN_TO])
        if kept:
            change.kept = kept
        else:
            untouched.add(change.contact_id)
    session.flush()
    contacts.delete_contacts(untouched)
    return len(untouched)


def _signs(change: ImportChange, held: asked.Held, facts: Iterable[Activity]) -> list[list[str]]:
    """What shows that a contact the import brought is no longer just that."""
    kept: dict[str, str] = {}
    for fact in facts:
        fields = fact.detail.get("fields", {}) if fact.kind == "changed" else {}
        kept |= dict.fromkeys(fields, CHANGED_SINCE)
        if not fields and fact.kind not in {"tagged", "untagged"}:
            kept[WHOLE] = HAPPENED_SINCE
    if set(held.tags) != set(change.added):
        kept["tags"] = CHANGED_SINCE
    if held.version > change.version and not kept:
        kept[WHOLE] = CHANGED_SINCE
    return [[field, why] for field, why in kept.items()]


def _put_back(changed: Sequence[ImportChange], held: Mapping[int, asked.Held], actor: Viewer) -> int:
    back: dict[int, dict[str, Any]] = {}
    whole: dict[int, datetime] = {}
    owners = asked.existing_user_ids() if changed else set()
    done = BitMap()
    for change in changed:
        now = held[change.contact_id]
        facts, kept = _facts_before(change, now, owners)
        if facts:
            back[now.id] = facts
        if kept:
            change.kept = kept
            continue
        done.add(now.id)
        if facts and now.version == change.version:
            whole[now.id] = datetime.fromisoformat(change.fields["updated_at"][0])
    _put_tags_back(changed, held, actor)
    if back:
        contacts.update_contacts_bulk(back, actor=actor, note={"undone": True})
    _set_dates_back(whole)
    if done:
        session.flush()
        undone = one_of(session, ImportChange.contact_id, done)
        session.execute(delete(ImportChange).where(ImportChange.import_id == changed[0].import_id, undone))
    return len(done)


def _facts_before(
    change: ImportChange, now: asked.Held, owners: set[int]
) -> tuple[dict[str, Any], list[list[str]]]:
    facts: dict[str, Any] = {}
    kept: list[list[str]] = []
    for key, (before, after) in change.fields.items():
        if key == "updated_at":
            continue
        if stored(now.facts[key]) != after:
            kept.append([key, CHANGED_SINCE])
        elif key == "email_status" and now.facts[key] in _BARRED:
            kept.append([key, STAYS_BARRED])
        elif key == "owner_id" and before not in owners:
            facts[key] = None
        else:
            facts[key] = date.fromisoformat(before) if key == "birthday" and before else before
    return facts, [["owner" if key == "owner_id" else key, why] for key, why in kept]


def _put_tags_back(changed: Sequence[ImportChange], held: Mapping[int, asked.Held], actor: Viewer) -> None:
    off: dict[int, list[int]] = {}
    on: dict[int, list[int]] = {}
    for change in changed:
        carried = held[change.contact_id].tags
        for tag_id in carried.keys() & set(change.added):
            off.setdefault(tag_id, []).append(change.contact_id)
        # Where the tag the import put on is gone, somebody has decided anew.
        for tag_id in change.removed if carried.keys() & set(change.added) else ():
            on.setdefault(tag_id, []).append(change.contact_id)
    for tag_id, ids in off.items():
        tags.remove_tags(ids, [tag_queries.get_tag(tag_id)], actor=actor, quiet=True)
    for tag_id, ids in on.items():
        tag = session.get(Tag, tag_id)
        if tag is not None:
            tags.add_tags(ids, [tag], actor=actor, quiet=True)


def _set_dates_back(dates: Mapping[int, datetime]) -> None:
    """Who is as before was not changed either."""
    if dates:
        table: Any = Contact.__table__
        change = update(table).where(table.c.id == bindparam("of_id")).values(updated_at=bindparam("at"))
        session.connection().execute(
            change, [{"of_id": contact_id, "at": at} for contact_id, at in dates.items()]
        )


def _tidy(record: Import, actor: Viewer) -> None:
    """Companies and tags that came with the import and that nobody has any more go with it."""
    if record.companies:
        unused = asked.unused_companies(BitMap.deserialize(record.companies))
        session.execute(delete(Company).where(one_of(session, Company.id, unused)))
    for tag_id in BitMap.deserialize(record.tags) if record.tags else ():
        tag = session.get(Tag, tag_id)
        if tag is not None and not tag_queries.people_with(tag_id) and not tags.used_by(tag):
            tags.delete_tag(tag, actor=actor)
