"""Taking an import back: exact where nobody touched anything, honest where somebody did."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from crm.activity import service as activity
from crm.contacts import sets
from crm.contacts.models import Company, Contact, EmailStatus
from crm.contacts.queries import get_contact
from crm.contacts.service import update_contact
from crm.core.db import session
from crm.core.errors import Conflict
from crm.core.permissions import SYSTEM
from crm.tags.models import Tag
from crm.tags.service import add_tags, create_group, create_tag
from crm.transfer.models import ImportState
from crm.transfer.queries import exports, imports
from crm.transfer.service import running, undoing
from tests.factories.transfer import import_text, undo_import
from tests.transfer.test_running import contact, tags_of

pytestmark = pytest.mark.usefixtures("database")

START = "Email,Name,City,Company,Tags\nsara@a.example,Sara,Tehran,Novamed,vip\nkian@a.example,Kian,,,\n"
NEXT = (
    "Email,Name,City,Company,Tags\nsara@a.example,Sara A,Shiraz,Other,new\nmina@a.example,Mina,,Third,vip\n"
)


def everything():
    return list(exports.iter_people(exports.everyone(), exports.FIELDS))


def change(email, **facts):
    update_contact(get_contact(contact(email).id, SYSTEM), facts, actor=SYSTEM)


@pytest.mark.parametrize("size", [1, 1000])
def test_undone_everything_is_as_before(clock, monkeypatch, size):
    monkeypatch.setattr(running, "AT_ONCE", size)
    monkeypatch.setattr(undoing, "AT_ONCE", size)
    import_text(START)
    before = everything()
    clock.tick()
    record = import_text(NEXT)

    undo_import(record)

    assert record.state is ImportState.UNDONE
    assert record.reverted == 2
    assert everything() == before
    assert session.scalars(select(Company.name)).all() == ["Novamed"]
    assert session.scalars(select(Tag.slug)).all() == ["vip"]
    assert len(sets.ids_of(sets.LIVE)) == 2


def test_a_person_in_two_parts_of_the_file_is_put_back_whole(monkeypatch):
    monkeypatch.setattr(running, "AT_ONCE", 1)
    import_text(START)
    before = everything()
    record = import_text(
        "Email,Name\nsara@a.example,Sara A\nsara@a.example,Sara B\nnew@a.example,N\nnew@a.example,M\n"
    )

    undo_import(record)

    assert everything() == before


def test_what_somebody_changed_since_is_kept_and_listed():
    import_text(START)
    record = import_text(NEXT)
    change("sara@a.example", city="Yazd")
    change("mina@a.example", job_title="CTO")

    undo_import(record)

    kept = {(each.label, each.field) for each in imports.list_kept(record.id)}
    assert kept == {("sara@a.example", "city"), ("mina@a.example", "job_title")}
    assert (contact("sara@a.example").name, contact("sara@a.example").city) == ("Sara", "Yazd")
    assert contact("mina@a.example").job_title == "CTO"


def test_somebody_with_whom_something_happened_is_kept():
    record = import_text(START)
    activity.record(contact("sara@a.example").id, "called")

    undo_import(record)

    assert contact("sara@a.example") is not None
    assert contact("kian@a.example") is None
    assert [each.field for each in imports.list_kept(record.id)] == ["contact"]


def test_somebody_who_was_tagged_since_is_kept():
    record = import_text(START)
    add_tags([contact("kian@a.example").id], [create_tag("hot")], actor=SYSTEM)

    undo_import(record)

    assert [each.field for each in imports.list_kept(record.id)] == ["tags"]


def test_a_tag_that_had_to_go_comes_back():
    group = create_group("Stage", is_exclusive=True)
    create_tag("interest", group=group)
    create_tag("decision", group=group)
    import_text("Email,Tags\nsara@a.example,interest\n")
    record = import_text("Email,Tags\nsara@a.example,decision\n")

    undo_import(record)

    assert tags_of(contact("sara@a.example")) == ["interest"]


def test_who_was_barred_by_the_file_stays_barred():
    import_text("Email,Name\nsara@a.example,Sara\n")
    record = import_text("Email,Name,Email status\nsara@a.example,Sara,opted_out\n")

    undo_import(record)

    assert contact("sara@a.example").email_status is EmailStatus.OPTED_OUT
    assert [each.field for each in imports.list_kept(record.id)] == ["email_status"]


def test_an_import_is_taken_back_once():
    record = import_text(START)
    undo_import(record)

    with pytest.raises(Conflict):
        undoing.begin_undo(record)


def test_after_undoing_the_same_file_comes_in_anew():
    undo_import(import_text(START))

    record = import_text(START)

    assert record.created == 2
    assert session.scalar(select(func.count()).select_from(Contact)) == 2
