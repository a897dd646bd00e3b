"""From an empty installation to mail that arrives and someone who wants no more of it."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from persiantools.jdatetime import JalaliDate
from playwright.sync_api import expect

from tests.browser.steps import (
    import_file,
    make_campaign,
    pick,
    press,
    say_who_writes,
    set_up,
    sign_in,
    sign_out,
    start_campaign,
)

PEOPLE = 24
PICKS = [("newsletter", "any"), ("vip", "any"), ("leads", "none")]
PICKED = 8
FILTERED = "/contacts?any=newsletter&any=vip&none=leads"
LATER = timedelta(days=8)


def address_of(letter):
    return letter["To"].addresses[0].addr_spec


@pytest.fixture
def set_up_link(new_installation):
    return re.search(r"http\S+/setup/\S+", new_installation.log).group()


def test_from_set_up_to_mail_that_arrives_and_is_unsubscribed_from(
    open_window, new_installation, set_up_link, mailbox
):
    page = open_window(new_installation).new_page()

    set_up(page, set_up_link, workspace="Alder & Co")
    expect(page.get_by_role("heading", name="No contacts yet")).to_be_visible()
    sign_out(page)
    sign_in(page)
    page.wait_for_url("**/contacts*")
    say_who_writes(page)
    import_file(page, "google-contacts.csv")
    page.locator("a[href*='/contacts?import=']").click()
    expect(page.locator("#contact-count")).to_have_attribute("data-count", str(PEOPLE))

    page.goto("/contacts")
    page.locator("#filter-tags-button").click()
    for tag, mode in PICKS:
        pick(page, tag, mode)
    expect(page).to_have_url(re.compile(re.escape(FILTERED)))
    expect(page.locator("#contact-count")).to_have_attribute("data-count", str(PICKED))
    expect(page.locator("#filter-tags")).to_contain_text("none of")
    expect(page.locator("[data-contact-id]")).to_have_count(PICKED)

    campaign = make_campaign(page, "Getting to know us", PICKS)
    page.goto(f"{campaign}/review")
    expect(page.locator("#review-people")).to_have_attribute("data-count", str(PICKED))
    start_campaign(page, campaign)
    expect(page.get_by_text("Running", exact=True)).to_be_visible()
    letters = list(mailbox.await_letters(PICKED))
    assert len({address_of(letter) for letter in letters}) == PICKED
    assert {letter["List-Unsubscribe-Post"] for letter in letters} == {"List-Unsubscribe=One-Click"}

    reader = open_window(new_installation).new_page()
    leaver = address_of(letters[0])
    reader.goto(re.search(r"<(http[^>]+)>", letters[0]["List-Unsubscribe"]).group(1))
    expect(reader.get_by_role("heading", name="Unsubscribe")).to_be_visible()
    page.goto(f"/contacts?q={leaver}")
    page.locator("[data-contact-id] a").click()
    expect(page.get_by_text("May be emailed")).to_be_visible()
    reader.get_by_role("button", name="Unsubscribe").click()
    expect(reader.get_by_role("heading", name="You are unsubscribed")).to_be_visible()
    page.reload()
    expect(page.get_by_text("Wants no mail")).to_be_visible()

    new_installation.run("tick", "--at", (datetime.now(UTC) + LATER).isoformat())
    seconds = mailbox.letters[PICKED:]
    assert {address_of(letter) for letter in seconds} == {address_of(letter) for letter in letters} - {leaver}


def test_the_same_in_persian(open_window, new_installation, set_up_link, mailbox):
    page = open_window(new_installation).new_page()
    page.goto(set_up_link)
    press(page, "/language")
    expect(page.locator("html[lang=fa][dir=rtl]")).to_be_attached()

    set_up(page, set_up_link, workspace="توسکا")
    expect(page.locator("html[lang=fa][dir=rtl]")).to_be_attached()
    sign_out(page)
    sign_in(page)
    page.wait_for_url("**/contacts*")
    say_who_writes(page)
    import_file(page, "google-contacts.csv")
    expect(page.locator("main")).to_contain_text("۲۴")
    page.locator("a[href*='/contacts?import=']").click()
    expect(page.locator("#contact-count")).to_have_text("۲۴")

    page.goto("/contacts")
    page.locator("#filter-tags-button").click()
    for tag, mode in PICKS:
        pick(page, tag, mode)
    expect(page.locator("#contact-count")).to_have_text("۸")

    campaign = make_campaign(page, "آشنایی با ما", PICKS)
    page.goto(f"{campaign}/sequence")
    today = JalaliDate(datetime.now(UTC).date())
    expect(page.locator(".cal-nav b")).to_have_text(today.strftime("%B %Y", locale="fa"))
    page.goto(f"{campaign}/review")
    expect(page.locator("#review-people")).to_have_text("۸")
    start_campaign(page, campaign)
    letters = list(mailbox.await_letters(PICKED))

    reader = open_window(new_installation).new_page()
    leaver = address_of(letters[0])
    reader.goto(re.search(r"<(http[^>]+)>", letters[0]["List-Unsubscribe"]).group(1))
    expect(reader.locator("html[lang=fa][dir=rtl]")).to_be_attached()
    reader.locator(".card button[type=submit]").click()
    page.goto(f"/contacts?q={leaver}")
    page.locator("[data-contact-id] a").click()
    expect(page.locator(".hello")).to_contain_text("ایمیل نمی‌خواهد")


def test_the_same_without_script(open_window, new_installation, set_up_link, mailbox):
    page = open_window(new_installation, java_script_enabled=False).new_page()

    set_up(page, set_up_link, workspace="Alder & Co")
    sign_out(page)
    sign_in(page)
    page.wait_for_url("**/contacts*")
    say_who_writes(page)
    import_file(page, "google-contacts.csv")

    page.goto("/contacts")
    page.locator("#filter-tags-button").click()
    page.locator("#tag-picker a").click()
    for tag, mode in PICKS:
        pick(page, tag, mode)
    page.locator("#tag-picker button[type=submit]").click()
    expect(page).to_have_url(re.compile(re.escape(FILTERED)))
    expect(page.locator("#contact-count")).to_have_attribute("data-count", str(PICKED))

    campaign = make_campaign(page, "Getting to know us", PICKS)
    start_campaign(page, campaign)
    letters = list(mailbox.await_letters(PICKED))

    reader = open_window(new_installation, java_script_enabled=False).new_page()
    leaver = address_of(letters[0])
    reader.goto(re.search(r"<(http[^>]+)>", letters[0]["List-Unsubscribe"]).group(1))
    reader.get_by_role("button", name="Unsubscribe").click()
    expect(reader.get_by_role("heading", name="You are unsubscribed")).to_be_visible()
    page.goto(f"/contacts?q={leaver}")
    page.locator("[data-contact-id] a").click()
    expect(page.get_by_text("Wants no mail")).to_be_visible()
