"""Migrations: from nothing to the models, and back, alike on both databases."""

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import func, inspect, select

from crm.core.db import Base, db, writing
from crm.core.setup import alembic_config, migrate_database
from crm.factory import create_app
from tests.conftest import settings_for
from tests.support import postgres
from tests.support.rows import fill_every_table

OWN_TABLES = {"alembic_version"}


@pytest.fixture(autouse=True)
def empty_database(postgres_server, worker_id, tmp_path):
    """The context of an app on an empty database of its own."""
    name = f"peyvand_migrations_{worker_id}"
    url = (
        postgres.fresh_database(postgres_server, name)
        if postgres_server
        else f"sqlite:///{tmp_path}/empty.db"
    )
    app = create_app(settings_for(url, tmp_path))
    with app.app_context():
        yield
        db.engine.dispose()
    if postgres_server:
        postgres.drop_database(postgres_server, name)


def test_migrating_an_empty_database_gives_the_tables_of_the_models():
    migrate_database()

    assert differences() == []


def test_there_is_one_history_with_one_head():
    script = ScriptDirectory.from_config(alembic_config())

    assert len(script.get_heads()) == 1


def test_revisions_are_numbered_in_order():
    script = ScriptDirectory.from_config(alembic_config())
    newest_first = [revision.revision for revision in script.walk_revisions()]

    assert newest_first == [f"{number:04}" for number in range(len(newest_first), 0, -1)]


def test_the_last_migration_goes_down_and_up_again_on_filled_tables():
    migrate_database()
    with writing(), db.engine.begin() as connection:
        fill_every_table(connection)

    with writing():
        command.downgrade(alembic_config(), "-1")
    migrate_database()

    assert differences() == []


def test_going_all_the_way_down_leaves_nothing_behind():
    migrate_database()

    with writing():
        command.downgrade(alembic_config(), "base")

    left = {name for name in inspect(db.engine).get_table_names() if not name.startswith("sqlite_")}
    assert left <= OWN_TABLES


def test_every_table_of_the_models_can_be_filled():
    migrate_database()

    with writing(), db.engine.begin() as connection:
        fill_every_table(connection)
        counts = {
            table.name: connection.scalar(select(func.count()).select_from(table))
            for table in Base.metadata.sorted_tables
        }

    assert set(counts.values()) == {1}


def differences() -> list[object]:
    """What autogenerate would write, which should be nothing."""
    with db.engine.connect() as connection:
        options = {"compare_type": True, "include_object": _is_ours}
        return list(compare_metadata(MigrationContext.configure(connection, opts=options), Base.metadata))


def _is_ours(_object: object, name: str | None, kind: str, _reflected: bool, _other: object) -> bool:
    """What one database alone has for searching is made by hand-written statements and is no part of the models."""
    searching = {"table": "contact_search", "index": "ix_contact_search_text_trigram"}
    return not (kind in searching and name is not None and name.startswith(searching[kind]))
