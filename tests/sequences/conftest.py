"""What tests of sequences share: a sender in memory, ticks, and the settled steps of somebody."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from crm.core.db import session
from crm.core.ticking import tick
from crm.delivery.senders import MemorySender
from crm.delivery.service.sending import use_sender
from crm.sequences.models import Enrolment, Step, StepRun


@pytest.fixture
def sender(database):
    """Takes every message; its `script` may answer otherwise."""
    made = MemorySender()
    use_sender(made)
    yield made
    use_sender(None)


@pytest.fixture
def go_to(clock):
    """Moves the clock to a moment and does everything due by then."""

    def move(at):
        done = tick(at)
        clock.set(at)
        session.expire_all()
        return done

    return move


@pytest.fixture
def settled(database):
    """Contact id, step, moment, outcome and reason of every settled step."""

    def read(*contacts):
        wanted = [contact.id for contact in contacts]
        rows = session.execute(
            select(Enrolment.contact_id, Step.key, StepRun.at, StepRun.outcome, StepRun.reason)
            .join(Enrolment, Enrolment.id == StepRun.enrolment_id)
            .join(Step, Step.id == StepRun.step_id)
            .order_by(StepRun.at, Enrolment.contact_id, Step.position)
        )
        return [
            (row.contact_id, row.key, row.at, row.outcome.value, row.reason)
            for row in rows
            if not wanted or row.contact_id in wanted
        ]

    return read
