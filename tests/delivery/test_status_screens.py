"""How sending and the work in the background stand, and mending what failed."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from crm.core import clock as core_clock
from crm.core.db import session
from crm.core.jobs import Job, JobState, beat
from crm.delivery.models import Message
from crm.delivery.states import MessageState
from tests.delivery.test_outbox_screens import make_message


def make_failed_job() -> Job:
    job = Job(
        kind="transfer.run",
        payload={},
        state=JobState.FAILED,
        run_at=core_clock.now(),
        attempts=5,
        last_error="It broke",
    )
    session.add(job)
    session.flush()
    return job


def test_status_says_that_no_worker_runs(client, cast, clock):
    page = client.sign_in(cast.olivia).page("/settings/status")

    assert "No worker is running" in page.text


def test_status_knows_the_last_tick(client, cast, clock):
    beat("worker:here:1")
    clock.tick(timedelta(seconds=30))

    page = client.sign_in(cast.olivia).page("/settings/status")

    assert "No worker is running" not in page.text
    assert "just now" in page.one(".figures").text


def test_failed_job_is_shown_and_tried_again(client, cast, clock):
    job = make_failed_job()
    page = client.sign_in(cast.olivia).page("/settings/status")

    page.form_to(f"/settings/status/jobs/{job.id}/retry").submit()

    session.refresh(job)
    assert "It broke" in page.text
    assert (job.state, job.attempts) == (JobState.READY, 0)


def test_failed_job_is_given_up(client, cast, clock):
    job = make_failed_job()

    client.sign_in(cast.olivia).post(f"/settings/status/jobs/{job.id}/drop")

    assert session.scalars(select(Job)).all() == []


def test_waiting_job_is_not_dropped(client, cast, clock):
    job = make_failed_job()
    job.state = JobState.READY

    client.sign_in(cast.olivia).post(f"/settings/status/jobs/{job.id}/drop")

    assert len(session.scalars(select(Job)).all()) == 1


def test_uncertain_messages_are_settled_from_here(client, cast):
    message = make_message(MessageState.UNCERTAIN)
    page = client.sign_in(cast.olivia).page("/settings/status")

    answer = page.form_to(f"/outbox/{message.id}/arrived").submit()

    assert answer.location == "/settings/status"
    assert session.scalar(select(Message.state)) is MessageState.SENT


def test_only_admins_and_managers_see_the_status(client, cast):
    assert client.sign_in(cast.max).get("/settings/status").status_code == 200
    assert client.sign_in(cast.mina).get("/settings/status").status_code == 403
    assert client.post("/settings/status/jobs/1/retry").status_code == 403
