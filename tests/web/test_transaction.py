"""One commit per request: what is kept, what is taken back."""

import pytest

from crm.core.db import ReadOnlyUnit, reading, session
from tests.web.conftest import rename


def test_a_good_answer_keeps_what_was_changed(probe, workspace_name):
    probe.post("/probe/keeps")

    assert workspace_name() == "kept"


@pytest.mark.parametrize("status", [400, 403, 404, 409, 422, 500])
def test_an_answer_from_400_on_takes_it_back(probe, workspace_name, status):
    probe.post(f"/probe/answers/{status}")

    assert workspace_name() == "as it was"


def test_a_crash_takes_it_back(probe, workspace_name):
    response = probe.post("/probe/crashes")

    assert response.status_code == 500
    assert workspace_name() == "as it was"


@pytest.mark.parametrize("kind", ["not-found", "not-allowed", "conflict", "invalid"])
def test_a_broken_rule_takes_it_back(probe, workspace_name, kind):
    probe.post(f"/probe/breaks/{kind}")

    assert workspace_name() == "as it was"


def test_a_get_cannot_write(probe, workspace_name):
    response = probe.get("/probe/reads-and-writes")

    assert response.status_code == 500
    assert workspace_name() == "as it was"


def test_a_reading_unit_refuses_to_write(probe):
    with reading(), pytest.raises(ReadOnlyUnit):
        rename("not kept")


def test_the_transaction_of_a_request_ends_with_it(probe):
    session.remove()

    probe.post("/probe/keeps")

    assert not session().in_transaction()
