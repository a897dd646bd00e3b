"""kill -9 in the middle of an import: it goes on where it stood, nobody is lost, nobody is there twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest
from sqlalchemy import func, select

from crm.contacts import sets
from crm.contacts.models import Contact
from crm.core import clock
from crm.core.db import Base, db, reading, unit_of_work, writing
from crm.core.jobs import run_everything_due
from crm.factory import create_app
from crm.tags.models import ContactTag
from crm.transfer.models import Import, ImportChange, ImportState
from tests.conftest import settings_for
from tests.factories.accounts import make_workspace
from tests.support import postgres

ROWS = 6_000
COMMAND = [sys.executable, "-c", "from crm.factory import main; main()"]


@pytest.fixture
def installation(postgres_server, worker_id, tmp_path):
    """An app with a database on disk, so that another process can work in it."""
    name = f"peyvand_kill_{worker_id}"
    url = (
        postgres.fresh_database(postgres_server, name) if postgres_server else f"sqlite:///{tmp_path}/kill.db"
    )
    app = create_app(settings_for(url, tmp_path))
    with app.app_context():
        with writing():
            Base.metadata.create_all(db.engine)
        with unit_of_work():
            make_workspace()
        yield app, {**os.environ, "PEYVAND_DATABASE_URL": url, "PEYVAND_DATA_DIR": str(tmp_path)}
        db.engine.dispose()
    if postgres_server:
        postgres.drop_database(postgres_server, name)


def test_an_import_that_was_killed_is_finished_by_the_worker(installation, tmp_path):
    _app, environment = installation
    file = tmp_path / "many.csv"
    rows = (f"person{number}@a.example,Person {number},vip" for number in range(ROWS))
    file.write_text("\n".join(["Email,Name,Tags", *rows]), encoding="utf-8")
    process = subprocess.Popen(
        [*COMMAND, "import", "contacts", str(file)],
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
        stdout=subprocess.DEVNULL,
    )
    assert process.stderr is not None
    assert any(" of 6000 rows" in line for line in process.stderr), "it ended before it could be killed"
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stderr.close()
    with reading():
        before = db.session.scalars(select(Import)).one()
        state, done = before.state, before.done

    run_everything_due(clock.now())

    assert state is ImportState.RUNNING
    assert 0 < done < ROWS
    with reading():
        record = db.session.scalars(select(Import)).one()
        assert (record.state, record.created, record.updated, record.failed) == (ImportState.DONE, ROWS, 0, 0)
        assert db.session.scalar(select(func.count(func.distinct(Contact.email_key)))) == ROWS
        for table in (Contact, ContactTag, ImportChange):
            assert db.session.scalar(select(func.count()).select_from(table)) == ROWS
        assert len(sets.ids_of(sets.LIVE)) == ROWS
