"""Whom a campaign takes in: picked by tags, counted, and split into who can be emailed."""

from __future__ import annotations

import pytest

from crm.campaigns.picking import any_of, picks_of, rule_of, tags_of
from crm.contacts.models import EmailStatus
from crm.core.db import session
from crm.core.permissions import SYSTEM
from crm.sequences.models import SequenceStatus
from crm.tags.service import add_tags, ensure_tags
from tests.factories.sequences import make_person, make_sequence

DRAFT = SequenceStatus.DRAFT


@pytest.fixture
def tags(database):
    """Newsletter, webinar and competitor, by name."""
    return {tag.name: tag for tag in ensure_tags(["newsletter", "webinar", "competitor"])}


@pytest.mark.parametrize(
    "rule",
    [
        {"any": []},
        {"all": [{"tag": "newsletter"}]},
        {
            "all": [
                {"tag": "newsletter"},
                {"any": [{"tag": "webinar"}, {"tag": "trial"}]},
                {"not": {"tag": "competitor"}},
            ]
        },
    ],
)
def test_picked_tags_are_the_rule_and_back(rule):
    assert rule_of(picks_of(rule)) == rule


@pytest.mark.parametrize(
    "rule",
    [
        {"field": "country", "is": "IR"},
        {"not": {"all": [{"tag": "a"}]}},
        {"all": [{"tag": "a"}, {"not": {"tag": "a"}}]},
        {"all": [{"any": [{"tag": "a"}, {"field": "city", "is": "Yazd"}]}]},
        {"all": [{"any": [{"tag": "a"}]}, {"any": [{"tag": "b"}]}]},
    ],
)
def test_deeper_rules_are_not_drawn(rule):
    assert picks_of(rule) is None


def test_excluded_tags_are_the_rule_and_back():
    assert [tags_of(any_of(slugs)) for slugs in ([], ["a"], ["a", "b"])] == [[], ["a"], ["a", "b"]]


def test_audience_shows_the_rule_in_words_and_the_count(client, cast, tags):
    people = [make_person() for _ in range(3)]
    add_tags([person.id for person in people], [tags["newsletter"]], actor=SYSTEM)
    campaign = make_sequence(0, status=DRAFT, audience={"tag": "newsletter"})

    page = client.sign_in(cast.mina).page(f"/campaigns/{campaign.id}/audience")

    assert page.one("#audience-count")["data-count"] == "3"
    assert "who has the tag “newsletter”" in page.text
    assert "checked" in page.one(f"#tag-{tags['newsletter'].id}-all")


def test_count_says_who_cannot_be_emailed_and_why(client, cast):
    make_person()
    make_person(email=None)
    make_person(email_status=EmailStatus.OPTED_OUT)
    campaign = make_sequence(0, status=DRAFT)

    page = client.sign_in(cast.mina).page(f"/campaigns/{campaign.id}/audience")

    lines = [line.text for line in page.all(".checks li")]
    assert lines == [
        "1 person can be emailed",
        "1 cannot: No email address is known",
        "1 cannot: Unsubscribed",
    ]


def test_picking_tags_saves_the_rule(client, cast, tags):
    campaign = make_sequence(0, status=DRAFT, audience={"any": []})
    page = client.sign_in(cast.mina).page(f"/campaigns/{campaign.id}/audience")

    page.form_to(f"/campaigns/{campaign.id}/audience").submit(
        **{f"tag-{tags['newsletter'].id}": "all", f"tag-{tags['competitor'].id}": "none"},
        exclude=["webinar"],
        enrols="once",
    )

    session.refresh(campaign)
    assert campaign.audience == {"all": [{"tag": "newsletter"}, {"not": {"tag": "competitor"}}]}
    assert campaign.exclude == {"tag": "webinar"}
    assert campaign.enrols == "once"


def test_nothing_picked_is_nobody(client, cast, tags):
    campaign = make_sequence(0, status=DRAFT, audience={"any": []})
    page = client.sign_in(cast.mina).page(f"/campaigns/{campaign.id}/audience")

    page.form_to(f"/campaigns/{campaign.id}/audience").submit()

    session.refresh(campaign)
    assert campaign.audience == {"any": []}


def test_everyone_is_taken_only_when_said(client, cast, tags):
    campaign = make_sequence(0, status=DRAFT, audience={"any": []})
    page = client.sign_in(cast.mina).page(f"/campaigns/{campaign.id}/audience")

    page.form_to(f"/campaigns/{campaign.id}/audience").submit(everyone="y")

    session.refresh(campaign)
    assert campaign.audience == {"all": []}


def test_deeper_rule_is_said_and_kept(client, cast, tags):
    deep = {"all": [{"tag": "newsletter"}, {"field": "country", "is": "IR"}]}
    campaign = make_sequence(0, status=DRAFT, audience=deep)
    page = client.sign_in(cast.mina).page(f"/campaigns/{campaign.id}/audience")

    page.form_to(f"/campaigns/{campaign.id}/audience").submit(enrols="once")

    session.refresh(campaign)
    assert "This rule says more than tags can pick." in page.text
    assert (campaign.audience, campaign.enrols) == (deep, "once")


def test_bad_number_of_days_keeps_the_picks(client, cast, tags):
    campaign = make_sequence(0, status=DRAFT, audience={"any": []})
    page = client.sign_in(cast.mina).page(f"/campaigns/{campaign.id}/audience")
    newsletter = tags["newsletter"].id

    answer = page.form_to(f"/campaigns/{campaign.id}/audience").submit(
        **{f"tag-{newsletter}": "any"}, re_entry_days="often"
    )

    assert answer.status_code == 422
    assert "checked" in client.read(answer).one(f"#tag-{newsletter}-any")


def test_viewer_may_look_and_not_save(client, cast):
    campaign = make_sequence(0, status=DRAFT)
    client.sign_in(cast.vic)

    assert client.get(f"/campaigns/{campaign.id}/audience").status_code == 200
    assert client.post(f"/campaigns/{campaign.id}/audience", data={"enrols": "once"}).status_code == 403
