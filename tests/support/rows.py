"""One row for every table, whatever its columns: what migrations meet on a database in use."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Column, Connection, Enum, Table

from crm.core.db import Base
from crm.core.types import UtcDateTime

PLAIN: dict[type, Any] = {
    bool: True,
    int: 1,
    float: 1.0,
    str: "x",
    bytes: b"x",
    dict: {},
    object: {},
    list: [],
    date: date(2026, 5, 6),
    datetime: datetime(2026, 5, 6, 9, 0, tzinfo=UTC),
    Decimal: Decimal(1),
}


def fill_every_table(connection: Connection) -> None:
    """Insert one row into each table, parents first."""
    made: dict[str, dict[str, Any]] = {}
    for table in Base.metadata.sorted_tables:
        row = {
            column.name: _value(column, made) for column in table.columns if not _fills_itself(column, table)
        }
        result = connection.execute(table.insert().values(row))
        key = dict(
            zip(
                (column.name for column in table.primary_key), result.inserted_primary_key or (), strict=False
            )
        )
        made[table.name] = row | key


def _value(column: Column[Any], made: dict[str, dict[str, Any]]) -> Any:
    for key in column.foreign_keys:
        target, name = key.column.table.name, key.column.name
        # A row that points at its own kind points at nothing yet.
        return made[target][name] if target in made else None
    if isinstance(column.type, Enum):
        return column.type.enums[0]
    value = PLAIN[datetime if isinstance(column.type, UtcDateTime) else column.type.python_type]
    length = getattr(column.type, "length", None)
    return value[:length] if isinstance(value, str) and length else value


def _fills_itself(column: Column[Any], table: Table) -> bool:
    is_number = column is table.autoincrement_column
    return bool(is_number or column.computed is not None or column.server_default is not None)
