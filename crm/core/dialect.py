"""The few differences between SQLite and PostgreSQL; no other module holds dialect SQL."""

from __future__ import annotations

import json
import sqlite3
import sys
from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVarTuple

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Connection,
    Integer,
    LargeBinary,
    Select,
    String,
    Table,
    Text,
    UpdateBase,
    any_,
    cast,
    column,
    func,
    literal,
    literal_column,
    null,
    select,
    table,
    text,
)  # fmt: skip
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session, scoped_session
from sqlalchemy.sql.functions import FunctionElement

AnySession = Session | scoped_session[Any]
Columns = TypeVarTuple("Columns")


def prepare_sqlite(connection: sqlite3.Connection, fold: Callable[[str], str]) -> None:
    """Set a fresh SQLite connection up: WAL, foreign keys, a patient lock, and our folding as a function."""
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA busy_timeout=15000")
    cursor.execute("PRAGMA temp_store=MEMORY")
    cursor.execute("PRAGMA cache_size=-16000")
    cursor.close()

    def folded(text: str | None) -> str | None:
        return None if text is None else fold(str(text))

    connection.create_function("peyvand_fold", 1, folded, deterministic=True)


def is_sqlite(session: AnySession) -> bool:
    return session.get_bind().dialect.name == "sqlite"


def insert_ignoring(
    session: AnySession, table: Table, rows: Sequence[dict[str, Any]] | dict[str, Any]
) -> UpdateBase:
    """INSERT … ON CONFLICT DO NOTHING; add `.returning(…)` to learn which rows were new."""
    build = sqlite_insert if is_sqlite(session) else postgresql_insert
    return build(table).values(rows).on_conflict_do_nothing()


def insert_new(session: AnySession, table: Table) -> Any:
    """The same to be executed with a list of rows, which is much faster for many; add `.returning(…)` likewise."""
    build = sqlite_insert if is_sqlite(session) else postgresql_insert
    return build(table).on_conflict_do_nothing()


def later_by(session: AnySession, column: Any, seconds: float) -> ColumnElement[Any]:
    """A column of moments, so many seconds later."""
    if is_sqlite(session):
        # SQLite knows milliseconds at most; moments are kept with six digits.
        return func.strftime("%Y-%m-%d %H:%M:%f", column, f"{seconds:+.3f} seconds", type_=String) + literal(
            "000", String
        )
    later: ColumnElement[Any] = column + func.make_interval(0, 0, 0, 0, 0, 0, seconds)
    return later


def insert_for_each(
    session: AnySession, table: Table, key: str, ids: Iterable[int], same: Mapping[str, Any]
) -> None:
    """A row for each id in the column `key`, all else being the same; a row that is there already is left alone."""
    listed = ",".join(map(str, ids))
    each: ColumnElement[int]
    if is_sqlite(session):
        each = func.json_each(f"[{listed}]").table_valued("value").c.value
    else:
        each = func.unnest(cast(literal(f"{{{listed}}}", Text), ARRAY(Integer))).column_valued("each_id")
    values = [literal(value, table.c[name].type) for name, value in same.items()]
    # Without a condition SQLite would take ON CONFLICT for that of a join.
    rows = select(each, *values).where(each.is_not(None))
    session.execute(insert_new(session, table).from_select([key, *same], rows))


def upsert(
    session: AnySession, table: Table, values: dict[str, Any], *, key: Sequence[str], change: dict[str, Any]
) -> UpdateBase:
    """INSERT … ON CONFLICT (key) DO UPDATE SET change."""
    build = sqlite_insert if is_sqlite(session) else postgresql_insert
    return build(table).values(values).on_conflict_do_update(index_elements=list(key), set_=change)


def claimable(session: AnySession, statement: Select[Any]) -> Select[Any]:
    """Lock the chosen rows and pass over those that others hold; SQLite's writing lock does that by itself."""
    return statement if is_sqlite(session) else statement.with_for_update(skip_locked=True)


