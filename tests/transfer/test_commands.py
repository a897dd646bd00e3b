"""peyvand import and export: what scripts rely on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import func, select

from crm.contacts.models import Contact
from crm.core.db import session
from crm.transfer.models import Import
from tests.factories.accounts import make_workspace

COUNTS = ("created", "updated", "unchanged", "skipped", "failed")


@pytest.fixture
def run(app, database, tmp_path):
    """Runs a command line; the file `people.csv` stands for one in a folder of the test."""
    make_workspace()
    session.commit()
    runner = app.test_cli_runner()

    def go(*words):
        session.commit()
        result = runner.invoke(
            args=[
                str(tmp_path / word) if str(word).endswith((".csv", ".json", ".xlsx")) else str(word)
                for word in words
            ]
        )
        session.expire_all()
        return result

    return go


@pytest.fixture
def write(tmp_path):
    return lambda text: (tmp_path / "people.csv").write_text(text, encoding="utf-8")


def counts(result):
    answer = json.loads(result.stdout)
    return tuple(answer[name] for name in COUNTS)


def count_people():
    return session.scalar(select(func.count()).select_from(Contact))


def test_an_import_answers_with_one_object(run, write):
    write("E-mail,Full name\nsara@a.example,Sara\nno address,Kian\n")

    result = run("import", "contacts", "people.csv", "--tag", "spring", "--json")

    answer = json.loads(result.stdout)
    assert result.exit_code == 0
    assert counts(result) == (1, 0, 0, 0, 1)
    assert set(answer) == {"import", *COUNTS, "failures_file"}
    failures = Path(answer["failures_file"]).read_text(encoding="utf-8-sig")
    assert failures.splitlines()[0] == "E-mail,Full name,Reason"


def test_a_column_can_be_named(run, write):
    write("Contact Mail,Wer\nsara@a.example,Sara\n")

    result = run("import", "contacts", "people.csv", "--map", "Wer=name", "--json")

    assert counts(result) == (1, 0, 0, 0, 0)
    assert session.scalar(select(Contact.name)) == "Sara"


def test_a_dry_run_says_the_same_and_keeps_nothing(run, write):
    write("Email,Name\nsara@a.example,Sara\nsara@a.example,Sara\nno address,Kian\n")

    foreseen = run("import", "contacts", "people.csv", "--dry-run", "--json")
    kept = (count_people(), session.scalar(select(func.count()).select_from(Import)))
    done = run("import", "contacts", "people.csv", "--json")

    assert counts(foreseen) == counts(done) == (1, 0, 1, 0, 1)
    assert kept == (0, 0)


@pytest.mark.parametrize(
    "words",
    [
        ["--map", "Nothing=name"],
        ["--map", "Name=nothing"],
        ["--map", "Name"],
        ["--match", "name"],
        ["--mode", "x"],
    ],
)
def test_wrong_use_ends_with_2(run, write, words):
    write("Email,Name\nsara@a.example,Sara\n")

    result = run("import", "contacts", "people.csv", *words)

    assert result.exit_code == 2
    assert session.scalar(select(func.count()).select_from(Import)) == 0


def test_a_broken_file_ends_with_1_and_one_line(run, write):
    write('Email,Name\nsara@a.example,"Sara\n')

    result = run("import", "contacts", "people.csv", "--json")

    assert result.exit_code == 1
    assert result.stdout == ""
    assert len(result.stderr.strip().splitlines()) == 1
    assert (count_people(), session.scalar(select(func.count()).select_from(Import))) == (0, 0)


def test_an_import_is_taken_back(run, write):
    write("Email,Name\nsara@a.example,Sara\nkian@a.example,Kian\n")
    number = json.loads(run("import", "contacts", "people.csv", "--json").stdout)["import"]

    result = run("import", "undo", number, "--json")

    answer = json.loads(result.stdout)
    assert (answer["reverted"], answer["kept"]) == (2, [])
    assert count_people() == 0
    assert run("import", "undo", number).exit_code == 1


def test_undoing_lists_what_was_kept(run, write):
    write("Email,Name\nsara@a.example,Sara\n")
    run("import", "contacts", "people.csv")
    write("Email,Name\nsara@a.example,Sara A\n")
    number = json.loads(run("import", "contacts", "people.csv", "--json").stdout)["import"]
    session.scalars(select(Contact)).one().name = "Sara B"
    session.flush()

    answer = json.loads(run("import", "undo", number, "--json").stdout)

    assert answer["reverted"] == 0
    assert [(each["contact"], each["field"]) for each in answer["kept"]] == [("sara@a.example", "name")]
    assert answer["kept"][0]["why"]


def test_contacts_go_out_and_come_in_again(run, write, tmp_path):
    write("Email,Name,Tags\nsara@a.example,سارا,vip\n")
    run("import", "contacts", "people.csv")

    out = run("export", "contacts", "out.csv", "--json")
    again = run("import", "contacts", "out.csv", "--json")

    assert json.loads(out.stdout)["contacts"] == 1
    assert counts(again) == (0, 0, 1, 0, 0)


def test_kinds_that_come_later_are_refused_in_one_line(run):
    result = run("export", "contacts", "out.xlsx")

    assert result.exit_code == 1
    assert ".csv" in result.stderr
