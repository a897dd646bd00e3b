"""One contact: made, changed, archived, restored, spoken about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pyroaring import BitMap
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from crm.accounts.models import User
from crm.activity import service as activity
from crm.activity.models import ChangeSet
from crm.contacts import queries, sets
from crm.contacts.events import ContactChanged, ContactsCreated
from crm.contacts.models import Contact, EmailStatus
from crm.contacts.service.bulk import archive_contacts, restore_contacts
from crm.contacts.service.facts import Facts, clean_facts, ensure_company, twins
from crm.core import clock
from crm.core.db import session
from crm.core.errors import Conflict, Invalid
from crm.core.events import publish
from crm.core.messages import N_
from crm.core.permissions import Viewer


class DuplicateEmail(Conflict):
    """Somebody has this address already. `contact` is who; saving anyway is possible."""

    def __init__(self, contact: Contact) -> None:
        super().__init__(N_("%(name)s has this address already."), field="email", name=contact.label)
        self.contact = contact


def create_contact(facts: Facts, *, actor: Viewer, may_double: bool = False) -> Contact:
    """Add a person. Raises DuplicateEmail when somebody has the address, unless `may_double`."""
    clean = clean_facts(facts)
    if not any(clean.get(key) for key in ("name", "first_name", "last_name", "email", "phone")):
        raise Invalid(N_("A contact needs a name, an email address or a phone number."), field="name")
    now = clock.now()
    contact = Contact(created_at=now, updated_at=now, email_status=EmailStatus.UNVERIFIED)
    _put(contact, clean)
    _refuse_double(contact, may_double)
    session.add(contact)
    _flush()
    sets.add_to(sets.LIVE, [contact.id])
    sets.add_to(sets.owner_set(contact.owner_id), [contact.id])
    activity.record(contact.id, "created", actor=actor)
    publish(ContactsCreated(BitMap([contact.id]), actor.id))
    return contact


def update_contact(
    contact: Contact, facts: Facts, *, actor: Viewer, version: int | None = None, may_double: bool = False
) -> dict[str, tuple[Any, Any]]:
    """Change what is known of a person; returns field key → (before, after) of what really changed.

    Raises Conflict when `version` is not the one that was read before, DuplicateEmail as `create_contact` does.
    """
    if version is not None and version != contact.version:
        raise Conflict(
            N_("Somebody changed this contact meanwhile. Look at what it says now, then save again.")
        )
    clean = clean_facts(facts)
    former_owner, former_key = contact.owner_id, contact.email_key
    changes = _put(contact, clean)
    if not changes:
        return {}
    if contact.email_key != former_key:
        _refuse_double(contact, may_double)
        if "email_status" not in clean:
            contact.email_status = EmailStatus.UNVERIFIED
    contact.updated_at = clock.now()
    _flush()
    if contact.owner_id != former_owner:
        sets.remove_from(sets.owner_set(former_owner), [contact.id])
        sets.add_to(sets.owner_set(contact.owner_id), [contact.id])
    detail = {key: [_plain(before), _plain(after)] for key, (before, after) in changes.items()}
    activity.record(contact.id, "changed", actor=actor, detail={"fields": detail})
    activity.save_change(
        "contacts.update", N_("%(name)s changed"), {"name": contact.label}, actor=actor,
        before={"contact_id": contact.id, "fields": detail},
    )  # fmt: skip
    publish(ContactChanged(contact.id, changes, actor.id))
    return changes


def archive_contact(contact: Contact, *, actor: Viewer) -> ChangeSet:
    """Put a person away: no list, no rule and no campaign takes them in until they are restored."""
    return archive_contacts(BitMap([contact.id]), actor=actor, name=contact.label)


def restore_contact(contact: Contact, *, actor: Viewer) -> ChangeSet:
    return restore_contacts(BitMap([contact.id]), actor=actor, name=contact.label)


def write_note(contact: Contact, text: str, *, actor: Viewer, kind: str = "note") -> None:
    """Write down what happened with a person."""
    if not text.strip():
        raise Invalid(N_("Write something first."), field="text")
    activity.record(contact.id, kind, actor=actor, text=text.strip())


def undo_update(_part: BitMap, change: ChangeSet) -> BitMap:
    """Put fields back that nobody has changed since."""
    contact = session.get(Contact, change.before["contact_id"], options=queries.FOR_PAGE)
    if contact is None:
        return BitMap()
    fields: Mapping[str, Any] = change.before["fields"]
    back = {key: before for key, (before, after) in fields.items() if _plain(_value(contact, key)) == after}
    _put(contact, clean_facts(back))
    contact.updated_at = clock.now()
    _flush()
    activity.record(contact.id, "changed", detail={"undone": True})
    return BitMap([contact.id])


def _put(contact: Contact, clean: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    changes = {}
    for key, value in clean.items():
        before = _value(contact, key)
        if _plain(before) == _plain(value) or (before or None) == (value or None):
            continue
        changes[key] = (before, value)
        if key == "company":
            contact.company = ensure_company(value)
            contact.company_id = contact.company.id if contact.company else None
        else:
            setattr(contact, key, value)
    if contact.owner_id is not None and "owner_id" in changes and session.get(User, contact.owner_id) is None:
        raise Invalid(N_("There is no such user."), field="owner_id")
    stored = {
        key: getattr(contact, key)
        for key in ("name", "first_name", "last_name", "email", "phone", "job_title", "city", "external_id")
    }
    for key, value in twins(stored, _value(contact, "company")).items():
        setattr(contact, key, value)
    return changes


def _value(contact: Contact, key: str) -> Any:
    if key == "company":
        return contact.company.name if contact.company_id and contact.company else None
    return getattr(contact, key)


def _plain(value: Any) -> Any:
    return (
        value
        if value is None or (isinstance(value, int | str) and not hasattr(value, "value"))
        else str(getattr(value, "value", value))
    )


def _refuse_double(contact: Contact, may_double: bool) -> None:
    if may_double or contact.email_key is None:
        return
    other = queries.find_by_email(contact.email_key, other_than=contact.id)
    if other is not None:
        raise DuplicateEmail(other)


def _flush() -> None:
    try:
        session.flush()
    except StaleDataError:
        raise Conflict(
            N_("Somebody changed this contact meanwhile. Look at what it says now, then save again.")
        ) from None
    except IntegrityError:
        raise Conflict(N_("Another contact has this external ID already."), field="external_id") from None
