"""What `make run` says about signing in."""

import re

from crm.cli.serving import DEMO_ADMIN, way_in
from tests.factories.accounts import PASSWORD, make_user, make_workspace

BASE = "http://127.0.0.1:8000"


def test_an_empty_installation_offers_the_set_up_link(database):
    make_workspace()

    assert re.fullmatch(rf"Make the first admin here: {BASE}/setup/\S{{40,}}", way_in(BASE))


def test_sample_data_offers_a_link_that_signs_its_admin_in_once(client):
    make_workspace()
    admin = make_user("admin", email=DEMO_ADMIN, password=None)

    said = way_in(BASE)

    assert admin.name in said
    page = client.page(re.search(rf"{BASE}(/sign-in/link/\S+)", said)[1])
    assert page.form("form.stack").submit().status_code == 303


def test_later_the_door_is_named(database):
    make_user("admin", email=DEMO_ADMIN, password=PASSWORD)

    assert way_in(BASE) == f"Sign in at {BASE}/sign-in"
