"""What becomes of rows: created, changed, left alone, refused; and nobody twice."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from crm.contacts import sets
from crm.contacts.models import Company, Contact, EmailStatus
from crm.core.db import session
from crm.delivery.models import Suppression
from crm.delivery.states import SuppressionReason
from crm.tags.models import ContactTag, Tag, TagSource
from crm.tags.service import create_group, create_tag
from crm.transfer.models import ImportProblem, ImportState
from crm.transfer.service import running, work
from tests.factories.transfer import import_text, make_import, run_import

pytestmark = pytest.mark.usefixtures("database")


def counts(record):
    return (record.created, record.updated, record.unchanged, record.skipped, record.failed)


def contact(email):
    return session.scalar(select(Contact).where(Contact.email_key == email))


def tags_of(person):
    rows = (
        select(Tag.slug)
        .join(ContactTag, ContactTag.tag_id == Tag.id)
        .where(ContactTag.contact_id == person.id)
    )
    return sorted(session.scalars(rows))


def test_rows_become_people_with_company_and_tags():
    record = import_text(
        'Email,Name,Company,Tags\nsara@a.example,سارا احمدی,Novamed,"vip; webinar"\nkian@a.example,Kian,novamed,vip\n'
    )

    sara = contact("sara@a.example")
    assert counts(record) == (2, 0, 0, 0, 0)
    assert (sara.name, tags_of(sara)) == ("سارا احمدی", ["vip", "webinar"])
    assert [name.lower() for name in session.scalars(select(Company.name))] == ["novamed"]
    assert sara.id in sets.ids_of(sets.LIVE)
    assert set(session.scalars(select(ContactTag.source))) == {TagSource.IMPORT}


def test_the_same_file_again_changes_nothing():
    text = "Email,Name,Phone,Tags\nsara@a.example,Sara,+989120000147,vip\n,Kian,+989120000148,\n"
    import_text(text)

    again = import_text(text)

    assert counts(again) == (0, 0, 2, 0, 0)


def test_an_empty_cell_keeps_what_is_known():
    import_text("Email,Name,City\nsara@a.example,Sara,Tehran\n")

    record = import_text("Email,Name,City\nsara@a.example,Sara Ahmadi,\n")

    assert counts(record) == (0, 1, 0, 0, 0)
    assert (contact("sara@a.example").name, contact("sara@a.example").city) == ("Sara Ahmadi", "Tehran")


def test_filling_only_keeps_what_is_there():
    import_text("Email,Name,City\nsara@a.example,Sara,\n")

    import_text("Email,Name,City\nsara@a.example,Other,Shiraz\n", fills_only=True)

    assert (contact("sara@a.example").name, contact("sara@a.example").city) == ("Sara", "Shiraz")


def test_somebody_who_comes_twice_in_a_file_is_one_person():
    record = import_text(
        "Email,Name,City\nSara@A.example,Sara,\nsara@a.example,Sara,Tehran\nsara@a.example,Sara,\n"
    )

    assert counts(record) == (1, 1, 1, 0, 0)
    assert session.scalar(select(func.count()).select_from(Contact)) == 1


def test_somebody_who_comes_again_in_a_later_part_is_one_person(monkeypatch):
    monkeypatch.setattr(running, "AT_ONCE", 1)

    record = import_text(
        "Email,Name,City\nsara@a.example,Sara,\nsara@a.example,Sara,Tehran\nsara@a.example,Sara,\n"
    )

    assert counts(record) == (1, 1, 1, 0, 0)


@pytest.mark.parametrize(
    ("mode", "expected"),
    [("create", (1, 0, 0, 1, 0)), ("update", (0, 1, 0, 1, 0)), ("both", (1, 1, 0, 0, 0))],
)
def test_the_mode_says_which_rows_go_in(mode, expected):
    import_text("Email,Name\nsara@a.example,Sara\n")

    record = import_text("Email,Name\nsara@a.example,Sara A\nkian@a.example,Kian\n", mode=mode)

    assert counts(record) == expected


@pytest.mark.parametrize("match", ["email", "phone", "external_id"])
def test_people_are_known_by_what_was_chosen(match):
    import_text("External ID,Email,Phone,Name\n7,sara@a.example,+989120000147,Sara\n")

    record = import_text("External ID,Email,Phone,Name\n7,sara@a.example,+989120000147,Sara A\n", match=match)

    assert counts(record) == (0, 1, 0, 0, 0)


def test_an_external_id_belongs_to_one_person():
    import_text("External ID,Email,Name\n7,sara@a.example,Sara\n")

    record = import_text("External ID,Email,Name\n7,kian@a.example,Kian\n")

    problem = session.scalar(select(ImportProblem))
    assert counts(record) == (0, 0, 0, 0, 1)
    assert "external ID" in problem.reason
    assert problem.cells == ["7", "kian@a.example", "Kian"]


def test_two_people_of_one_office_number_stay_two():
    record = import_text("Name,Phone\nSara,+982188880000\nKian,+982188880000\n")

    assert counts(record) == (2, 0, 0, 0, 0)


def test_who_is_in_the_archive_is_left_alone():
    from crm.contacts.service import archive_contact
    from crm.core.permissions import SYSTEM

    import_text("Email,Name\nsara@a.example,Sara\n")
    archive_contact(contact("sara@a.example"), actor=SYSTEM)

    record = import_text("Email,Name\nsara@a.example,Sara A\n")

    assert counts(record) == (0, 0, 0, 1, 0)
    assert list(record.notes.values()) == [1]


@pytest.mark.parametrize("status", [EmailStatus.OPTED_OUT, EmailStatus.BOUNCED])
@pytest.mark.parametrize("said", ["valid", "unverified", "subscribed", ""])
def test_an_import_never_makes_an_address_writable_again(status, said):
    import_text("Email,Name\nsara@a.example,Sara\n")
    contact("sara@a.example").email_status = status
    session.flush()

    import_text(f"Email,Name,Email status\nsara@a.example,Sara A,{said}\n")

    assert contact("sara@a.example").email_status is status


def test_a_new_address_does_not_make_somebody_who_opted_out_writable():
    import_text("External ID,Email,Name\n7,sara@a.example,Sara\n")
    contact("sara@a.example").email_status = EmailStatus.OPTED_OUT
    session.flush()

    import_text("External ID,Email,Name\n7,new@a.example,Sara\n", match="external_id")

    assert contact("new@a.example").email_status is EmailStatus.OPTED_OUT


def test_a_suppressed_address_comes_in_barred():
    session.add(Suppression(address_key="sara@a.example", reason=SuppressionReason.UNSUBSCRIBED))

    import_text("Email,Name\nsara@a.example,Sara\n")

    assert contact("sara@a.example").email_status is EmailStatus.OPTED_OUT


def test_a_second_contact_with_an_address_that_opted_out_is_barred_too():
    import_text("External ID,Email,Name\n7,sara@a.example,Sara\n")
    contact("sara@a.example").email_status = EmailStatus.OPTED_OUT
    session.flush()

    import_text("External ID,Email,Name\n8,sara@a.example,Sara\n", match="external_id")

    statuses = session.scalars(
        select(Contact.email_status).where(Contact.email_key == "sara@a.example")
    ).all()
    assert set(statuses) == {EmailStatus.OPTED_OUT}
    assert len(statuses) == 2


def test_a_tag_of_an_exclusive_group_takes_the_place_of_the_former():
    group = create_group("Stage", is_exclusive=True)
    create_tag("interest", group=group)
    create_tag("decision", group=group)
    import_text("Email,Name,Tags\nsara@a.example,Sara,interest\n")

    import_text("Email,Name,Tags\nsara@a.example,Sara,decision\n")

    assert tags_of(contact("sara@a.example")) == ["decision"]


def test_tags_are_known_by_slug_and_by_name():
    create_tag("Pricing page")

    import_text("Email,Tags\nsara@a.example,pricing-page\nkian@a.example,pricing PAGE\n")

    assert session.scalars(select(Tag.slug)).all() == ["pricing-page"]


def test_a_bad_row_fails_with_its_reason_and_the_others_go_in():
    record = import_text("Email,Name\nsara@a.example,Sara\nno address,Kian\n,\n,Only a name\n")

    assert counts(record) == (2, 0, 0, 0, 1)
    assert session.scalars(select(ImportProblem.line)).all() == [3]


def test_a_birthday_without_a_year_is_dropped_and_said():
    record = import_text("Email,Name,Birthday\nsara@a.example,Sara,--05-17\nk@a.example,K,1985-05-17\n")

    assert counts(record) == (2, 0, 0, 0, 0)
    assert contact("sara@a.example").birthday is None
    assert sum(record.notes.values()) == 1


def test_a_full_name_made_of_its_parts_goes_with_them():
    import_text("Email,First name,Last name\nsara@a.example,Sara,Ahmadi\n")

    import_text("Email,First name,Last name\nsara@a.example,Sara,Moradi\n")

    assert contact("sara@a.example").name == "Sara Moradi"


def test_a_file_is_gone_when_its_import_is_done():
    record = make_import("Email\nsara@a.example\n")
    path = running.storage.path_of(record.path)

    run_import(record)

    assert not path.exists()


def test_a_file_that_is_gone_breaks_the_import_off_and_says_so():
    record = make_import("Email\nsara@a.example\n")
    running.start_unchecked(record, 1)
    running.storage.path_of(record.path).unlink()
    session.commit()

    work.carry_on()

    session.expire_all()
    assert record.state is ImportState.FAILED
    assert record.error


def test_a_part_that_another_process_did_is_not_done_again():
    record = make_import("Email\nsara@a.example\n")
    running.start_unchecked(record, 1)
    session.commit()
    running.run_part(record.id)
    session.expire_all()
    record.line, record.created = 2, 1
    running._readings.clear()

    running.run_part(record.id)

    assert session.scalar(select(func.count()).select_from(Contact)) == 1