def by_code_point(length: int) -> String:
    """Text that both databases sort by code point, as Python does, whatever the database's collation."""
    return String(length).with_variant(String(length, collation="C"), "postgresql")


class ChangeStamp(FunctionElement[int]):
    """What `contact.change_seq` is set to: a number that is the higher, the later a transaction wrote.

    PostgreSQL: the transaction's id, read together with `commit_marks`. SQLite has one writer at a time: one more
    than the highest, or the time, so that numbers of deleted rows do not come back.
    """

    type = BigInteger()
    inherit_cache = True


@compiles(ChangeStamp, "postgresql")
def _transaction_id(_element: ChangeStamp, _compiler: Any, **_: Any) -> str:
    return "pg_current_xact_id()::text::bigint"


@compiles(ChangeStamp, "sqlite")
def _one_more_or_now(_element: ChangeStamp, _compiler: Any, **_: Any) -> str:
    highest = "SELECT coalesce(max(stamped.change_seq), 0) + 1 FROM contact AS stamped"
    return f"max(({highest}), CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) * 1000)"


def transaction_stamp(session: AnySession, seq: Any) -> int:
    """The stamp for rows that this transaction writes now."""
    if is_sqlite(session):
        return int(session.scalar(select(func.coalesce(func.max(seq), 0) + 1)) or 1)
    return int(session.scalar(select(cast(cast(func.pg_current_xact_id(), Text), BigInteger))) or 0)


def reserve_ids(session: AnySession, table: Table, count: int) -> list[int]:
    """Ids for rows that will be inserted in this transaction, so that none has to be read back."""
    if is_sqlite(session):
        first = (session.scalar(select(func.max(table.c.id))) or 0) + 1
        return list(range(first, first + count))
    following = func.nextval(func.pg_get_serial_sequence(table.name, "id"))
    numbers = select(following).select_from(func.generate_series(1, count).alias("numbers"))
    return list(session.scalars(numbers))


def commit_marks(session: AnySession, seq: Any) -> tuple[ColumnElement[int], ColumnElement[int | None]]:
    """(mark, own): everything stamped below the mark is settled and visible; `own` is this transaction's stamp.

    A row stamped at or above the mark may still be committed later, or again, and is to be looked at next time.
    """
    if is_sqlite(session):
        return func.coalesce(select(func.max(seq)).scalar_subquery(), 0) + 1, cast(null(), BigInteger)
    mark = cast(cast(func.pg_snapshot_xmin(func.pg_current_snapshot()), Text), BigInteger)
    return mark, cast(cast(func.pg_current_xact_id_if_assigned(), Text), BigInteger)


def in_order_of_commits(session: AnySession) -> bool:
    """Whether a transaction sees one moment of the database, and later stamps mean later moments."""
    return is_sqlite(session)


def locked(session: AnySession, statement: Select[*Columns]) -> Select[*Columns]:
    """Hold the chosen rows until the end of the transaction; a writer on SQLite holds everything anyway."""
    return statement if is_sqlite(session) else statement.with_for_update()


def one_of(session: AnySession, column: Any, ids: Iterable[int]) -> ColumnElement[bool]:
    """`column IN (ids)` for very many ids: one parameter, whatever their number."""
    listed = ",".join(map(str, ids))
    found: ColumnElement[bool]
    if is_sqlite(session):
        found = column.in_(select(func.json_each(f"[{listed}]").table_valued("value").c.value))
    else:
        found = column == any_(cast(literal(f"{{{listed}}}", Text), ARRAY(Integer)))
    return found


