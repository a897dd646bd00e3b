"""Pages deep in large lists are the same however they are found."""

from __future__ import annotations

import functools
import operator
from collections.abc import Iterator

import pytest
from pyroaring import BitMap
from sqlalchemy import update

from crm.contacts.models import Contact
from crm.contacts.queries import order
from crm.contacts.queries.order import SORTS, page_ids
from crm.core.db import reading, session, unit_of_work
from tests.factories.contacts import make_contacts

EVERY = [(key, descending) for key in SORTS for descending in (False, True)]


@pytest.fixture
def people(database: None) -> Iterator[BitMap]:
    """Three hundred people, some without an address or company, some alike."""
    ids = [
        *make_contacts(100, company="Acme"), *make_contacts(100, company="Zenith", name="Same Name"),
        *make_contacts(100, email=None),
    ]  # fmt: skip
    for place, contact_id in enumerate(ids):
        if place % 3:
            moment = Contact.created_at if place % 2 else None
            session.execute(update(Contact).where(Contact.id == contact_id).values(last_activity_at=moment))
    session.commit()
    return BitMap(ids)


@pytest.mark.parametrize(("key", "descending"), EVERY)
def test_the_order_in_memory_gives_what_the_database_sorts(
    people: BitMap, key: str, descending: bool
) -> None:
    some = BitMap(list(people)[::2])
    sort = SORTS[key]

    with reading():
        sorted_ids = order._sorted(some, sort, descending, 0, 1000)
        found = [order._from_order(some, sort, descending, offset, 20) for offset in range(0, len(some), 20)]

    assert functools.reduce(operator.iadd, found, []) == sorted_ids


@pytest.mark.parametrize(("key", "descending"), [(key, way) for key, way in EVERY if SORTS[key].is_indexed])
def test_walking_the_index_gives_what_the_database_sorts(people: BitMap, key: str, descending: bool) -> None:
    sort = SORTS[key]
    known = len(people) if key != "last_activity_at" else 60

    with reading():
        walked = order._walk(people, sort, descending, min(known, 60), 10_000)

    assert walked == page_ids(people, sort, descending, offset=0, size=min(known, 60), everyone=300)


@pytest.mark.parametrize("key", list(SORTS))
def test_the_order_in_memory_follows_changes(people: BitMap, key: str) -> None:
    sort = SORTS[key]
    with reading():
        order._from_order(people, sort, False, 0, 50)
    with unit_of_work():
        moved = update(Contact).where(Contact.id.in_(list(people)[:40]))
        session.execute(
            moved.values(sort_key="99", email_key="zz@example.com", last_activity_at=None, company_id=None)
        )
    added = make_contacts(30, name="Another")
    session.commit()
    everybody = people | BitMap(added)

    with reading():
        found = order._from_order(everybody, sort, False, 0, 500)
        sorted_ids = order._sorted(everybody, sort, False, 0, 500)

    assert found == sorted_ids
