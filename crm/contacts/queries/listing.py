"""The contact list: who matches, exactly how many, and the rows of one page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pyroaring import BitMap
from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import aliased

from crm.accounts.models import User, Workspace
from crm.activity.models import Activity
from crm.contacts import sets
from crm.contacts.models import Company, Contact, EmailStatus, LeadStatus
from crm.contacts.permissions import Contacts
from crm.contacts.queries.order import FEW, SORTS, page_ids
from crm.contacts.queries.searching import ids_found
from crm.contacts.queries.single import visible_ids
from crm.core import clock
from crm.core.db import session
from crm.core.dialect import all_ids, one_of
from crm.core.paging import PAGE_SIZE, Page, offset_of
from crm.core.permissions import Permission, Viewer
from crm.core.text import email_key, sort_key
from crm.rules.answer import matching_ids
from crm.rules.days import RuleContext
from crm.rules.parse import parse
from crm.rules.vocabulary import VOCABULARY

SORT_KEYS = (*SORTS, "owner")
DEFAULT_SORT = "name"
NOBODY = "none"
ME = "me"


@dataclass(frozen=True)
class ContactQuery:
    """What the list is asked for. `owner` is an email address, `me` or `none`; empty is no condition."""

    text: str = ""
    rule: dict[str, Any] | None = None
    owner: str = ""
    is_archived: bool = False
    sort: str = DEFAULT_SORT
    is_descending: bool = False
    page: int = 1

    @property
    def is_filtered(self) -> bool:
        return bool(self.text.strip() or self.rule or self.owner)


@dataclass(frozen=True, slots=True)
class ContactRow:
    """A line of the list."""

    id: int
    name: str
    email: str | None
    email_status: EmailStatus
    phone: str | None
    company: str | None
    status: LeadStatus | None
    owner: str | None
    owner_id: int | None
    last_activity_at: datetime | None
    last_activity: str | None
    created_at: datetime
    cells: dict[str, Any] = field(default_factory=dict)
    """What the columns of other features show, by column."""

    @property
    def label(self) -> str:
        return self.name or self.email or self.phone or f"#{self.id}"


def list_contacts(asked: ContactQuery, viewer: Viewer) -> Page[ContactRow]:
    """One page. A number past the end is the last page."""
    result = matching(asked, viewer)
    last = max(1, -(-len(result) // PAGE_SIZE))
    number = min(max(1, asked.page), last)
    ids = ordered_ids(result, asked.sort, asked.is_descending, offset=offset_of(number), size=PAGE_SIZE)
    return Page(list_rows(ids), len(result), number)


def matching(asked: ContactQuery, viewer: Viewer, permission: Permission = Contacts.VIEW) -> BitMap:
    """Everyone the filter lets through, whom the viewer may see (or do that with)."""
    universe = sets.ids_of(sets.ARCHIVED if asked.is_archived else sets.LIVE)
    reached = visible_ids(viewer, permission)
    if reached is not None:
        universe = universe & reached
    if asked.owner:
        universe = universe & _owned(asked.owner, viewer)
    if asked.text.strip():
        universe = universe & ids_found(asked.text)
    if asked.rule is not None:
        universe = ids_of_rule(asked.rule, universe)
    return universe


def count_views(viewer: Viewer) -> tuple[int, int]:
    """How many contacts the viewer may see, and how many archived ones."""
    live, archived = sets.ids_of_each([sets.LIVE, sets.ARCHIVED]).values()
    reached = visible_ids(viewer)
    if reached is None:
        return len(live), len(archived)
    return live.intersection_cardinality(reached), archived.intersection_cardinality(reached)


def ids_of_rule(document: dict[str, Any], universe: BitMap | None = None) -> BitMap:
    """The contacts a rule takes in; raises RuleError for one that cannot be understood."""

    def run(condition: ColumnElement[bool]) -> BitMap:
        return BitMap(all_ids(session, select(Contact.id).where(condition)))

    rule = parse(document, VOCABULARY)
    universe = sets.ids_of(sets.LIVE) if universe is None else universe
    return matching_ids(
        rule, VOCABULARY, rule_context(), over=Contact.__table__.c.id, universe=universe, run=run
    )


def rule_context() -> RuleContext:
    """Now, in the workspace's time zone."""
    workspace = session.get(Workspace, 1)
    return RuleContext(clock.now(), workspace.timezone if workspace else "UTC")


def find_contacts(text: str, viewer: Viewer, limit: int) -> list[ContactRow]:
    """The first few people a text finds, by name, for the palette and pickers."""
    result = matching(ContactQuery(text=text), viewer)
    return list_rows(ordered_ids(result, DEFAULT_SORT, False, offset=0, size=limit))


def ordered_ids(result: BitMap, sort: str, descending: bool, *, offset: int, size: int) -> list[int]:
    """The ids from `offset` on, in the order of a sort key."""
    everyone = len(sets.ids_of(sets.LIVE)) if len(result) > FEW else 0
    if sort != "owner":
        return page_ids(result, SORTS[sort], descending, offset=offset, size=size, everyone=everyone)
    found: list[int] = []
    for part in _by_owner(result, descending):
        if offset < len(part):
            wanted = size - len(found)
            found += page_ids(part, SORTS["name"], False, offset=offset, size=wanted, everyone=everyone)
            if len(found) == size:
                break
        offset = max(0, offset - len(part))
    return found


def _by_owner(result: BitMap, descending: bool) -> list[BitMap]:
    """The result cut by owner, owners by name, what nobody owns last."""
    owners = session.execute(select(User.id, User.name)).all()
    in_order = sorted(owners, key=lambda owner: (sort_key(owner[1]), owner[0]), reverse=descending)
    names = [sets.owner_set(user_id) for user_id, _name in in_order]
    owned = sets.ids_of_each(names)
    parts = [owned[name] & result for name in names]
    return [*parts, result - BitMap().union(*parts)]


def _owned(owner: str, viewer: Viewer) -> BitMap:
    if owner == NOBODY:
        return sets.ids_of(sets.owner_set(None))
    if owner == ME:
        return sets.ids_of(sets.owner_set(viewer.id)) if viewer.id else BitMap()
    user_id = session.scalar(select(User.id).where(User.email_key == email_key(owner)))
    return sets.ids_of(sets.owner_set(user_id)) if user_id else BitMap()


def list_rows(ids: Sequence[int]) -> list[ContactRow]:
    """Rows for these ids, in their order, in one statement."""
    if not ids:
        return []
    last, owner = aliased(Activity), aliased(User)
    rows = session.execute(
        select(
            Contact.id, Contact.name, Contact.email, Contact.email_status, Contact.phone, Company.name, Contact.status,
            owner.name, Contact.owner_id, Contact.last_activity_at, last.kind, Contact.created_at,
        )
        .outerjoin(Company, Company.id == Contact.company_id)
        .outerjoin(owner, owner.id == Contact.owner_id)
        .outerjoin(last, and_(last.contact_id == Contact.id, last.at == Contact.last_activity_at))
        .where(one_of(session, Contact.id, ids))
    )  # fmt: skip
    found = {row[0]: ContactRow(*tuple(row)) for row in rows}
    return [found[contact_id] for contact_id in ids if contact_id in found]
