"""What holds for a whole campaign, its text file, and deleting a draft."""

from __future__ import annotations

import io

import pytest

from crm.campaigns.queries import find_campaign, list_steps
from crm.core.db import session
from crm.sequences.models import SequenceStatus
from tests.factories.sequences import make_sequence

DRAFT = SequenceStatus.DRAFT
FILE = """
campaign: Anew
audience: {tag: newsletter}
steps:
  - email: {name: only, subject: Only one, body: A single letter.}
    wait: 0 days
"""


def test_settings_are_saved_and_read_back(client, cast):
    campaign = make_sequence(0, status=DRAFT)
    page = client.sign_in(cast.mina).page(f"/campaigns/{campaign.id}/settings")

    page.form_to(f"/campaigns/{campaign.id}/settings").submit(
        name="Renamed", sender_name="Sara", sender_email="sara@example.com", days=["mon", "sat"], opens="۹", closes="17:30",
        timezone="Asia/Tehran", holidays="1405/02/20\n2026-12-25", cap_day="1", cap_week="", over_cap="drop",
        priority="5", uncertain="resend", calendar="jalali", exit_on=["reply"],
    )  # fmt: skip

    session.refresh(campaign)
    assert (campaign.name, campaign.sender) == ("Renamed", {"name": "Sara", "email": "sara@example.com"})
    assert campaign.window == {
        "days": ["mon", "sat"], "from": "09:00", "to": "17:30", "timezone": "Asia/Tehran",
        "holidays": ["2026-05-10", "2026-12-25"], "fallback_timezone": "UTC",
    }  # fmt: skip
    assert (campaign.cap, campaign.over_cap, campaign.priority) == ({"day": 1}, "drop", 5)
    assert (campaign.uncertain, campaign.calendar, campaign.exit_on) == ("resend", "jalali", ["reply"])
    assert client.page(f"/campaigns/{campaign.id}/settings").one("#holidays").text.split() == [
        "2026-05-10",
        "2026-12-25",
    ]


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"name": ""}, "Fill in a name."),
        ({"days": []}, "Choose at least one day."),
        ({"opens": "18:00", "closes": "17:00"}, "A sending window has to open before it closes."),
        ({"opens": "noon"}, "Write a time as in 09:00."),
        ({"holidays": "soon"}, "Write the date as year, month and day"),
        ({"sender_name": "Sara"}, "A sender name needs a sender address beside it."),
    ],
)
def test_what_cannot_be_is_told_beside_its_field(client, cast, typed, says):
    campaign = make_sequence(0, status=DRAFT)
    page = client.sign_in(cast.mina).page(f"/campaigns/{campaign.id}/settings")

    answer = page.form_to(f"/campaigns/{campaign.id}/settings").submit(**typed)

    assert answer.status_code == 422
    assert any(says in problem for problem in client.read(answer).problems)


def test_two_people_at_the_settings_notice_each_other(client, cast):
    campaign = make_sequence(0, status=DRAFT)
    page = client.sign_in(cast.mina).page(f"/campaigns/{campaign.id}/settings")
    page.form_to(f"/campaigns/{campaign.id}/settings").submit(name="Theirs")

    answer = page.form_to(f"/campaigns/{campaign.id}/settings").submit(name="Mine")

    session.refresh(campaign)
    assert answer.status_code == 409
    assert client.read(answer).one("#name")["value"] == "Mine"
    assert campaign.name == "Theirs"


def test_campaign_is_downloaded_as_a_file_and_read_again(client, cast):
    campaign = make_sequence(0, 3, status=DRAFT, name="Spring")
    client.sign_in(cast.mina)

    file = client.get(f"/campaigns/{campaign.id}/export")
    page = client.page(f"/campaigns/{campaign.id}/settings")
    page.form_to(f"/campaigns/{campaign.id}/import").submit(file=[(io.BytesIO(file.data), "spring.yaml")])

    assert file.headers["Content-Disposition"].endswith(f"{campaign.slug}.yaml")
    assert client.get(f"/campaigns/{campaign.id}/export").data == file.data


def test_file_takes_the_place_of_a_draft(client, cast):
    campaign = make_sequence(0, 3, status=DRAFT)
    page = client.sign_in(cast.mina).page(f"/campaigns/{campaign.id}/settings")

    page.form_to(f"/campaigns/{campaign.id}/import").submit(file=[(io.BytesIO(FILE.encode()), "anew.yaml")])

    assert [step.name for step in list_steps(campaign.id)] == ["only"]


def test_file_never_replaces_a_running_campaign(client, cast):
    campaign = make_sequence(0)
    page = client.sign_in(cast.mina).page(f"/campaigns/{campaign.id}/settings")

    answer = client.post(
        f"/campaigns/{campaign.id}/import", data={"file": (io.BytesIO(FILE.encode()), "anew.yaml")}
    )

    assert not page.all("form[action$=import]")
    assert answer.status_code == 422
    assert [step.key for step in list_steps(campaign.id)] == ["letter-1"]


def test_draft_is_deleted(client, cast):
    campaign = make_sequence(0, status=DRAFT, name="Doomed")
    page = client.sign_in(cast.mina).page(f"/campaigns/{campaign.id}/settings")

    answer = page.form_to(f"/campaigns/{campaign.id}/delete").submit()

    assert answer.location == "/campaigns"
    assert find_campaign("Doomed") is None


def test_viewer_may_not_change_settings(client, cast):
    campaign = make_sequence(0, status=DRAFT)
    client.sign_in(cast.vic)

    assert client.post(f"/campaigns/{campaign.id}/settings", data={"name": "Mine"}).status_code == 403
    assert client.post(f"/campaigns/{campaign.id}/delete").status_code == 403
