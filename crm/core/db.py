"""The database: base class, session, SQLite's manners, and units of work outside requests."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from flask import current_app
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, Engine, MetaData, event
from sqlalchemy.orm import DeclarativeBase, ORMExecuteState, Session

from crm.core.dialect import create_fold, prepare_sqlite
from crm.core.text import fold

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Every table of Peyvand; each constraint and index has a name that migrations can rely on."""

    metadata = MetaData(naming_convention=NAMING)


db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})
session = db.session

if TYPE_CHECKING:

    class Model(Base):
        """What models inherit; the alias exists because mypy cannot follow `db.Model`."""

        __abstract__ = True
else:
    Model = db.Model

_writes: ContextVar[bool] = ContextVar("writes", default=False)
_durable: ContextVar[bool] = ContextVar("durable", default=False)


class ReadOnlyUnit(RuntimeError):
    """Code that was only to read tried to write: a GET that writes, or a service outside a unit of work."""


@contextmanager
def writing(on: bool = True, *, durable: bool = False) -> Iterator[None]:
    """Say that the transactions begun inside will write, so that SQLite takes its lock at once.

    A deferred begin lets two units that read and then write fail with "database is locked" whatever the
    time-out. Durable units wait for the disk (SQLite's FULL): outbox, consent, unsubscribes.
    """
    wrote, endured = _writes.set(on), _durable.set(durable)
    try:
        yield
    finally:
        _writes.reset(wrote)
        _durable.reset(endured)


def is_writing() -> bool:
    return _writes.get()


@contextmanager
def unit_of_work(*, durable: bool = False) -> Iterator[None]:
    """A transaction of its own, with a session of its own: commits at the end, rolls back when anything is raised.

    Never open one inside a request that writes: on SQLite it would wait for itself.
    """
    with writing(durable=durable), current_app.app_context():
        try:
            yield
            session.commit()
        except BaseException:
            session.rollback()
            raise


@contextmanager
def reading() -> Iterator[None]:
    """A read-only unit with a session of its own."""
    with writing(False), current_app.app_context():
        try:
            yield
        finally:
            session.rollback()


def commit_or_roll_back(keep: bool) -> None:
    """End the request's one transaction."""
    if keep:
        session.commit()
    else:
        session.rollback()


@event.listens_for(Session, "do_orm_execute")
def _refuse_writes_in_reading_units(state: ORMExecuteState) -> None:
    if not state.is_select and not is_writing() and (state.is_insert or state.is_update or state.is_delete):
        raise ReadOnlyUnit(str(state.statement))


@event.listens_for(Session, "before_flush")
def _refuse_flush_in_reading_units(opened: Session, *_: Any) -> None:
    if not is_writing() and (opened.new or opened.dirty or opened.deleted):
        raise ReadOnlyUnit(f"{opened.new or opened.dirty or opened.deleted}")


@event.listens_for(Base.metadata, "before_create")
def _create_fold(_tables: object, connection: Connection, **_: Any) -> None:
    create_fold(connection)


@event.listens_for(Engine, "connect")
def _on_connect(connection: Any, _record: Any) -> None:
    if isinstance(connection, sqlite3.Connection):
        prepare_sqlite(connection, fold)


@event.listens_for(Engine, "begin")
def _on_begin(connection: Connection) -> None:
    if connection.dialect.name != "sqlite":
        return
    level = "FULL" if _durable.get() else "NORMAL"
    if connection.info.get("synchronous") != level:
        connection.exec_driver_sql(f"PRAGMA synchronous={level}")
        connection.info["synchronous"] = level
    connection.exec_driver_sql("BEGIN IMMEDIATE" if is_writing() else "BEGIN")


def engine_options(database_url: str) -> dict[str, Any]:
    """What SQLAlchemy's engine is made with for this address."""
    if database_url.startswith("sqlite"):
        return {"connect_args": {"timeout": 15, "check_same_thread": False}}
    # Server-prepared statements may get a generic plan that ignores the trigram index, hence no preparing. Compiling just in
    # time made statements with many clauses several times slower.
    limits = "-c jit=off -c lock_timeout=15000 -c idle_in_transaction_session_timeout=120000"
    return {
        "connect_args": {"prepare_threshold": None, "options": limits},
        "pool_pre_ping": True,
        "pool_size": 8,
        "max_overflow": 16,
    }
