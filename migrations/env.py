"""Runs migrations on the app's own engine, alike on SQLite and PostgreSQL."""

from alembic import context

from crm.core.db import db, writing

config = context.config


def include_object(_object, name, kind, _reflected, _compare_to):
    """Leave the search tables that SQLite's FTS5 makes for itself alone, and PostgreSQL's index of three letters."""
    own = name is not None and name.startswith(("contact_search", "ix_contact_search"))
    return not (kind in {"table", "index"} and own)


def render_item(kind, thing, _autogen_context):
    """Write our column types as plain ones, so that a migration does not depend on today's code."""
    return "sa.DateTime(timezone=True)" if kind == "type" and type(thing).__name__ == "UtcDateTime" else False


def run_migrations() -> None:
    with writing(), db.engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            render_as_batch=True,
            compare_type=True,
            include_object=include_object,
            render_item=render_item,
        )
        with context.begin_transaction():
            context.run_migrations()


run_migrations()
