"""Steps are added, changed, moved, copied and removed, also while people are on the way."""

from __future__ import annotations

from datetime import timedelta

import pytest

from crm.campaigns.logic.draft import StepDraft
from crm.campaigns.queries import get_step, list_steps
from crm.campaigns.service.steps import add_step, copy_step, edit_step, move_step, remove_step
from crm.core.db import session, unit_of_work
from crm.core.errors import Conflict, Invalid
from crm.core.ticking import tick
from crm.delivery.senders import MemorySender
from crm.delivery.service.sending import use_sender
from crm.sequences.logic.schedule import Wait, WaitUnit
from crm.sequences.models import Sequence, SequenceStatus
from crm.sequences.queries.report import report_of
from tests.factories.sequences import make_person, make_sequence


@pytest.fixture
def sender(database):
    made = MemorySender()
    use_sender(made)
    yield made
    use_sender(None)


@pytest.fixture
def draft(database):
    return make_sequence(0, 3, 4, status=SequenceStatus.DRAFT)


def keys(campaign):
    return [step.key for step in list_steps(campaign.id)]


def test_a_new_step_stands_before_another(draft):
    add_step(
        draft,
        StepDraft("In between", "Subject", "Body", Wait(1)),
        version=1,
        before=get_step(draft.id, "letter-2"),
    )

    assert keys(draft) == ["letter-1", "in-between", "letter-2", "letter-3"]


def test_who_was_slower_is_told_and_changes_nothing(draft):
    step = get_step(draft.id, "letter-2")
    move_step(draft, step, to=0, version=1)

    with pytest.raises(Conflict):
        move_step(draft, step, to=2, version=1)

    assert keys(draft) == ["letter-2", "letter-1", "letter-3"]


def test_an_edit_keeps_the_former_words_for_what_was_sent(draft):
    step = get_step(draft.id, "letter-1")
    former = step.content_id

    edit_step(draft, step, StepDraft("New name", "New", "New", Wait(2, WaitUnit.WEEKS)), version=1)

    assert step.content_id != former
    assert (step.key, step.wait) == ("new-name", {"amount": 2, "unit": "weeks"})


def test_a_copy_stands_behind_its_original(draft):
    copy_step(draft, get_step(draft.id, "letter-1"), version=1)

    assert keys(draft) == ["letter-1", "letter-1-2", "letter-2", "letter-3"]


def test_two_steps_of_one_name_are_refused(draft):
    with pytest.raises(Invalid):
        add_step(draft, StepDraft("Letter 1", "Subject", "Body"), version=1)


def test_a_step_removed_while_people_wait_for_it_is_passed_over_and_nothing_is_sent_again(sender, clock):
    make_person()
    campaign = make_sequence(0, 3, 4)
    tick(clock.at)
    with unit_of_work():
        found = session.get(Sequence, campaign.id)
        remove_step(found, get_step(campaign.id, "letter-2"), version=1)
        move_step(found, get_step(campaign.id, "letter-1"), to=2, version=2)

    for day in range(1, 12):
        tick(clock.at + timedelta(days=day))

    session.expire_all()
    report = report_of(campaign)
    assert len(sender.letters) == 2
    assert {step.key: dict(step.outcomes) for step in report.steps} == {
        "letter-1": {"sent": 1}, "letter-2": {"skipped": 1}, "letter-3": {"sent": 1},
    }  # fmt: skip
