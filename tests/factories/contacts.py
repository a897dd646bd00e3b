"""Contacts and tags, made through the services, so that sets and search index are as they should be."""

from __future__ import annotations

from typing import Any

from crm.contacts import service, sets
from crm.contacts.models import Contact
from crm.core.permissions import SYSTEM
from crm.tags import queries as tag_queries
from crm.tags import service as tag_service
from crm.tags.models import Tag, TagGroup
from tests.factories import number
from tests.factories.accounts import make_workspace


def make_contact(*, tags: list[str] | None = None, **facts: Any) -> Contact:
    """A person, by default with a name and an address; `tags` are names."""
    make_workspace()
    one = number()
    facts.setdefault("name", f"Person {one}")
    facts.setdefault("email", f"person{one}@example.com")
    contact = service.create_contact(facts, actor=SYSTEM, may_double=True)
    if tags:
        tag_service.add_tags([contact.id], tag_service.ensure_tags(tags), actor=SYSTEM, quiet=True)
    sets.write_pending()
    return contact


def make_contacts(count: int, *, tags: list[str] | None = None, **facts: Any) -> list[int]:
    """Many people at once; returns their ids."""
    make_workspace()
    first = number()
    rows = [
        {"name": f"Many {first}-{n}", "email": f"many{first}-{n}@example.com", **facts} for n in range(count)
    ]
    ids = service.create_contacts_bulk(rows, actor=SYSTEM)
    if tags:
        tag_service.add_tags(ids, tag_service.ensure_tags(tags), actor=SYSTEM, quiet=True)
    sets.write_pending()
    return ids


def make_tag(name: str | None = None, *, group: TagGroup | None = None, **values: Any) -> Tag:
    return tag_queries.find_tag(name or "") or tag_service.create_tag(
        name or f"tag {number()}", group=group, **values
    )


def make_group(name: str | None = None, *, is_exclusive: bool = False) -> TagGroup:
    return tag_service.create_group(name or f"Group {number()}", is_exclusive=is_exclusive)


def ids_on(page: Any) -> list[int]:
    """Which contacts a page lists, in order."""
    return [int(row["data-contact-id"]) for row in page.all("[data-contact-id]")]
