"""The contact list."""

from __future__ import annotations

import functools
import operator

import pytest

from tests.cast import Cast
from tests.factories.contacts import ids_on, make_contact, make_contacts, make_tag
from tests.support.client import CheckingClient, htmx_headers
from tests.support.queries import queries


def test_lists_everybody_by_name_with_the_exact_number(client: CheckingClient, cast: Cast) -> None:
    zoe, ada = make_contact(name="Zoe"), make_contact(name="Ada")

    page = client.sign_in(cast.vic).page("/contacts")

    assert ids_on(page) == [ada.id, zoe.id]
    assert page.one("#contact-count")["data-count"] == "2"


def test_persian_names_stand_in_persian_order(client: CheckingClient, cast: Cast) -> None:
    names = ["یاسر", "پریسا", "بابک", "چنگیز", "آرش", "گلی"]
    ids = {name: make_contact(name=name).id for name in names}

    page = client.sign_in(cast.vic).page("/contacts")

    assert ids_on(page) == [ids[name] for name in ("آرش", "بابک", "پریسا", "چنگیز", "گلی", "یاسر")]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("all=red", {"r", "rb", "rg"}),
        ("all=red&all=blue", {"rb"}),
        ("any=blue&any=green", {"rb", "rg", "g"}),
        ("none=red", {"g", "n"}),
        ("all=red&none=blue&none=green", {"r"}),
        ("all=red&any=blue&any=green", {"rb", "rg"}),
        ("all=unheard-of", set()),
        ("none=unheard-of", {"r", "rb", "rg", "g", "n"}),
    ],
)
def test_filters_by_all_any_and_none_of_tags(
    client: CheckingClient, cast: Cast, asked: str, found: set[str]
) -> None:
    carried = {"r": ["red"], "rb": ["red", "blue"], "rg": ["red", "green"], "g": ["green"], "n": []}
    ids = {name: make_contact(name=name, tags=tags).id for name, tags in carried.items()}

    page = client.sign_in(cast.vic).page(f"/contacts?{asked}")

    assert set(ids_on(page)) == {ids[name] for name in found}
    assert page.one("#contact-count")["data-count"] == str(len(found))


@pytest.mark.parametrize(
    "text",
    [
        "kaufm",
        "KAUFMANN",
        "annika k",
        "nika k",
        "kaufmann annika",
        "lager.ex",
        "an",
        "a k",
        "0912 000",
        "۰۹۱۲",
        "912-000-0147",
        "+98 912",
        "Spedition",
    ],
)
def test_finds_people_by_any_fragment(client: CheckingClient, cast: Cast, text: str) -> None:
    annika = make_contact(
        name="Annika Kaufmann", email="ak@lager.example", phone="+989120000147", company="Spedition Nord"
    )
    make_contact(name="Bo Lind", email="bo@elsewhere.org")

    page = client.sign_in(cast.vic).page("/contacts?q=" + text.replace("+", "%2B"))

    assert ids_on(page) == [annika.id]


@pytest.mark.parametrize("text", ["zzqx", "%", "_", '"', "kaufmann bo", "'; drop"])
def test_what_nobody_has_is_not_found(client: CheckingClient, cast: Cast, text: str) -> None:
    make_contact(name="Annika Kaufmann")
    make_contact(name="Bo Lind")

    page = client.sign_in(cast.vic).page("/contacts?q=" + text.replace("%", "%25"))

    assert ids_on(page) == []


def test_arabic_letters_find_persian_names(client: CheckingClient, cast: Cast) -> None:
    ali = make_contact(name="علی کریمی")

    page = client.sign_in(cast.vic).page("/contacts?q=علي كريمي")

    assert ids_on(page) == [ali.id]


def test_narrows_by_owner(client: CheckingClient, cast: Cast) -> None:
    mine = make_contact(owner_id=cast.sara.id).id
    other = make_contact(owner_id=cast.sam.id).id
    free = make_contact().id
    client.sign_in(cast.sara)

    assert ids_on(client.page("/contacts?owner=me")) == [mine]
    assert ids_on(client.page(f"/contacts?owner={cast.sam.email}")) == [other]
    assert ids_on(client.page("/contacts?owner=none")) == [free]
    assert ids_on(client.page("/contacts?owner=nobody@example.com")) == []


