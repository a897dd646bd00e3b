"""Who a row may be about, as they stand, and what happened with them since."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pyroaring import BitMap
from sqlalchemy import select
from sqlalchemy.orm import aliased

from crm.accounts.models import User
from crm.activity.models import Activity
from crm.contacts.logic import FACTS
from crm.contacts.models import Company, Contact, EmailStatus
from crm.contacts.service.upkeep import RANK
from crm.core.db import session
from crm.core.dialect import one_of
from crm.core.text import email_key, fold
from crm.delivery.models import Message, Suppression
from crm.delivery.service.suppression import STATUS_AFTER
from crm.tags.models import ContactTag, Tag, TagGroup

AT_ONCE = 500


@dataclass(frozen=True)
class Held:
    """A contact as it stands, for comparing."""

    id: int
    facts: dict[str, Any]
    tags: dict[int, str]
    """Id → key of each tag."""
    version: int
    updated_at: datetime
    is_archived: bool


def held_contacts(ids: Iterable[int]) -> dict[int, Held]:
    """These contacts with their tags, in two statements."""
    wanted = BitMap(ids)
    if not wanted:
        return {}
    columns = [Contact.__table__.c[key] for key in FACTS if key != "company"]
    carried: dict[int, dict[int, str]] = {}
    tagged = select(ContactTag.contact_id, Tag.id, Tag.name_key).join(Tag, Tag.id == ContactTag.tag_id)
    for contact_id, tag_id, key in session.execute(
        tagged.where(one_of(session, ContactTag.contact_id, wanted))
    ):
        carried.setdefault(contact_id, {})[tag_id] = key
    rows = session.execute(
        select(
            Contact.id,
            Contact.version,
            Contact.updated_at,
            Contact.archived_at,
            Company.name.label("company"),
            *columns,
        )
        .outerjoin(Company, Company.id == Contact.company_id)
        .where(one_of(session, Contact.id, wanted))
    ).mappings()
    return {
        row["id"]: Held(
            row["id"], {key: row[key] for key in FACTS}, carried.get(row["id"], {}), row["version"], row["updated_at"],
            row["archived_at"] is not None,
        )
        for row in rows
    }  # fmt: skip


def barred_addresses(keys: Sequence[str]) -> dict[str, EmailStatus]:
    """Of these addresses those that must not be written to, and the strictest reason."""
    barred: dict[str, EmailStatus] = {}

    def note(key: str, status: EmailStatus | None) -> None:
        if status is not None and RANK[status] > RANK[barred.get(key, EmailStatus.UNVERIFIED)]:
            barred[key] = status

    for start in range(0, len(keys), AT_ONCE):
        part = keys[start : start + AT_ONCE]
        suppressed = select(Suppression.address_key, Suppression.reason).where(
            Suppression.address_key.in_(part)
        )
        for key, reason in session.execute(suppressed):
            note(key, STATUS_AFTER[reason])
        others = select(Contact.email_key, Contact.email_status).where(
            Contact.email_key.in_(part),
            Contact.email_status.in_((EmailStatus.BOUNCED, EmailStatus.OPTED_OUT)),
        )
        for address, status in session.execute(others):
            note(str(address), status)
    return barred


@dataclass(frozen=True)
class TagKey:
    id: int
    slug: str
    key: str
    exclusive_group: int | None


def tag_keys() -> list[TagKey]:
    """Every tag as rows of a file name it."""
    rows = select(Tag.id, Tag.slug, Tag.name_key, Tag.group_id, TagGroup.is_exclusive)
    rows = rows.outerjoin(TagGroup, TagGroup.id == Tag.group_id)
    return [
        TagKey(tag_id, slug, key, group_id if is_exclusive else None)
        for tag_id, slug, key, group_id, is_exclusive in session.execute(rows)
    ]


def tags_named(names: Sequence[str]) -> dict[str, Tag]:
    """Name as it was written (or slug) → tag, for those that are here."""
    found = session.scalars(select(Tag)).all()
    by_key = {tag.name_key: tag for tag in found}
    by_slug = {tag.slug: tag for tag in found}
    known = {name: by_slug.get(name) or by_key.get(fold(name)) for name in names}
    return {name: tag for name, tag in known.items() if tag is not None}


def owner_ids() -> dict[str, int]:
    """Address and, where it is one person's alone, folded name → user."""
    users = session.execute(
        select(User.id, User.email_key, User.name).where(User.is_active).order_by(User.id)
    ).all()
    names = [fold(name) for _id, _key, name in users]
    found = {name: row[0] for name, row in zip(names, users, strict=True) if names.count(name) == 1}
    return found | {key: user_id for user_id, key, _name in users}


def owner_key(written: str) -> str:
    """What an owner is looked up by."""
    return email_key(written) if "@" in written else fold(written)


def existing_user_ids() -> set[int]:
    return set(session.scalars(select(User.id)))


def signs_of_life(import_id: int, contact_ids: Sequence[int]) -> dict[int, list[Activity]]:
    """What happened with these people besides being brought in by this import."""
    rows = select(Activity).where(one_of(session, Activity.contact_id, contact_ids)).order_by(Activity.id)
    found: dict[int, list[Activity]] = {}
    for fact in session.scalars(rows):
        if fact.detail.get("import") != import_id:
            found.setdefault(fact.contact_id, []).append(fact)
    return found


def written_to(contact_ids: Sequence[int]) -> set[int]:
    """Those to whom a message was made."""
    rows = select(Message.contact_id).where(one_of(session, Message.contact_id, contact_ids)).distinct()
    return {contact_id for contact_id in session.scalars(rows) if contact_id is not None}


def unused_companies(ids: BitMap) -> BitMap:
    """Of these companies those nobody belongs to."""
    employed = aliased(Contact)
    empty = ~select(employed.id).where(employed.company_id == Company.id).exists()
    return BitMap(session.scalars(select(Company.id).where(one_of(session, Company.id, ids), empty)))
