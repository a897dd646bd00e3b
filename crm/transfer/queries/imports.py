"""Imports: the list, who goes on with them, what they touched, which rows did not go in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from crm.accounts.models import User
from crm.contacts.models import Contact
from crm.core.db import session
from crm.core.dialect import claimable, locked, one_of
from crm.core.errors import NotFound
from crm.core.paging import PAGE_SIZE, Page, offset_of
from crm.transfer.models import UNDER_WAY, Import, ImportChange, ImportProblem, ImportState

AT_ONCE = 500
PROBLEMS_SHOWN = 20


@dataclass(frozen=True)
class ImportRow:
    """A line of the list of imports."""

    record: Import
    actor: str | None

    @property
    def id(self) -> int:
        return self.record.id


def get_import(import_id: int) -> Import:
    record = session.get(Import, import_id)
    if record is None:
        raise NotFound
    return record


def list_imports(number: int) -> Page[ImportRow]:
    """The newest first."""
    total = session.scalar(select(func.count()).select_from(Import)) or 0
    rows = select(Import, User.name).outerjoin(User, User.id == Import.actor_id).order_by(Import.id.desc())
    found = session.execute(rows.limit(PAGE_SIZE).offset(offset_of(number)))
    return Page([ImportRow(record, actor) for record, actor in found], total, number)


def under_way() -> list[tuple[int, ImportState]]:
    """The imports the worker is to go on with, the oldest first."""
    rows = select(Import.id, Import.state).where(Import.state.in_(UNDER_WAY)).order_by(Import.id)
    return [(import_id, state) for import_id, state in session.execute(rows)]


def lock_import(import_id: int, *, waits: bool) -> Import | None:
    """The import, held until the end of the transaction; None when it is gone or, unless `waits`, held by another."""
    row = select(Import).where(Import.id == import_id).execution_options(populate_existing=True)
    return session.scalar(locked(session, row) if waits else claimable(session, row))


def list_problems(import_id: int) -> Sequence[ImportProblem]:
    """The first rows that did not go in."""
    rows = select(ImportProblem).where(ImportProblem.import_id == import_id).order_by(ImportProblem.line)
    return session.scalars(rows.limit(PROBLEMS_SHOWN)).all()


def iter_problems(import_id: int) -> Iterator[ImportProblem]:
    """All of them, read in parts."""
    line = -1
    while True:
        rows = select(ImportProblem).where(ImportProblem.import_id == import_id, ImportProblem.line > line)
        part = session.scalars(rows.order_by(ImportProblem.line).limit(AT_ONCE)).all()
        yield from part
        if len(part) < AT_ONCE:
            return
        line = part[-1].line


@dataclass(frozen=True)
class Kept:
    """Something that undoing an import left as it is."""

    contact_id: int
    label: str
    field: str
    why: str


def list_kept(import_id: int, *, limit: int | None = None) -> list[Kept]:
    """What undoing left as it is, in the order of the contacts."""
    rows = (
        select(ImportChange.contact_id, ImportChange.kept, Contact.email, Contact.name)
        .join(Contact, Contact.id == ImportChange.contact_id)
        .where(ImportChange.import_id == import_id, ImportChange.kept.is_not(None))
        .order_by(ImportChange.contact_id)
        .limit(limit)
    )
    return [
        Kept(contact_id, email or name or f"#{contact_id}", field, why)
        for contact_id, kept, email, name in session.execute(rows)
        for field, why in kept or ()
    ]


def count_kept(import_id: int) -> int:
    """How many people undoing left as they are, at least in part."""
    kept = select(func.count()).where(ImportChange.import_id == import_id, ImportChange.kept.is_not(None))
    return session.scalar(kept) or 0


def list_changes(import_id: int, count: int) -> Sequence[ImportChange]:
    """The next changes to take back."""
    rows = select(ImportChange).where(ImportChange.import_id == import_id, ImportChange.kept.is_(None))
    return session.scalars(rows.order_by(ImportChange.contact_id).limit(count)).all()


def changes_of(import_id: int, contact_ids: Iterable[int]) -> dict[int, ImportChange]:
    """What this import did to these contacts in an earlier part."""
    rows = select(ImportChange).where(
        ImportChange.import_id == import_id, one_of(session, ImportChange.contact_id, contact_ids)
    )
    return {change.contact_id: change for change in session.scalars(rows)}
