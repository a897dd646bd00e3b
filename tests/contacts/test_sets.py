"""Compressed sets of contacts: what a transaction sees, what others see, and when."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from crm.contacts import sets
from crm.core.db import Base, db, reading, session, unit_of_work
from crm.factory import create_app
from tests.conftest import settings_for
from tests.support import postgres


class Broken(Exception):
    """What a test breaks a unit off with."""


@pytest.fixture
def processes(postgres_server: str | None, worker_id: str, tmp_path: Path) -> Iterator[tuple[Flask, Flask]]:
    """Two apps on one database, as two processes would be: each keeps its own memory."""
    name = f"peyvand_sets_{worker_id}"
    url = (
        postgres.fresh_database(postgres_server, name) if postgres_server else f"sqlite:///{tmp_path}/sets.db"
    )
    one, two = (create_app(settings_for(url, tmp_path)) for _ in range(2))
    with one.app_context():
        Base.metadata.create_all(db.engine)
    yield one, two
    for app in (one, two):
        with app.app_context():
            db.engine.dispose()
    if postgres_server:
        postgres.drop_database(postgres_server, name)


def seen(app: Flask, name: str) -> list[int]:
    with app.app_context(), reading():
        return list(sets.ids_of(name))


def test_a_change_is_seen_by_itself_at_once_and_by_others_after_the_commit(
    processes: tuple[Flask, Flask],
) -> None:
    one, two = processes
    assert seen(two, "tag:1") == []

    with one.app_context(), unit_of_work():
        sets.add_to("tag:1", [1, 2, 70_000])
        by_itself = list(sets.ids_of("tag:1"))
        by_others = seen(two, "tag:1")

    assert (by_itself, by_others) == ([1, 2, 70_000], [])
    assert seen(two, "tag:1") == seen(one, "tag:1") == [1, 2, 70_000]


def test_what_was_taken_back_leaves_no_trace(processes: tuple[Flask, Flask]) -> None:
    one, two = processes
    with one.app_context(), unit_of_work():
        sets.add_to("tag:1", [1])

    def break_off() -> None:
        with one.app_context(), unit_of_work():
            sets.remove_from("tag:1", [1])
            sets.write_pending()
            assert list(sets.ids_of("tag:1")) == []
            assert seen(one, "tag:1") == [1]
            raise Broken

    with pytest.raises(Broken):
        break_off()

    assert seen(one, "tag:1") == seen(two, "tag:1") == [1]


def test_a_savepoint_takes_back_its_own_part_only(processes: tuple[Flask, Flask]) -> None:
    one, two = processes

    def break_off() -> None:
        with session.begin_nested():
            sets.add_to("tag:1", [2])
            raise Broken

    with one.app_context(), unit_of_work():
        sets.add_to("tag:1", [1])
        with pytest.raises(Broken):
            break_off()
        with session.begin_nested():
            sets.add_to("tag:1", [3])

    assert seen(two, "tag:1") == [1, 3]


@pytest.mark.only("postgres", "SQLite has one writer at a time, so nothing can commit late there")
def test_who_commits_late_is_not_passed_over(processes: tuple[Flask, Flask]) -> None:
    one, two = processes
    has_written, may_commit = threading.Event(), threading.Event()

    def write_slowly() -> None:
        with one.app_context(), unit_of_work():
            sets.add_to("tag:1", [1])
            sets.write_pending()
            has_written.set()
            may_commit.wait(10)

    slow = threading.Thread(target=write_slowly)
    slow.start()
    has_written.wait(10)
    with one.app_context(), unit_of_work():
        sets.add_to("tag:2", [2])
    before = (seen(two, "tag:1"), seen(two, "tag:2"))
    may_commit.set()
    slow.join()

    assert before == ([], [2])
    assert seen(two, "tag:1") == [1]


def test_writers_that_meet_lose_nothing_and_do_not_lock_each_other_out(
    processes: tuple[Flask, Flask],
) -> None:
    errors: list[Exception] = []

    def write(app: Flask, number: int) -> None:
        try:
            for turn in range(5):
                with app.app_context(), unit_of_work():
                    for tag in (1, 2, 3) if number % 2 else (3, 2, 1):
                        sets.add_to(f"tag:{tag}", [number * 100 + turn, 70_000 + number * 100 + turn])
        except Exception as error:  # noqa: BLE001 - told to the test below
            errors.append(error)

    writers = [threading.Thread(target=write, args=(processes[number % 2], number)) for number in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    assert errors == []
    assert {len(seen(app, f"tag:{tag}")) for app in processes for tag in (1, 2, 3)} == {40}
