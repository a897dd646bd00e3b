"""The app, the client and the database of every test. What they are made of is in tests/support."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from crm.config import Settings
from crm.core import clock as core_clock
from crm.core.db import Base, db, session, writing
from crm.factory import create_app
from tests.cast import Cast
from tests.support import postgres
from tests.support.client import CheckingClient
from tests.support.passwords import make_passwords_cheap
from tests.support.translations import mark_missing

pytest_plugins = ["tests.support.running"]


def settings_for(database_url: str, data_dir: Path) -> Settings:
    """Settings of an app under test: nothing leaves, nothing runs beside it."""
    return Settings(
        database_url=database_url,
        secret_key="a secret for tests alone",
        base_url="http://localhost",
        smtp_url=None,
        mail_rate=None,
        data_dir=data_dir,
        locale="en",
        timezone="UTC",
        calendar="auto",
        workers=0,
    )


@pytest.fixture(scope="session")
def database_url(postgres_server: str | None, worker_id: str) -> Iterator[str]:
    """A database of this worker's own: SQLite in memory, or one on the server when the run is on PostgreSQL."""
    if postgres_server is None:
        yield "sqlite:///:memory:"
        return
    name = f"peyvand_test_{worker_id}"
    yield postgres.fresh_database(postgres_server, name)
    postgres.drop_database(postgres_server, name)


@pytest.fixture(scope="session")
def app(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The real app, made once; its schema is made once too."""
    app = create_app(settings_for(database_url, tmp_path_factory.mktemp("instance")))
    app.testing = True
    app.test_client_class = CheckingClient
    mark_missing(app)
    make_passwords_cheap()
    db.session.session_factory.configure(join_transaction_mode="create_savepoint")
    with app.app_context(), writing():
        Base.metadata.create_all(db.engine)
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def database(app: Flask) -> Iterator[None]:
    """One connection, one outer transaction: the app commits freely, and nothing is left behind."""
    with app.app_context(), writing():
        engine = db.engine
        engines: Any = db.engines  # the same mapping that sessions look their engine up in
        with engine.connect() as connection:
            outer = connection.begin()
            engines[None] = connection
            try:
                yield
            finally:
                session.remove()
                engines[None] = engine
                outer.rollback()
                _empty(app.config["PEYVAND"].data_dir)


def _empty(folder: Path) -> None:
    """Files are taken back like rows."""
    for left in folder.iterdir():
        shutil.rmtree(left) if left.is_dir() else left.unlink()


@pytest.fixture
def client(app: Flask, database: None) -> CheckingClient:
    """A browser that nobody has signed in with."""
    made = app.test_client()
    assert isinstance(made, CheckingClient)
    return made


@pytest.fixture
def cast(database: None) -> Cast:
    """The people of the stories; each comes into being when first named."""
    return Cast()


@dataclass
class Clock:
    """The stopped clock of a test."""

    at: datetime

    def set(self, at: datetime) -> None:
        self.at = at
        core_clock.set_time(at)

    def tick(self, step: timedelta = timedelta(seconds=1)) -> None:
        self.set(self.at + step)


@pytest.fixture
def clock() -> Iterator[Clock]:
    """Time stands still, on a Wednesday morning in May 2026, until the test moves it."""
    start = datetime(2026, 5, 6, 9, 0, tzinfo=UTC)
    with core_clock.frozen(start):
        yield Clock(start)
