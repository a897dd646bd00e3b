"""A real worker process, killed again and again while it sends to a real server: nothing lost, nothing twice."""

from __future__ import annotations

import os
import random
import re
import signal
import subprocess
import sys
import time
from collections import Counter

import pytest
from sqlalchemy import func, select

from crm.core.db import Base, db, reading, session, unit_of_work
from crm.delivery.models import Message
from crm.delivery.service.claims import LEASE
from crm.delivery.service.sending import LARGEST_GROUP
from crm.delivery.states import MessageState
from crm.factory import create_app
from crm.sequences.models import Outcome, StepRun
from tests.conftest import settings_for
from tests.delivery.servers import RealServer
from tests.factories.sequences import make_person, make_sequence
from tests.support import postgres

PEOPLE = 300
ROUNDS = 5
PATIENCE = 90


@pytest.fixture
def own_app(postgres_server, worker_id, tmp_path):
    """An app on a database of its own, which other processes see too."""
    name = f"peyvand_kill_{worker_id}"
    url = (
        postgres.fresh_database(postgres_server, name)
        if postgres_server
        else f"sqlite:///{tmp_path / 'kill.db'}"
    )
    app = create_app(settings_for(url, tmp_path))
    with app.app_context():
        Base.metadata.create_all(db.engine)
    yield app
    with app.app_context():
        db.engine.dispose()
    if postgres_server:
        postgres.drop_database(postgres_server, name)


def start_worker(app, port):
    settings = app.config["PEYVAND"]
    environment = {
        **os.environ,
        "PEYVAND_DATABASE_URL": settings.database_url,
        "PEYVAND_SECRET_KEY": settings.secret_key,
        "PEYVAND_BASE_URL": settings.base_url,
        "PEYVAND_DATA_DIR": str(settings.data_dir),
        "PEYVAND_SMTP_URL": f"smtp://127.0.0.1:{port}",
    }
    command = [sys.executable, "-c", "from crm.factory import main; main()", "worker"]
    return subprocess.Popen(command, env=environment, start_new_session=True)


def kill(worker):
    os.kill(worker.pid, signal.SIGKILL)
    worker.wait(10)


def wait_for(is_true, worker):
    until = time.monotonic() + PATIENCE
    while not is_true():
        if time.monotonic() > until:
            kill(worker)
            pytest.fail("the worker does not get on")
        assert worker.poll() is None, "the worker ended by itself"
        time.sleep(0.02)


def message_ids(server):
    return Counter(
        re.search(rb"(?im)^Message-ID: (<[^>]+>)", mail.data)[1].decode() for mail in list(server.received)
    )


def test_killed_workers_lose_nothing_and_send_nothing_twice(own_app):
    seed = random.randrange(10**6)  # noqa: S311
    print("seed", seed)
    dice = random.Random(seed)  # noqa: S311 - chance, not secrets
    with own_app.app_context(), unit_of_work():
        for _ in range(PEOPLE):
            make_person()
        make_sequence(0)

    with RealServer() as server:
        for _ in range(ROUNDS):
            worker = start_worker(own_app, server.port)
            goal = min(PEOPLE - 20, len(server.received) + dice.randrange(1, 70))
            # What a killed worker leaves uncertain is held, so that the goal may be out of reach by now.
            wait_for(lambda goal=goal: len(server.received) >= goal or is_settled(own_app), worker)
            time.sleep(dice.random() / 50)
            kill(worker)
        worker = start_worker(own_app, server.port)
        wait_for(lambda: is_settled(own_app), worker)
        worker.terminate()
        assert worker.wait(15) == 0
        arrived = message_ids(server)

    with own_app.app_context(), reading():
        states = dict(session.execute(select(Message.message_id, Message.state)).all())
        outcomes = dict(
            session.execute(select(StepRun.outcome, func.count()).group_by(StepRun.outcome)).all()
        )
    unknown = {message_id for message_id, state in states.items() if state is MessageState.UNCERTAIN}
    assert len(states) == PEOPLE
    assert max(arrived.values()) == 1
    assert states.keys() - arrived.keys() <= unknown
    assert {state for message_id, state in states.items() if message_id not in unknown} == {MessageState.SENT}
    assert outcomes.get(Outcome.SENT) == PEOPLE - len(unknown)
    assert outcomes.get(Outcome.UNCERTAIN, 0) == len(unknown) <= ROUNDS * LARGEST_GROUP


def is_settled(app):
    with app.app_context(), reading():
        open_runs = session.scalar(select(func.count()).where(StepRun.outcome == Outcome.PLANNED))
        every = session.scalar(select(func.count()).select_from(StepRun))
    return open_runs == 0 and every == PEOPLE


def test_a_lease_outlasts_the_longest_conversation():
    from crm.delivery.senders import Timeouts

    assert LEASE.total_seconds() > 2 * Timeouts().one_letter
