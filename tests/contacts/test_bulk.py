"""Many contacts at once, as imports bring and change them."""

from __future__ import annotations

from sqlalchemy import select

from crm.contacts import queries, service, sets
from crm.contacts.models import Contact, EmailStatus
from crm.contacts.queries import ContactQuery
from crm.core.db import session
from crm.core.permissions import SYSTEM
from tests.factories.accounts import make_user
from tests.factories.contacts import make_contact, make_contacts


def found(**asked: str) -> set[int]:
    return set(queries.matching(ContactQuery(**asked), SYSTEM))


def test_many_come_in_whole(database: None) -> None:
    owner = make_user("sales")
    rows = [{"name": f"Neu {n}", "email": f"neu{n}@example.org", "owner_id": owner.id} for n in range(25)]

    ids = service.create_contacts_bulk(rows, actor=SYSTEM)
    session.commit()

    assert [session.get(Contact, contact_id).name for contact_id in ids] == [row["name"] for row in rows]
    assert found() == set(ids)
    assert found(text="neu24") == {ids[24]}
    assert found(owner=owner.email) == set(ids)
    assert found(owner="none") == set()


def test_many_are_changed_and_what_was_before_is_told(database: None) -> None:
    one, two = make_contacts(2, city="Bonn", company="Old")
    changes = {one: {"city": "Berlin", "company": "New"}, two: {"city": "Bonn"}}

    before = service.update_contacts_bulk(changes, actor=SYSTEM)
    session.commit()

    assert before == {one: {"city": "Bonn", "company": "Old"}}
    assert found(text="berlin") == found(text="new") == {one}
    assert found(text="old") == {two}


def test_an_import_never_makes_an_address_good_again(database: None) -> None:
    contact = make_contact(email_status="opted_out")

    service.update_contacts_bulk(
        {contact.id: {"email_status": EmailStatus.VALID, "city": "Bonn"}}, actor=SYSTEM
    )

    assert (contact.email_status, contact.city) == (EmailStatus.OPTED_OUT, "Bonn")


def test_who_is_deleted_leaves_no_trace_in_sets_or_search(database: None) -> None:
    gone, stays = make_contacts(2, tags=["red"], city="Bonn")

    service.delete_contacts(queries.existing_ids([gone]))
    session.commit()

    assert found() == found(text="bonn") == {stays}
    assert sets.check_sets() == []
    assert list(session.scalars(select(Contact.id))) == [stays]


def test_people_are_found_by_what_identifies_them(database: None) -> None:
    first = make_contact(email="a@example.org", phone="+989120000147", external_id="x-1")
    make_contact(email="a@example.org")

    assert queries.find_ids("email_key", ["a@example.org", "b@example.org"]) == {"a@example.org": first.id}
    assert queries.find_ids("phone_key", ["+989120000147"]) == {"+989120000147": first.id}
    assert queries.find_ids("external_id", ["x-1", "x-2"]) == {"x-1": first.id}
