"""A database of generated contacts for measuring: 200 skewed tags, five a contact, some history, twelve owners."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import accumulate, islice
from typing import Any

from pyroaring import BitMap
from sqlalchemy import Table, insert, text

from crm.accounts.models import User, UserRole, Workspace
from crm.contacts import sets
from crm.contacts.logic import search_text
from crm.contacts.models import Company, Contact
from crm.core.db import Base, db, session, unit_of_work
from crm.core.dialect import create_search_index, drop_search_index, is_sqlite, rebuild_search_index
from crm.core.text import fold, sort_key
from crm.tags.models import ContactTag, Tag

TAGS, TAGS_EACH, OWNERS, COMPANIES = 200, 5, 12, 5_000
BATCH = 20_000
NOW = datetime(2026, 5, 6, 9, tzinfo=UTC)
FIRST = (
    "Sara Anna Jonas Mehdi Elif Priya Tomasz Hana Diego Grace Olivia Kenji Nora Farid Maya Ivo "
    "سارا علی مریم رضا نگار حسین زهرا امیر"
).split()
LAST = (
    "Ahmadi Brandt Okafor Rostami Kaya Lindqvist Raman Zieliński Novák Fuentes Mensah Hart Mori Weiss Haddad Cohen Petrov "
    "Kaufmann Bergmann Hoffmann Neumann Zimmermann Kaufer Schuster Keller Vogel احمدی رضایی محمدی کریمی حسینی رستمی جعفری موسوی"
).split()


def seed(size: int) -> None:
    """Make the tables and fill them. The search index and the sets are made at the end, since that is faster."""
    Base.metadata.create_all(db.engine)
    with unit_of_work():
        drop_search_index(session.connection())
        if not is_sqlite(session):
            session.execute(text("DROP INDEX IF EXISTS ix_contact_search_text_trigram"))
        _add_people()
    found: dict[str, BitMap] = {sets.LIVE: BitMap()}
    with unit_of_work():
        rows = _contacts(size)
        while batch := list(islice(rows, BATCH)):
            _load(Contact.__table__, [contact for contact, _tags in batch])
            _load(
                ContactTag.__table__,
                [_tagged(contact, tag) for contact, tags in batch for tag in sorted(tags)],
            )
            for contact, tags in batch:
                _note(found, contact, tags)
    with unit_of_work():
        for name, ids in found.items():
            sets.add_to(name, ids)
    with unit_of_work():
        create_search_index(session.connection())
        rebuild_search_index(session)
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE" if is_sqlite(session) else "VACUUM ANALYZE")


def _add_people() -> None:
    session.add(Workspace(id=1, name="Bench", locale="en", timezone="UTC", calendar="auto"))
    for number in range(1, OWNERS + 1):
        email = f"owner{number}@example.com"
        role = UserRole(role="admin" if number == 1 else "sales")
        session.add(
            User(
                name=f"Owner {number}",
                email=email,
                email_key=email,
                locale="en",
                timezone="UTC",
                role_rows=[role],
            )
        )
    for number in range(1, TAGS + 1):
        session.add(
            Tag(name=f"tag {number}", name_key=f"tag {number}", slug=f"tag-{number}", hue=number % 8 + 1)
        )
    session.flush()
    names = [f"{LAST[number % len(LAST)]} Works {number}" for number in range(COMPANIES)]
    session.execute(
        insert(Company),
        [{"name": name, "name_key": fold(name), "sort_key": sort_key(name)} for name in names],
    )


def _contacts(size: int) -> Iterator[tuple[dict[str, Any], set[int]]]:
    random.seed(20260506)
    weights = list(accumulate(1 / (place + 4) for place in range(TAGS)))
    tags = range(1, TAGS + 1)

    def pick() -> set[int]:
        return set(random.choices(tags, cum_weights=weights, k=TAGS_EACH))

    for number in range(1, size + 1):
        name = f"{random.choice(FIRST)} {random.choice(LAST)}"
        email = f"person{number}@site{number % 9973}.example"
        company = random.randrange(COMPANIES)
        seen = NOW - timedelta(minutes=random.randrange(500_000)) if random.random() < 0.6 else None
        chosen = pick()
        while len(chosen) < TAGS_EACH:
            chosen |= pick()
        company_name = f"{LAST[company % len(LAST)]} Works {company}"
        yield {
            "id": number, "name": name, "email": email, "email_key": email, "email_status": "valid", "score": 0,
            "company_id": company + 1, "owner_id": random.randrange(1, OWNERS + 1) if random.random() < 0.8 else None,
            "country": random.choice(("DE", "IR", "FR", "US")), "version": 1, "change_seq": 1, "sort_key": _sort_key(name),
            "created_at": NOW - timedelta(seconds=size - number), "updated_at": NOW - timedelta(seconds=size - number),
            "last_activity_at": seen, "search_text": f"{_words(name)}  {email}{_words(company_name)}",
        }, set(random.sample(sorted(chosen), TAGS_EACH))  # fmt: skip


def _tagged(contact: dict[str, Any], tag: int) -> dict[str, Any]:
    return {"contact_id": contact["id"], "tag_id": tag, "added_at": NOW, "added_by": None, "source": "import"}


@lru_cache(maxsize=20_000)
def _words(written: str) -> str:
    return search_text([written])


@lru_cache(maxsize=2_000)
def _sort_key(name: str) -> str:
    return sort_key(name)


@lru_cache(maxsize=200_000)
def _as_sqlite_keeps_it(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M:%S.%f")


def _note(found: dict[str, BitMap], contact: dict[str, Any], tags: set[int]) -> None:
    found[sets.LIVE].add(contact["id"])
    found.setdefault(sets.owner_set(contact["owner_id"]), BitMap()).add(contact["id"])
    for tag in tags:
        found.setdefault(sets.tag_set(tag), BitMap()).add(contact["id"])


def _load(table: Table | Any, rows: Sequence[dict[str, Any]]) -> None:
    """The fastest way in: COPY, or one statement for many rows."""
    names, driver = list(rows[0]), session.connection().connection
    if is_sqlite(session):
        marks = ", ".join("?" * len(names))
        values = [
            [_as_sqlite_keeps_it(value) if isinstance(value, datetime) else value for value in row.values()]
            for row in rows
        ]
        driver.cursor().executemany(f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({marks})", values)
        return
    with driver.cursor() as cursor, cursor.copy(f"COPY {table.name} ({', '.join(names)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(tuple(row.values()))
