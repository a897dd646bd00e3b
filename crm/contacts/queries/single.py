"""One contact, who may be seen, and what is looked up by address, number or owner."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from pyroaring import BitMap
from sqlalchemy import ColumnElement, Select, exists, false, func, or_, select
from sqlalchemy.orm import joinedload

from crm.accounts.models import User
from crm.contacts import sets
from crm.contacts.models import Company, Contact
from crm.contacts.permissions import Contacts
from crm.core.db import session
from crm.core.dialect import all_ids, one_of
from crm.core.errors import NotFound
from crm.core.permissions import Permission, Reach, Viewer

FOR_PAGE = (joinedload(Contact.company), joinedload(Contact.owner))
AT_ONCE = 10_000


def visible_contacts(viewer: Viewer, permission: Permission = Contacts.VIEW) -> Select[Contact]:
    """The contacts this viewer may see (or, with another permission, do that with). The base of all others."""
    return select(Contact).where(*_reached(viewer, permission))


def visible_ids(viewer: Viewer, permission: Permission = Contacts.VIEW) -> BitMap | None:
    """The same as a set; None is everyone."""
    reach = viewer.reach(permission)
    if reach == Reach.ALL:
        return None
    if reach == Reach.NONE:
        return BitMap()
    names = [sets.owner_set(viewer.id)] if viewer.id else []
    if reach == Reach.TEAM:
        names.append(sets.owner_set(None))
    return BitMap().union(*sets.ids_of_each(names).values())


def _reached(viewer: Viewer, permission: Permission) -> list[ColumnElement[bool]]:
    reach = viewer.reach(permission)
    if reach == Reach.ALL:
        return []
    if reach == Reach.NONE:
        return [false()]
    own = Contact.owner_id == viewer.id
    return [or_(own, Contact.owner_id.is_(None))] if reach == Reach.TEAM else [own]


def get_contact(contact_id: int, viewer: Viewer, permission: Permission = Contacts.VIEW) -> Contact:
    """One contact with company and owner; raises NotFound also when the viewer may not know of it."""
    found = visible_contacts(viewer, permission).where(Contact.id == contact_id).options(*FOR_PAGE)
    contact = session.scalar(found)
    if contact is None:
        raise NotFound
    return contact


def can_reach(contact: Contact, viewer: Viewer, permission: Permission) -> bool:
    """Whether the viewer may do this with a contact that is already seen."""
    reach = viewer.reach(permission)
    is_own = contact.owner_id is not None and contact.owner_id == viewer.id
    if reach == Reach.TEAM:
        return is_own or contact.owner_id is None
    return reach == Reach.ALL or (reach == Reach.OWN and is_own)


def find_by_email(email_key: str, *, other_than: int | None = None) -> Contact | None:
    """The oldest contact with this address that is not archived, else an archived one."""
    found = select(Contact).where(Contact.email_key == email_key, Contact.id != (other_than or 0))
    return session.scalar(found.order_by(Contact.archived_at.is_not(None), Contact.id).limit(1))


def find_ids(column: str, values: Sequence[str]) -> dict[str, int]:
    """Value → id of the oldest contact that has it, for `email_key`, `phone_key` or `external_id`; archived ones last."""
    key = {
        "email_key": Contact.email_key,
        "phone_key": Contact.phone_key,
        "external_id": Contact.external_id,
    }[column]
    found: dict[str, int] = {}
    for start in range(0, len(values), 500):
        rows = session.execute(
            select(key, Contact.id)
            .where(key.in_(values[start : start + 500]))
            .order_by(Contact.archived_at.is_(None), Contact.id.desc())
        )
        found |= {str(value): contact_id for value, contact_id in rows}
    return found


def find_company(name_key: str) -> Company | None:
    return session.scalar(select(Company).where(Company.name_key == name_key))


def company_ids(name_keys: Sequence[str]) -> dict[str, int]:
    """Folded name → id."""
    found: dict[str, int] = {}
    for start in range(0, len(name_keys), 500):
        part = name_keys[start : start + 500]
        rows = session.execute(select(Company.name_key, Company.id).where(Company.name_key.in_(part)))
        found |= {row[0]: row[1] for row in rows}
    return found


def list_owners() -> Sequence[User]:
    """Who may be an owner: everybody with an open account."""
    return session.scalars(select(User).where(User.is_active).order_by(User.name, User.id)).all()


def iter_contacts(ids: BitMap) -> Iterator[Contact]:
    """Contacts with company and owner, by id, read in parts."""
    for part in in_parts(ids):
        rows = select(Contact).where(one_of(session, Contact.id, part)).order_by(Contact.id)
        yield from session.scalars(rows.options(*FOR_PAGE))


def in_parts(ids: BitMap, size: int = AT_ONCE) -> Iterator[BitMap]:
    """The ids in handy parts, in order."""
    for start in range(0, len(ids), size):
        yield ids[start : start + size]


def existing_ids(ids: Iterable[int]) -> BitMap:
    return BitMap(all_ids(session, select(Contact.id).where(one_of(session, Contact.id, ids))))


def has_contacts() -> bool:
    return bool(session.scalar(select(exists().where(Contact.id.is_not(None)))))


def count_contacts() -> int:
    return session.scalar(select(func.count()).select_from(Contact)) or 0


def right_sets() -> Iterator[tuple[str, BitMap]]:
    """What the sets of contacts should hold, from the contacts themselves."""
    right: dict[str, BitMap] = {sets.LIVE: BitMap(), sets.ARCHIVED: BitMap()}
    for contact_id, owner_id, archived_at in session.execute(
        select(Contact.id, Contact.owner_id, Contact.archived_at)
    ):
        right[sets.LIVE if archived_at is None else sets.ARCHIVED].add(contact_id)
        right.setdefault(sets.owner_set(owner_id), BitMap()).add(contact_id)
    yield from right.items()
