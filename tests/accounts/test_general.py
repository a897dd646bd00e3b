"""The workspace: name, language, sender."""

import pytest

from crm.accounts import queries
from tests.factories.accounts import make_user


@pytest.fixture
def admin(client, cast):
    return client.sign_in(cast.olivia)


def save(client, **fields):
    return client.page("/settings/general").form_to("/settings/general").submit(**fields)


def test_changes_are_saved_and_told(admin):
    response = save(
        admin, name="Nordlicht", sender_email="Hello@Example.com", postal_address="Hafen 1, Hamburg"
    )

    workspace = queries.get_workspace()
    assert response.status_code == 303
    assert (workspace.name, workspace.postal_address) == ("Nordlicht", "Hafen 1, Hamburg")
    assert admin.page("/settings/general").toasts == ["Workspace saved"]


def test_the_name_stands_in_the_title_of_each_page(admin):
    save(admin, name="Nordlicht")

    assert admin.page("/settings/profile").title.endswith("· Nordlicht")


def test_a_bad_sender_address_is_said_at_its_field(admin):
    page = admin.read(save(admin, sender_email="no address"))

    assert page.status == 422
    assert page.find("#sender_email-error")
    assert queries.get_workspace().sender_email == ""


@pytest.mark.parametrize("role", ["manager", "marketing", "sales", "support", "viewer"])
def test_it_is_for_admins(client, role):
    client.sign_in(make_user(role))

    assert client.get("/settings/general").status_code == 403
    assert client.post("/settings/general", data={"name": "Mine"}).status_code == 403
