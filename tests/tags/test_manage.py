"""The tags page: groups, names, colours, merging, deleting."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from crm.contacts import sets
from crm.core.db import session
from crm.tags import service
from crm.tags.logic import STARTER, split_names
from crm.tags.models import Tag, TagGroup
from tests.cast import Cast
from tests.factories.accounts import make_workspace
from tests.factories.contacts import ids_on, make_contact, make_group, make_tag
from tests.support.client import CheckingClient


def test_lists_tags_by_group_with_people(client: CheckingClient, cast: Cast) -> None:
    group = make_group("Region")
    tehran = make_tag("Tehran", group=group)
    make_contact(tags=["Tehran"])

    page = client.sign_in(cast.vic).page("/tags")

    assert "Region" in page.text
    assert "Tehran" in page.text
    assert page.one(f"#tag-{tehran.id} a[href^='/contacts']").text == "1"
    assert page.find("a[href$=merge]") is None


def test_renaming_keeps_the_slug(client: CheckingClient, cast: Cast) -> None:
    contact = make_contact(tags=["Pricing page"])
    tag = make_tag("Pricing page")
    page = client.sign_in(cast.mina).page(f"/tags/{tag.id}")

    response = page.form("#tag-form").submit(name="Saw the prices", hue="3")

    assert response.status_code == 303
    assert "Saw the prices" in client.page("/tags").text
    assert ids_on(client.page("/contacts?all=pricing-page")) == [contact.id]


def test_two_tags_of_one_name_are_refused(client: CheckingClient, cast: Cast) -> None:
    make_tag("Webinar")
    page = client.sign_in(cast.mina).page("/tags/new")

    response = page.form("#tag-form").submit(name="WEBINAR")

    assert response.status_code == 422
    assert client.read(response).one("#name")["value"] == "WEBINAR"
    assert len(session.scalars(select(Tag)).all()) == 1


def test_merging_moves_everybody_and_can_be_undone(client: CheckingClient, cast: Cast) -> None:
    one, both = make_contact(name="A", tags=["news"]), make_contact(name="B", tags=["news", "newsletter"])
    news, newsletter = make_tag("news"), make_tag("newsletter")
    page = client.sign_in(cast.olivia).page(f"/tags/{news.id}/merge")

    page.form("#merge-form").submit(into=str(newsletter.id))

    assert ids_on(client.page("/contacts?all=newsletter")) == [one.id, both.id]
    assert ids_on(client.page("/contacts?all=news")) == []
    client.page("/settings/changes").form("#changes form").submit()
    assert ids_on(client.page("/contacts?all=newsletter")) == [both.id]
    assert ids_on(client.page("/contacts?all=news")) == [one.id, both.id]


def test_deleting_says_who_loses_it_and_can_be_undone(client: CheckingClient, cast: Cast) -> None:
    contact = make_contact(tags=["trial"])
    make_contact(tags=["trial"])
    tag = make_tag("trial")
    service.register_use("test", lambda slug: [("Welcome", "/campaigns")] if slug == "trial" else [])
    page = client.sign_in(cast.olivia).page(f"/tags/{tag.id}/delete")

    page.form("#delete-form").submit()

    assert "2 people carry it" in page.text
    assert "Welcome" in page.text
    assert ids_on(client.page("/contacts?all=trial")) == []
    client.page("/settings/changes").form("#changes form").submit()
    assert contact.id in ids_on(client.page("/contacts?all=trial"))


def test_an_exclusive_group_holds_one_tag_a_person(client: CheckingClient, cast: Cast) -> None:
    group = make_group("Buying stage", is_exclusive=True)
    make_tag("awareness", group=group)
    make_tag("decision", group=group)
    contact = make_contact(tags=["awareness"])
    client.sign_in(cast.sara)

    client.post(f"/contacts/{contact.id}/tags", data={"tag": "decision"})

    assert ids_on(client.page("/contacts?all=decision")) == [contact.id]
    assert ids_on(client.page("/contacts?all=awareness")) == []


@pytest.mark.parametrize("path", ["/tags/new", "/tags/groups/new"])
def test_sales_makes_no_tags(client: CheckingClient, cast: Cast, path: str) -> None:
    make_workspace()

    assert client.sign_in(cast.sara).get(path).status_code == 403
    assert client.post(path, data={"name": "x"}).status_code == 403


def test_a_group_is_made_changed_and_deleted(client: CheckingClient, cast: Cast) -> None:
    page = client.sign_in(cast.mina).page("/tags/groups/new")

    page.form("#group-form").submit(name="Industry", is_exclusive="y")
    made = session.scalars(select(TagGroup)).one()
    was_exclusive = made.is_exclusive
    client.page(f"/tags/groups/{made.id}").form("#group-form").submit(name="Trade")
    changed = session.scalars(select(TagGroup.name)).one()
    client.post(f"/tags/groups/{made.id}/delete")

    assert was_exclusive
    assert changed == "Trade"
    assert session.scalars(select(TagGroup)).all() == []


@pytest.mark.parametrize("locale", ["en", "fa"])
def test_the_starter_tags_come_in_the_language_of_the_workspace(database: None, locale: str) -> None:
    made = service.install_starter_tags(locale)

    again = service.install_starter_tags(locale)

    assert made == sum(len(group.tags) for group in STARTER)
    assert again == 0
    assert len({tag.slug for tag in session.scalars(select(Tag))}) == made
    stage = session.scalars(select(TagGroup).order_by(TagGroup.position)).first()
    assert stage is not None
    assert stage.is_exclusive
    assert stage.name == STARTER[0].name(locale)


def test_several_tags_may_stand_in_one_cell() -> None:
    assert split_names(" red, blue ;green|x،آبی ") == ["red", "blue", "green", "x", "آبی"]


def test_sets_can_be_made_again_from_what_they_stand_for(database: None) -> None:
    contact = make_contact(tags=["red"])
    tag = make_tag("red")
    sets.remove_from(sets.tag_set(tag.id), [contact.id])
    sets.add_to(sets.LIVE, [999])
    session.commit()

    wrong = sets.check_sets()
    mended = sets.rebuild_sets()
    session.commit()

    assert set(wrong) == {sets.tag_set(tag.id), sets.LIVE}
    assert mended == 2
    assert sets.check_sets() == []
