"""Tables: nothing loads by itself, every link decides what happens when its end goes."""

import pytest
from sqlalchemy.orm import configure_mappers

from crm.core.db import Base
from crm.core.types import UtcDateTime

QUIET = {"raise_on_sql", "raise", "write_only", "noload"}


@pytest.fixture(autouse=True)
def all_models(app):
    configure_mappers()


def test_no_relationship_loads_by_itself():
    loud = [
        str(relationship)
        for mapper in Base.registry.mappers
        for relationship in mapper.relationships
        if relationship.lazy not in QUIET
    ]

    assert loud == []


def test_every_foreign_key_decides_what_happens_when_its_row_goes():
    undecided = [str(key.parent) for table in _tables() for key in table.foreign_keys if key.ondelete is None]

    assert undecided == []


def test_every_constraint_has_a_name():
    nameless = [
        f"{table}: {constraint}"
        for table in _tables()
        for constraint in table.constraints
        if not constraint.name
    ]

    assert nameless == []


def test_times_are_kept_in_utc():
    naive = [
        str(column)
        for table in _tables()
        for column in table.columns
        if column.type.__class__.__name__ in {"DateTime", "TIMESTAMP"} or _is_misnamed(column)
    ]

    assert naive == []


def _tables():
    return Base.metadata.tables.values()


def _is_misnamed(column):
    return (
        isinstance(column.type, UtcDateTime) != column.name.endswith(("_at", "_until", "_end"))
        and column.name != "at"
    )
