"""The report, the people behind its numbers, and the part of the contact page."""

from __future__ import annotations

from crm.campaigns.queries import list_steps
from crm.core import clock as core_clock
from crm.core.db import session
from crm.delivery.reasons import Reason
from crm.sequences.models import Enrolment, EnrolmentStatus, Outcome, StepRun
from tests.factories.sequences import make_person, make_sequence
from tests.support.queries import queries


def _went(campaign, person, *outcomes, status=EnrolmentStatus.ACTIVE, reason=None):
    """A way through the campaign: one (outcome, reason) for each step that settled."""
    steps = list_steps(campaign.id)
    at = core_clock.now()
    following = (
        steps[len(outcomes)].id if len(outcomes) < len(steps) and status is EnrolmentStatus.ACTIVE else None
    )
    enrolment = Enrolment(
        sequence_id=campaign.id,
        contact_id=person.id,
        status=status,
        reason=reason,
        step_id=following,
        next_run_at=at,
    )
    session.add(enrolment)
    session.flush()
    for step, (outcome, why) in zip(steps, outcomes, strict=False):
        session.add(
            StepRun(
                enrolment_id=enrolment.id,
                step_id=step.id,
                outcome=outcome,
                reason=why,
                due_at=at,
                planned_at=at,
                at=at,
            )
        )
    session.flush()


def test_report_counts_each_step_by_outcome_and_reason(client, cast, clock):
    campaign = make_sequence(0, 3)
    _went(campaign, make_person(), (Outcome.SENT, None))
    _went(campaign, make_person(), (Outcome.SKIPPED, Reason.NO_ADDRESS))
    _went(campaign, make_person(), (Outcome.SENT, None), status=EnrolmentStatus.EXITED, reason=Reason.REPLIED)

    page = client.sign_in(cast.mina).page(f"/campaigns/{campaign.id}/report")

    first, second = [[cell.text for cell in row.all("td")][2:] for row in page.all(".steps-t tbody tr")]
    assert first == ["0", "2", "1 No email address is known", "0", "0"]
    assert second[0] == "2"
    assert [figure.text for figure in page.all(".figures .fig-v")] == ["3", "2", "0", "1", "2"]
    assert "Replied" in page.one(".rank").text


def test_number_of_the_report_leads_to_its_people(client, cast, clock):
    campaign = make_sequence(0, 3)
    _went(campaign, make_person(name="Left out"), (Outcome.SKIPPED, Reason.NO_ADDRESS))
    _went(campaign, make_person(name="Got it"), (Outcome.SENT, None))
    report = client.sign_in(cast.mina).page(f"/campaigns/{campaign.id}/report")

    page = client.page(report.all(".steps-t tbody tr")[0].all("ul a")[0]["href"])

    assert "Left out" in page.text
    assert "Got it" not in page.text
    assert "No email address is known" in page.one("tbody").text


def test_waiting_people_are_listed_with_their_moment(client, cast, clock):
    campaign = make_sequence(0, 3)
    _went(campaign, make_person(name="Patient"), (Outcome.SENT, None))

    page = client.sign_in(cast.mina).page(f"/campaigns/{campaign.id}/people?step=letter-2&outcome=waiting")

    assert "Patient" in page.one("tbody").text
    assert "Waiting at “letter-2”: 1 person" in page.text


def test_nobody_is_an_answer_too(client, cast):
    campaign = make_sequence(0)

    page = client.sign_in(cast.mina).page(f"/campaigns/{campaign.id}/people?outcome=failed")

    assert "Nobody" in page.one(".empty").text


def test_contact_page_shows_how_far_somebody_is(client, cast, clock):
    campaign = make_sequence(0, 3, 4, name="Spring letters")
    person = make_person()
    _went(campaign, person, (Outcome.SENT, None))

    page = client.sign_in(cast.mina).page(f"/contacts/{person.id}")

    assert "Spring letters" in page.text
    assert "1 of 3" in page.text
    assert "Next: letter-2" in page.text


def test_contact_page_of_somebody_in_no_campaign_has_no_such_part(client, cast):
    person = make_person()

    page = client.sign_in(cast.mina).page(f"/contacts/{person.id}")

    assert not page.all("a[href*='/campaigns/']")


def test_number_of_queries_does_not_grow_with_people(client, cast, clock):
    campaign = make_sequence(0, 3)
    paths = [f"/campaigns/{campaign.id}/{part}" for part in ("people", "report")]
    client.sign_in(cast.mina)
    _went(campaign, make_person(), (Outcome.SENT, None))
    _asked(client, paths)
    few = _asked(client, paths)
    for _ in range(10):
        _went(campaign, make_person(), (Outcome.SENT, None))

    # The sets of contacts in memory are refreshed once after new people came.
    _asked(client, paths)
    many = _asked(client, paths)

    assert len(many) == len(few), [each for each in few if each not in many]


def _asked(client, paths):
    """How many statements these pages take."""
    with queries() as seen:
        for path in paths:
            client.page(path)
    return list(seen)


def test_people_may_only_be_seen_by_who_sees_campaigns(client, cast):
    campaign = make_sequence(0)

    assert client.sign_in(cast.sara).get(f"/campaigns/{campaign.id}/people").status_code == 403
    assert client.sign_in(cast.sara).get(f"/campaigns/{campaign.id}/report").status_code == 403
