"""Contacts out as a file, and back as they were."""

from __future__ import annotations

import csv
import io
import json
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm.contacts import service as contacts
from crm.contacts.models import EmailStatus, LeadStatus
from crm.core.db import session
from crm.core.errors import Invalid
from crm.core.permissions import SYSTEM
from crm.core.text import clean_line, clean_text
from crm.tags.service import add_tags, ensure_tags
from crm.transfer.queries import exports
from crm.transfer.service import exporting
from tests.factories.accounts import make_workspace
from tests.factories.contacts import make_contact
from tests.factories.transfer import import_text, undo_import
from tests.support.queries import queries

pytestmark = pytest.mark.usefixtures("database")

KEPT = [key for key in exports.FIELDS if not key.startswith("company.") and key not in {
    "score", "created_at", "updated_at", "last_activity_at", "last_purchase_at",
}]  # fmt: skip


def rows_of(answer):
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.get_data(as_text=True).lstrip("\ufeff"))))


def everybody():
    return list(exports.iter_people(exports.everyone(), KEPT))


def as_csv():
    return b"".join(exporting.contacts_csv(exports.everyone(), SYSTEM)).decode("utf-8-sig")


def test_the_list_goes_out_under_its_filter(client, cast):
    make_contact(name="Sara", tags=["vip"])
    make_contact(name="Kian")
    client.sign_in(cast.mina)

    answer = client.get("/contacts/export?all=vip", buffered=True)

    assert [(row["name"], row["tags"]) for row in rows_of(answer)] == [("Sara", "vip")]
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="contacts-')


def test_those_selected_go_out(client, cast):
    sara = make_contact(name="Sara")
    make_contact(name="Kian")
    client.sign_in(cast.mina)

    answer = client.post("/contacts/export", data={"ids": [sara.id]}, buffered=True)

    assert [row["name"] for row in rows_of(answer)] == ["Sara"]


@pytest.mark.parametrize("who", ["sara", "sue", "vic"])
def test_without_the_right_nothing_goes_out(client, cast, who):
    client.sign_in(getattr(cast, who))

    assert client.get("/contacts/export").status_code == 403
    assert client.post("/contacts/export").status_code == 403


def test_a_stranger_is_sent_to_sign_in(client):
    make_workspace()

    assert client.get("/contacts/export").status_code == 303


def test_every_part_takes_the_same_few_questions(monkeypatch):
    monkeypatch.setattr(exports, "AT_ONCE", 5)
    for _ in range(5):
        make_contact(tags=["vip"])
    everybody()
    with queries() as one:
        everybody()
    for _ in range(15):
        make_contact(tags=["vip"])
    session.flush()
    everybody()

    with queries() as many:
        everybody()

    assert len(one) == 2
    assert len(many) == 8


def test_no_cell_runs_as_a_formula():
    make_contact(name="=cmd|' /C calc'!A1", source="@SUM(1)")

    row = next(csv.DictReader(io.StringIO(as_csv())))

    assert (row["name"], row["source"]) == ("'=cmd|' /C calc'!A1", "'@SUM(1)")


def test_json_holds_the_same(tmp_path):
    make_contact(name="Sara", birthday=date(1985, 5, 17), tags=["vip"])
    file = tmp_path / "people.json"

    exporting.write_contacts(file, exports.everyone(), SYSTEM)

    row = json.loads(file.read_text(encoding="utf-8"))[0]
    assert (row["name"], row["birthday"], row["tags"], row["score"]) == ("Sara", "1985-05-17", ["vip"], 0)


@pytest.mark.parametrize("name", ["people.xlsx", "people.vcf", "people"])
def test_other_kinds_of_files_are_refused_with_what_there_is(tmp_path, name):
    with pytest.raises(Invalid, match=r"\.csv"):
        exporting.write_contacts(tmp_path / name, exports.everyone(), SYSTEM)

    assert list(tmp_path.iterdir()) == []


signs = st.one_of(
    st.sampled_from([*"=+-@'\"\t\r\n,;|،؛: \u200c", "سارا", "علي", "😀", "=1+1", ":::"]),
    st.characters(exclude_characters="\0", exclude_categories=["Cs"]),
)
texts = st.lists(signs, max_size=20).map("".join)
lines = texts.map(lambda text: clean_line(text)[:100].strip() or None)
paragraphs = texts.map(lambda text: clean_text(text)[:400].strip() or None)
tags = st.lists(st.sampled_from(["vip", "وبینار", "a, b", "50% off", "=tag", "x;y"]), unique=True, max_size=4)
people = st.fixed_dictionaries({
    "name": lines, "first_name": lines, "last_name": lines, "company": lines, "city": lines, "address": paragraphs,
    "need": paragraphs, "birthday": st.none() | st.dates(date(1900, 1, 1), date(2020, 1, 1)),
    "phone": st.sampled_from([None, "+989120000147", "+442079460000"]), "country": st.sampled_from([None, "IR", "GB"]),
    "status": st.none() | st.sampled_from(list(LeadStatus)), "email_status": st.sampled_from(list(EmailStatus)),
})  # fmt: skip


@settings(max_examples=25)
@given(st.lists(st.tuples(people, tags), min_size=1, max_size=4))
def test_out_and_in_again_gives_the_same(rows):
    make_workspace()
    contacts.delete_contacts(exports.everyone())
    facts = [
        {**one, "email": f"p{number}@a.example", "external_id": str(number)}
        for number, (one, _tags) in enumerate(rows)
    ]
    ids = contacts.create_contacts_bulk(facts, actor=SYSTEM)
    for contact_id, (_one, names) in zip(ids, rows, strict=True):
        add_tags([contact_id], ensure_tags(names), actor=SYSTEM, quiet=True)
    before, text = everybody(), as_csv()
    same = import_text(text)
    unchanged = same.unchanged
    contacts.delete_contacts(exports.everyone())

    record = import_text(text)

    assert unchanged == len(rows)
    assert record.created == len(rows)
    assert everybody() == before
    undo_import(record)
    assert everybody() == []
