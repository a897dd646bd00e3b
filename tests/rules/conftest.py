"""The small world that rules are asked about."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from crm.core.permissions import Permission, Reach, Viewer
from crm.rules.operators import Kind
from crm.rules.vocabulary import Field, Single
from tests.rules.world import World, contact, engine_for, world_on


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    """Empty of people, with all the words."""
    engine = engine_for(database_url)
    with world_on(engine) as world:
        yield world
    engine.dispose()


@pytest.fixture
def nobody() -> Viewer:
    """Somebody who signed in and may do nothing."""

    class Nobody:
        id = 1
        name = "Nobody"

        def reach(self, permission: Permission) -> Reach:
            return Reach.NONE

        def can(self, permission: Permission) -> bool:
            return False

    return Nobody()


@pytest.fixture
def guarded_field() -> Field:
    class Secrets(Permission):
        VIEW = "secrets:view", "See the secrets"

    return Field(
        key="budget.secret",
        label="Secret",
        kind=Kind.NUMBER,
        stored=Single(lambda _contact_id: contact.c.budget),
        permission=Secrets.VIEW,
    )
