"""Many contacts at once: the fast way in for imports, archiving and restoring whole filter results, owners."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pyroaring import BitMap
from sqlalchemy import RowMapping, bindparam, delete, insert, select, update

from crm.activity import service as activity
from crm.activity.models import ChangeSet
from crm.contacts import sets
from crm.contacts.events import ContactsArchived, ContactsCreated, ContactsRestored, ContactsUpdated
from crm.contacts.logic import FACTS
from crm.contacts.models import Company, Contact, EmailStatus
from crm.contacts.service.facts import Facts, ensure_companies, twins
from crm.core import clock
from crm.core.db import session
from crm.core.dialect import ChangeStamp, one_of, reserve_ids
from crm.core.events import publish
from crm.core.messages import N_
from crm.core.permissions import SYSTEM, Viewer
from crm.core.text import fold

TWINS = ("name", "email_key", "phone_key", "sort_key", "search_text")
COLUMNS = tuple(dict.fromkeys((*(key for key in FACTS if key != "company"), "company_id", *TWINS)))
LOOKED_AT = ("name", "first_name", "last_name", "email", "phone", "job_title", "city", "external_id")


def create_contacts_bulk(
    rows: Sequence[Facts], *, actor: Viewer, note: Mapping[str, Any] | None = None
) -> list[int]:
    """Add many people and return their ids in order. The facts must be clean: valid addresses, phones as E.164.

    Whether somebody is there already is for the caller to ask. `note` goes into the timeline of each.
    """
    if not rows:
        return []
    companies = ensure_companies(str(row["company"]) for row in rows if row.get("company"))
    now = clock.now()
    table: Any = Contact.__table__
    ids, stamp = reserve_ids(session, table, len(rows)), session.scalar(select(ChangeStamp()))
    filled = {key for row in rows for key in row}
    columns = [key for key in COLUMNS if key in filled]
    same = {"created_at": now, "updated_at": now, "version": 1, "score": 0, "change_seq": stamp}
    values = []
    for contact_id, row in zip(ids, rows, strict=True):
        stored = {"id": contact_id, **{key: row.get(key) for key in columns}, **same}
        stored["email_status"] = stored.get("email_status") or EmailStatus.UNVERIFIED
        stored["company_id"] = companies.get(fold(row["company"])) if row.get("company") else None
        values.append(stored | twins(row, row.get("company")))
    session.flush()
    session.connection().execute(insert(table), values)
    sets.add_to(sets.LIVE, ids)
    _add_to_owners((contact_id, row.get("owner_id")) for contact_id, row in zip(ids, rows, strict=True))
    activity.record_many(ids, "imported" if note else "created", actor=actor, detail=note)
    publish(ContactsCreated(BitMap(ids), actor.id))
    return ids


def update_contacts_bulk(
    changes: Mapping[int, Facts], *, actor: Viewer, note: Mapping[str, Any] | None = None
) -> dict[int, dict[str, Any]]:
    """Change many people: id → clean facts. Returns id → field key → value before, of those that really changed.

    A status of opted out or bounced stays, whatever the facts say.
    """
    companies = ensure_companies(str(facts["company"]) for facts in changes.values() if facts.get("company"))
    held = select(Contact.__table__, Company.name.label("company")).outerjoin(
        Company, Company.id == Contact.company_id
    )
    rows = session.execute(held.where(one_of(session, Contact.id, changes))).mappings()
    before: dict[int, dict[str, Any]] = {}
    values = []
    for row in rows:
        facts = _really_new(row, changes[row["id"]])
        if not facts:
            continue
        before[row["id"]] = {key: row[key] for key in facts}
        new = {**row, **facts}
        if "company" in facts:
            new["company_id"] = companies.get(fold(facts["company"])) if facts["company"] else None
        new |= twins(new, new["company"])
        values.append({"of_id": row["id"], **{f"new_{key}": new[key] for key in COLUMNS}})
        _move_owner(row["id"], row["owner_id"], new["owner_id"])
    if values:
        _update_rows(values)
        activity.record_many(before, "changed", actor=actor, detail=note)
        publish(ContactsUpdated(BitMap(before), actor.id))
    return before


def archive_contacts(ids: BitMap, *, actor: Viewer, name: str = "") -> ChangeSet:
    """Put people away; a change set that can be undone."""
    many = N_("%(count)s people archived") if len(ids) != 1 else N_("One person archived")
    title = N_("%(name)s archived") if name else many
    return activity.begin_act("contacts.archive", title, {"name": name, "count": len(ids)}, ids, actor=actor)


def restore_contacts(ids: BitMap, *, actor: Viewer, name: str = "") -> ChangeSet:
    """Bring archived people back; a change set that can be undone."""
    many = N_("%(count)s people restored") if len(ids) != 1 else N_("One person restored")
    title = N_("%(name)s restored") if name else many
    return activity.begin_act("contacts.restore", title, {"name": name, "count": len(ids)}, ids, actor=actor)


def delete_contacts(ids: BitMap) -> None:
    """Remove people for good, with all that hangs on them; for taking an import back."""
    for name in sets.set_names(""):
        gone = sets.ids_of(name) & ids
        if gone:
            sets.remove_from(name, gone)
    for start in range(0, len(ids), activity.STEP):
        session.execute(
            delete(Contact).where(one_of(session, Contact.id, ids[start : start + activity.STEP]))
        )


def archive_step(part: BitMap, change: ChangeSet) -> BitMap:
    """Archive those of the part that are not archived yet."""
    return _set_archived(part, change, is_archived=True)


def restore_step(part: BitMap, change: ChangeSet) -> BitMap:
    return _set_archived(part, change, is_archived=False)


def _set_archived(part: BitMap, change: ChangeSet, *, is_archived: bool) -> BitMap:
    now = clock.now()
    wanted = Contact.archived_at.is_(None) if is_archived else Contact.archived_at.is_not(None)
    changed = update(Contact.__table__).where(one_of(session, Contact.__table__.c.id, part), wanted)  # type: ignore[arg-type]
    changed = changed.values(
        archived_at=now if is_archived else None, updated_at=now, version=Contact.version + 1
    )
    ids = BitMap(session.scalars(changed.returning(Contact.__table__.c.id)))
    _read_again(ids)
    add, remove = (sets.ARCHIVED, sets.LIVE) if is_archived else (sets.LIVE, sets.ARCHIVED)
    sets.add_to(add, ids)
    sets.remove_from(remove, ids)
    actor = Actor(change.actor_id, change.actor_name)
    activity.record_many(ids, "archived" if is_archived else "restored", actor=actor)
    publish((ContactsArchived if is_archived else ContactsRestored)(ids, change.actor_id))
    return ids


class Actor:
    """Whoever began an act that goes on in a job: for the record, not for deciding."""

    def __init__(self, user_id: int | None, name: str) -> None:
        self.id, self.name = user_id, name
        self.reach, self.can = SYSTEM.reach, SYSTEM.can


def _really_new(row: RowMapping, facts: Facts) -> dict[str, Any]:
    new = {key: value for key, value in facts.items() if key in row and (value or None) != (row[key] or None)}
    if row["email_status"] in {EmailStatus.OPTED_OUT, EmailStatus.BOUNCED}:
        new.pop("email_status", None)
    return new


def _update_rows(values: Sequence[dict[str, Any]]) -> None:
    table: Any = Contact.__table__
    change = update(table).where(table.c.id == bindparam("of_id"))
    change = change.values(
        {table.c[key]: bindparam(f"new_{key}", type_=table.c[key].type) for key in COLUMNS}
    )
    change = change.values(updated_at=clock.now(), version=table.c.version + 1)
    session.connection().execute(change, list(values))
    _read_again(BitMap([value["of_id"] for value in values]))


def _read_again(ids: BitMap) -> None:
    """Contacts this session holds already must not keep what was before."""
    for held in [
        each for each in session.identity_map.values() if isinstance(each, Contact) and each.id in ids
    ]:
        session.refresh(
            held,
            [
                column.key
                for column in Contact.__table__.columns
                if column.key not in {"search_text", "change_seq"}
            ],
        )


def _add_to_owners(pairs: Any) -> None:
    owned: dict[int | None, list[int]] = {}
    for contact_id, owner_id in pairs:
        owned.setdefault(owner_id, []).append(contact_id)
    for owner_id, ids in owned.items():
        sets.add_to(sets.owner_set(owner_id), ids)


def _move_owner(contact_id: int, before: int | None, after: int | None) -> None:
    if before != after:
        sets.remove_from(sets.owner_set(before), [contact_id])
        sets.add_to(sets.owner_set(after), [contact_id])