@pytest.mark.parametrize(
    "key", ["name", "email", "company", "created_at", "updated_at", "last_activity_at", "owner"]
)
def test_each_sort_turns_round(client: CheckingClient, cast: Cast, key: str) -> None:
    first = make_contact(name="Ada", email="a@x.org", company="Alpha", owner_id=cast.sam.id)
    second = make_contact(name="Bea", email="b@x.org", company="Beta", owner_id=cast.sara.id)
    client.sign_in(cast.vic)

    up, down = ids_on(client.page(f"/contacts?sort={key}")), ids_on(client.page(f"/contacts?sort=-{key}"))

    assert set(up) == set(down) == {first.id, second.id}
    assert key == "owner" or up == down[::-1]
    assert key in {"created_at", "updated_at", "last_activity_at"} or up == [first.id, second.id]


def test_pages_hold_fifty_and_a_number_past_the_end_is_the_last(client: CheckingClient, cast: Cast) -> None:
    ids = make_contacts(103)
    client.sign_in(cast.vic)

    seen = [ids_on(client.page(f"/contacts?page={number}&sort=created_at")) for number in (1, 2, 3)]

    assert [len(part) for part in seen] == [50, 50, 3]
    assert sorted(functools.reduce(operator.iadd, seen, [])) == sorted(ids)
    assert ids_on(client.page("/contacts?page=99&sort=created_at")) == seen[2]
    assert ids_on(client.page("/contacts?page=x&sort=created_at")) == seen[0]


def test_htmx_gets_the_results_and_the_count_and_nothing_else(client: CheckingClient, cast: Cast) -> None:
    make_contact(name="Ada", tags=["red"])
    client.sign_in(cast.vic).page("/contacts")

    response = client.get("/contacts?q=ada", headers=htmx_headers(target="results", current="/contacts"))
    part = client.read(response)

    assert part.one("#results")
    assert part.one("#contact-count")["data-count"] == "1"
    assert "<html" not in part.markup
    assert part.find(".side") is None
    assert response.headers["HX-Push-Url"] == "/contacts?q=ada"


def test_the_number_of_queries_does_not_grow_with_the_rows(client: CheckingClient, cast: Cast) -> None:
    make_contact(tags=["red"])
    client.sign_in(cast.vic).page("/contacts")
    with queries() as few:
        client.page("/contacts?all=red")
    make_contacts(40, tags=["red", "blue"], company="Acme")
    client.page("/contacts?all=red")  # takes in what has changed

    with queries() as many:
        client.page("/contacts?all=red")

    assert len(many) == len(few) <= 10, list(many)


def test_an_empty_list_offers_the_first_step(client: CheckingClient, cast: Cast) -> None:
    page = client.sign_in(cast.sara).page("/contacts")

    assert "No contacts yet" in page.text
    assert page.link("Add the first one")["href"] == "/contacts/new"


def test_no_match_offers_the_way_back(client: CheckingClient, cast: Cast) -> None:
    make_contact()

    page = client.sign_in(cast.vic).page("/contacts?q=zzqx&all=gone")

    assert "Nobody matches" in page.text
    assert page.link("Clear search and filters")["href"] == "/contacts"


def test_a_stranger_is_sent_to_sign_in(client: CheckingClient) -> None:
    response = client.get("/contacts")

    assert response.status_code == 303
    assert "/sign-in" in response.headers["Location"]


def test_a_viewer_sees_no_bulk_actions(client: CheckingClient, cast: Cast) -> None:
    make_contact()

    page = client.sign_in(cast.vic).page("/contacts")

    assert page.find("[data-select-bar]") is None
    assert client.post("/contacts/archive", data={"select": "all"}).status_code == 403


def test_the_picker_counts_under_the_present_filter(client: CheckingClient, cast: Cast) -> None:
    make_contact(tags=["red", "blue"])
    make_contact(tags=["blue"])
    red = make_tag("red")
    client.sign_in(cast.vic).page("/contacts?all=red")

    picker = client.page("/tags/choose?all=red")
    counts = {row.one(".tag").text: row.one(".n").text for row in picker.all(".tagpick li")}

    assert counts == {"red": "1", "blue": "1"}
    assert "checked" in picker.one(f"#pick-{red.id}-all")


def test_the_picker_leads_to_the_address_of_the_list(client: CheckingClient, cast: Cast) -> None:
    red, blue = make_tag("red"), make_tag("blue")
    client.sign_in(cast.vic)

    response = client.get(f"/tags/choose/apply?q=ada&pick-{red.id}=all&pick-{blue.id}=none")

    assert response.status_code == 303
    assert response.headers["Location"] == "/contacts?q=ada&all=red&none=blue"


def test_is_whole_in_persian(client: CheckingClient, cast: Cast) -> None:
    make_contact(name="سارا احمدی", tags=["newsletter"])
    cast.vic.locale = "fa"

    page = client.sign_in(cast.vic).page("/contacts")

    assert page.one("html")["dir"] == "rtl"
    assert page.one("#contact-count").text == "۱"
    assert page.one("#contact-count")["data-count"] == "1"
