"""Every screen of campaigns and delivery once in Persian: its direction, its words, its digits."""

from __future__ import annotations

import pytest

from crm.sequences.models import SequenceStatus
from tests.factories.sequences import make_person, make_sequence

MONTHLY = {"amount": 1, "unit": "months"}
PAGES = (
    "/campaigns", "/campaigns/new", "/campaigns/{id}/sequence", "/campaigns/{id}/sequence?step=letter-2&unfold=1",
    "/campaigns/{id}/sequence?who=all", "/campaigns/{id}/audience", "/campaigns/{id}/settings", "/campaigns/{id}/report",
    "/campaigns/{id}/people", "/campaigns/{id}/people?outcome=waiting&step=letter-1", "/campaigns/{id}/review",
    "/campaigns/{id}/finish", "/outbox", "/settings/status",
)  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
def test_screen_reads_in_persian(client, cast, path):
    make_person()
    status = SequenceStatus.DRAFT if "review" in path else SequenceStatus.PAUSED
    campaign = make_sequence(0, 3, MONTHLY, MONTHLY, MONTHLY, status=status, cap={"day": 1})
    cast.olivia.locale = "fa"

    page = client.sign_in(cast.olivia).page(path.format(id=campaign.id))

    assert page.one("html")["dir"] == "rtl"
