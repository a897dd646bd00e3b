"""The page that shows who may do what."""

import pytest

from crm.core.permissions import Reach, all_permissions, role_names, role_reach
from tests.factories.accounts import make_user


def test_it_shows_each_permission_for_each_role(client, cast):
    client.sign_in(cast.olivia)

    page = client.page("/settings/roles")

    cells = page.all("table.matrix td")
    assert len(cells) == len(all_permissions()) * len(role_names())


def test_a_cell_says_how_far_the_role_reaches(client, cast):
    client.sign_in(cast.max)

    page = client.page("/settings/roles")

    shown = [cell.one(".perm").classes[-1] for cell in page.all("table.matrix td")]
    reaches = [role_reach(role, permission) for permission in all_permissions() for role in role_names()]
    assert sorted(shown) == sorted(reach.name.lower() for reach in reaches)
    assert Reach.NONE in reaches


@pytest.mark.parametrize("role", ["sales", "support", "viewer"])
def test_it_is_for_admins_and_managers(client, role):
    client.sign_in(make_user(role))

    assert client.get("/settings/roles").status_code == 403


def test_it_is_whole_in_persian(client, cast):
    cast.olivia.locale = "fa"
    client.sign_in(cast.olivia)

    assert client.page("/settings/roles").one("html")["lang"] == "fa"
