"""One's password and devices."""

import pytest

from crm.accounts import queries, service
from crm.accounts.models import UserSession
from crm.core.db import session
from tests.factories.accounts import PASSWORD, make_user

NEW = "a wholly different sentence"


@pytest.fixture
def zoe(database):
    return make_user("sales", name="Zoe", email="zoe@example.com", password=PASSWORD)


def change(client, **fields):
    return client.page("/settings/security").form_to("/settings/security").submit(**fields)


def test_the_password_is_changed(client, zoe):
    client.sign_in(zoe)

    response = change(client, current=PASSWORD, password=NEW)

    assert response.status_code == 303
    assert service.check_credentials("zoe@example.com", NEW)


def test_every_other_device_is_signed_out_and_this_one_stays(client, zoe):
    elsewhere = client.application.test_client().sign_in(zoe)
    client.sign_in(zoe)

    change(client, current=PASSWORD, password=NEW)

    assert elsewhere.get("/settings/profile").status_code == 303
    assert client.get("/settings/profile").status_code == 200


def test_the_present_password_has_to_be_right(client, zoe):
    client.sign_in(zoe)

    page = client.read(change(client, current="wrong", password=NEW))

    assert page.status == 422
    assert page.one("#current-error").text == "This is not your present password."
    assert service.check_credentials("zoe@example.com", PASSWORD)


def test_a_poor_password_is_refused(client, zoe):
    client.sign_in(zoe)

    page = client.read(change(client, current=PASSWORD, password="12345678"))

    assert page.status == 422
    assert page.find("#password-error")


def test_who_came_by_a_link_sets_a_first_password_without_a_present_one(client, cast):
    client.sign_in(cast.sara)

    response = change(client, password=NEW)

    assert response.status_code == 303
    assert service.check_credentials("sara@example.com", NEW)


def test_one_device_is_signed_out_by_hand(client, zoe):
    elsewhere = client.application.test_client().sign_in(zoe)
    other = session.query(UserSession.id).filter_by(user_id=zoe.id).scalar()
    client.sign_in(zoe)

    client.page("/settings/security").form_to(f"/settings/security/sessions/{other}/end").submit()

    assert elsewhere.get("/settings/profile").status_code == 303


def test_all_other_devices_are_signed_out_at_once(client, zoe):
    for _ in range(3):
        client.application.test_client().sign_in(zoe)
    client.sign_in(zoe)

    client.page("/settings/security").form_to("/settings/security/sessions/end-others").submit()

    assert len(queries.list_sessions(zoe.id)) == 1


def test_a_device_of_somebody_else_is_out_of_reach(client, cast, zoe):
    theirs = client.application.test_client().sign_in(zoe)
    other = queries.list_sessions(zoe.id)[0].id
    client.sign_in(cast.vic)

    client.post(f"/settings/security/sessions/{other}/end")

    assert theirs.get("/settings/profile").status_code == 200