SQLITE_SEARCH = (
    """CREATE VIRTUAL TABLE IF NOT EXISTS contact_search USING fts5(
        search_text, content='contact', content_rowid='id', columnsize=0, tokenize='trigram case_sensitive 1')""",
    """CREATE TRIGGER IF NOT EXISTS contact_search_insert AFTER INSERT ON contact BEGIN
        INSERT INTO contact_search (rowid, search_text) VALUES (new.id, new.search_text); END""",
    """CREATE TRIGGER IF NOT EXISTS contact_search_delete AFTER DELETE ON contact BEGIN
        INSERT INTO contact_search (contact_search, rowid, search_text) VALUES ('delete', old.id, old.search_text); END""",
    """CREATE TRIGGER IF NOT EXISTS contact_search_update AFTER UPDATE OF search_text ON contact
        WHEN old.search_text IS NOT new.search_text BEGIN
        INSERT INTO contact_search (contact_search, rowid, search_text) VALUES ('delete', old.id, old.search_text);
        INSERT INTO contact_search (rowid, search_text) VALUES (new.id, new.search_text); END""",
)
POSTGRESQL_SEARCH = (
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    "CREATE INDEX IF NOT EXISTS ix_contact_search_text_trigram ON contact USING gin (search_text gin_trgm_ops)",
)

POSTGRESQL_FOLD = Path(__file__).with_name("peyvand_fold.sql").read_text(encoding="ascii")


def create_fold(connection: Connection) -> None:
    """Folding inside the database, with the meaning of `crm.core.text.fold`; SQLite gets ours at each connection."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(POSTGRESQL_FOLD)


def create_search_index(connection: Connection) -> None:
    """The index of three letters that finds fragments in `contact.search_text`; for the migration and for tests."""
    for statement in SQLITE_SEARCH if connection.dialect.name == "sqlite" else POSTGRESQL_SEARCH:
        connection.exec_driver_sql(statement)


def drop_search_index(connection: Connection) -> None:
    """Before the table goes. PostgreSQL drops the index with it, and keeps the extension."""
    if connection.dialect.name == "sqlite":
        for name in ("insert", "delete", "update"):
            connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS contact_search_{name}")
        connection.exec_driver_sql("DROP TABLE IF EXISTS contact_search")


def rebuild_search_index(session: AnySession) -> None:
    """Make the index again from the contacts; only SQLite's stands beside the table."""
    if is_sqlite(session):
        session.execute(text("INSERT INTO contact_search (contact_search) VALUES ('rebuild')"))


def ids_with_fragments(session: AnySession, patterns: Sequence[str]) -> Select[int]:
    """Ids of contacts whose search text holds every pattern; a pattern that begins with blanks is a word's beginning.

    Patterns have three letters or more, leading blanks included. On PostgreSQL the question stands in a
    materialized CTE: beside an ORDER BY the planner would walk another index instead.
    """
    if is_sqlite(session):
        asked = " AND ".join('"' + pattern.replace('"', '""') + '"' for pattern in patterns)
        matches = text("contact_search MATCH :asked").bindparams(asked=asked)
        return (
            select(literal_column("rowid", Integer).label("id"))
            .select_from(table("contact_search"))
            .where(matches)
        )
    contact = table("contact", column("id", Integer), column("search_text", Text))
    found = select(contact.c.id).where(
        *(contact.c.search_text.contains(each, autoescape=True) for each in patterns)
    )
    hits = found.cte("hits").prefix_with("MATERIALIZED", dialect="postgresql")
    return select(hits.c.id)


def all_ids(session: AnySession, chosen: Select[int]) -> array[int]:
    """Every id the select gives, in its order, as one packed value: a row each would cost ten times as much."""
    packed = chosen.subquery()
    found = array("I")
    if is_sqlite(session):
        found.extend(json.loads(session.scalar(select(func.json_group_array(packed.c[0]))) or "[]"))
        return found
    together = func.string_agg(func.int4send(packed.c[0]), literal(b"", LargeBinary), type_=LargeBinary)
    found.frombytes(session.scalar(select(together)) or b"")
    if sys.byteorder == "little":
        found.byteswap()
    return found
