"""Campaigns as text: read strictly, written in one way, the same after both."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.campaigns.logic.draft import CampaignDraft, CampaignFileError, StepDraft
from crm.campaigns.logic.presets import PRESETS, draft_of_preset
from crm.campaigns.logic.reading import read_campaign
from crm.campaigns.logic.writing import write_campaign
from crm.campaigns.queries import draft_of_campaign, list_steps
from crm.campaigns.service.text_file import export_campaign, import_campaign
from crm.core.errors import Conflict, Invalid
from crm.core.permissions import SYSTEM
from crm.rules.errors import RuleError
from crm.sequences.logic.schedule import Wait, WaitUnit
from crm.sequences.models import SequenceStatus
from tests.factories.accounts import make_workspace

FILE = """
campaign: Pricing visitors
audience: {all: [{tag: pricing-page}, {not: {tag: competitor}}]}
enrol: continuously
re_entry: after 90 days
exclude: {tag: partner}
exit_on: [reply, unsubscribe, goal]
goal: {tag: customer}
window: {days: [mon, fri], from: "09:00", to: 17:00, timezone: contact, fallback_timezone: Europe/Berlin, holidays: [1405/01/01]}
cap: {day: 1, week: 2, month: 6}
sender: {name: Sara, email: sara@example.com}
steps:
  - email: {name: welcome, subject: "Hello {{ contact.first_name | default: 'there' }}", body: "Markdown"}
  - email: {name: second, subject: NO, body: "two\\n\\nlines"}
    wait: 1 week
"""


def test_a_file_becomes_a_draft_and_the_same_file_again(database):
    make_workspace()

    campaign = import_campaign(FILE, actor=SYSTEM).campaign
    text = export_campaign(campaign)

    assert campaign.status is SequenceStatus.DRAFT
    assert [(step.key, step.wait["unit"], step.content.subject) for step in list_steps(campaign.id)] == [
        ("welcome", "days", "Hello {{ contact.first_name | default: 'there' }}"), ("second", "weeks", "NO"),
    ]  # fmt: skip
    assert campaign.window["to"] == "17:00"
    assert campaign.window["holidays"] == ["2026-03-21"]
    again = import_campaign(text, actor=SYSTEM)
    assert (again.campaign.id, again.is_new) == (campaign.id, False)
    assert export_campaign(again.campaign) == text


def test_a_campaign_that_has_begun_is_not_replaced_by_a_file(database):
    make_workspace()
    campaign = import_campaign(FILE, actor=SYSTEM).campaign
    campaign.status = SequenceStatus.RUNNING

    with pytest.raises(Conflict):
        import_campaign(FILE, actor=SYSTEM)


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (("enrol: continuously", "enroll: once"), "enroll"),
        (("enrol: continuously", "enrol: twice"), "enrol"),
        (("days: [mon, fri]", "days: [mon, someday]"), "window.days"),
        (("17:00", "08:00"), "window"),
        (("Europe/Berlin", "Europe/Atlantis"), "window.fallback_timezone"),
        (("wait: 1 week", "wait: soon"), "steps[1].wait"),
        (("wait: 1 week", "wait: {until: {weekday: mon}}"), "steps[1].wait"),
        (("name: second", "name: Welcome"), "steps[1].email.name"),
        (("name: second, ", ""), "steps[1].email.name"),
        (("cap: {day: 1", "cap: {day: -1"), "cap.day"),
        (("exit_on: [reply", "exit_on: [boredom"), "exit_on[0]"),
        (("email: sara@example.com", "email: sara"), "sender.email"),
        (("campaign: Pricing visitors", "name: x"), "name"),
    ],
)
def test_what_cannot_be_understood_is_refused_with_its_place(change, place):
    with pytest.raises(CampaignFileError) as refusal:
        read_campaign(FILE.replace(*change))

    assert refusal.value.path == place


@pytest.mark.parametrize("kind", ["branch", "split", "add_tag", "task", "webhook", "start_campaign", "exit"])
def test_a_step_of_a_kind_that_comes_later_is_refused_by_name(kind):
    with pytest.raises(CampaignFileError, match=kind):
        read_campaign(f"{FILE}  - {kind}: x\n")


def test_a_rule_that_cannot_be_understood_names_the_clause(database):
    make_workspace()

    with pytest.raises(RuleError) as refusal:
        import_campaign(FILE.replace("{tag: pricing-page}", "{field: shoe_size, is: 44}"), actor=SYSTEM)

    assert refusal.value.path == "audience.all[0].field"


def test_an_unknown_merge_field_is_told_to_the_author(database):
    make_workspace()

    with pytest.raises(Invalid, match="shoe_size"):
        import_campaign(FILE.replace("Markdown", "{{ contact.shoe_size }}"), actor=SYSTEM)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[",
        "a: &b [1]\nc: *b",
        "campaign: a\ncampaign: b",
        "\x00",
        "- 1",
        "campaign: !!python/object:os.system x",
    ],
)
def test_what_is_no_campaign_is_refused(text):
    with pytest.raises(CampaignFileError):
        read_campaign(text)


lines = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\u2028\u2029\ufeff\u200b\xa0"),
    min_size=1,
    max_size=40,
).map(lambda text: " ".join(text.split()) or "x")
bodies = st.lists(lines, min_size=1, max_size=4).map("\n".join)
waits = st.builds(Wait, st.integers(0, 400), st.sampled_from(WaitUnit))
drafts = st.builds(
    CampaignDraft,
    name=lines,
    audience=st.just({"any": [{"tag": "a"}]}),
    enrols=st.sampled_from(["once", "continuously"]),
    re_entry_days=st.none() | st.integers(1, 999),
    priority=st.integers(-1000, 1000),
    cap=st.dictionaries(st.sampled_from(["day", "week", "month"]), st.integers(0, 9)),
    steps=st.lists(bodies, max_size=3).flatmap(
        lambda texts: st.tuples(
            *(
                st.builds(StepDraft, st.just(f"step {n}"), lines, st.just(text), waits)
                for n, text in enumerate(texts)
            )
        )
    ),
)


@given(drafts)
def test_writing_and_reading_again_changes_nothing(draft):
    text = write_campaign(draft)

    assert write_campaign(read_campaign(text)) == text
    read = read_campaign(text)
    assert [step.body for step in read.steps] == [
        step.body.strip(" \t\n\u00a0\u200b\ufeff") for step in draft.steps
    ]


@pytest.mark.parametrize("locale", ["en", "fa"])
@pytest.mark.parametrize("key", list(PRESETS))
def test_every_preset_can_be_kept_as_it_is(database, key, locale):
    make_workspace()
    from crm.campaigns.service.making import create_campaign

    campaign = create_campaign(draft_of_preset(key, name=f"{key} {locale}", locale=locale), actor=SYSTEM)

    draft = draft_of_campaign(campaign)
    assert read_campaign(write_campaign(draft)).steps == list(draft.steps)
    assert len({step.content.fingerprint for step in list_steps(campaign.id)}) == len(draft.steps)


def test_the_missions_cadence_is_a_week_three_weeks_and_six_months():
    waits = PRESETS["nurture"].waits

    assert [(wait.amount, wait.unit.value) for wait in waits] == [
        (0, "days"),
        *[(1, "weeks")] * 3,
        *[(1, "months")] * 6,
    ]
