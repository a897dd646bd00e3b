"""A campaign is looked over, started with a deliberate second step, paused, resumed and finished."""

from __future__ import annotations

from crm.core.db import session
from crm.sequences.models import Enrolment, SequenceStatus
from tests.factories.accounts import make_workspace
from tests.factories.sequences import make_person, make_sequence

DRAFT, RUNNING, PAUSED = SequenceStatus.DRAFT, SequenceStatus.RUNNING, SequenceStatus.PAUSED


def test_review_says_how_many_people_and_when(client, cast, clock):
    make_person()
    make_person(email=None)
    campaign = make_sequence(0, 3, status=DRAFT)

    page = client.sign_in(cast.mina).page(f"/campaigns/{campaign.id}/review")

    assert page.one("#review-people")["data-count"] == "1"
    assert "Wed 6 May" in page.one(".figures").text
    assert "1 of 2 people cannot be written to" in page.text


def test_each_check_leads_to_its_fix(client, cast):
    campaign = make_sequence(status=DRAFT)
    make_workspace(postal_address="")

    page = client.sign_in(cast.olivia).page(f"/campaigns/{campaign.id}/review")

    assert page.link("Add a step")["href"] == f"/campaigns/{campaign.id}/sequence"
    assert page.link("Fill it in")["href"] == "/settings/general"
    assert not page.all("form[action$=start]")


def test_start_needs_the_box_ticked(client, cast):
    make_person()
    campaign = make_sequence(0, status=DRAFT)
    page = client.sign_in(cast.mina).page(f"/campaigns/{campaign.id}/review")

    answer = page.form_to(f"/campaigns/{campaign.id}/start").submit()

    session.refresh(campaign)
    assert answer.status_code == 422
    assert "Tick this to go on." in client.read(answer).text
    assert campaign.status is DRAFT


def test_start_runs_the_campaign(client, cast):
    make_person()
    campaign = make_sequence(0, status=DRAFT)
    page = client.sign_in(cast.mina).page(f"/campaigns/{campaign.id}/review")

    answer = page.form_to(f"/campaigns/{campaign.id}/start").submit(sure="y")

    session.refresh(campaign)
    assert answer.location == f"/campaigns/{campaign.id}/report"
    assert campaign.status is RUNNING


def test_many_people_have_to_be_typed(client, cast, monkeypatch):
    monkeypatch.setattr("crm.campaigns.views.run.TYPED_FROM", 2)
    for _ in range(3):
        make_person()
    campaign = make_sequence(0, status=DRAFT)
    page = client.sign_in(cast.mina).page(f"/campaigns/{campaign.id}/review")

    wrong = page.form_to(f"/campaigns/{campaign.id}/start").submit(people="2")
    right = page.form_to(f"/campaigns/{campaign.id}/start").submit(people="۳")

    assert (wrong.status_code, right.status_code) == (422, 303)
    assert "Type 3, the number of people who get it." in client.read(wrong).text


def test_campaign_without_mails_does_not_start(client, cast):
    make_person()
    campaign = make_sequence(status=DRAFT)

    answer = client.sign_in(cast.mina).post(f"/campaigns/{campaign.id}/start", data={"sure": "y"})

    assert answer.status_code == 422
    assert "The campaign has no steps yet." in client.read(answer).text


def test_pause_and_resume(client, cast):
    campaign = make_sequence(0, 3)
    client.sign_in(cast.mina)

    client.page(f"/campaigns/{campaign.id}/report").form_to(f"/campaigns/{campaign.id}/pause").submit()
    session.refresh(campaign)
    assert campaign.status is PAUSED

    client.page(f"/campaigns/{campaign.id}/report").form_to(f"/campaigns/{campaign.id}/resume").submit()
    session.refresh(campaign)
    assert campaign.status is RUNNING


def test_pausing_a_draft_is_refused_with_a_sentence(client, cast):
    campaign = make_sequence(0, status=DRAFT)

    answer = client.sign_in(cast.mina).post(f"/campaigns/{campaign.id}/pause", follow_redirects=True)

    assert "Only a running campaign can be paused." in client.read(answer).text


def test_finish_asks_first_and_says_for_how_many(client, cast):
    campaign = make_sequence(0, 3, status=PAUSED)
    session.add(Enrolment(sequence_id=campaign.id, contact_id=make_person().id))
    page = client.sign_in(cast.mina).page(f"/campaigns/{campaign.id}/finish")

    page.form_to(f"/campaigns/{campaign.id}/finish").submit()

    session.refresh(campaign)
    assert "1 person is still on the way" in page.text
    assert campaign.status is SequenceStatus.FINISHED


def test_viewer_may_not_send_to_many(client, cast):
    campaign = make_sequence(0, status=DRAFT)
    client.sign_in(cast.vic)

    page = client.page(f"/campaigns/{campaign.id}/review")

    assert not page.all("form[action$=start]")
    assert client.post(f"/campaigns/{campaign.id}/start", data={"sure": "y"}).status_code == 403
    assert client.post(f"/campaigns/{campaign.id}/pause").status_code == 403
    assert client.post(f"/campaigns/{campaign.id}/finish").status_code == 403
