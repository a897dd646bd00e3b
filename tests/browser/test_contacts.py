"""Finding, adding, changing and tagging people, in the shared office."""

import re

from playwright.sync_api import expect

from tests.browser.steps import EMAIL, press
from tests.factories.accounts import PASSWORD


def count_of(page):
    return page.locator("#contact-count")


def test_a_contact_is_found_while_typing_and_back_leads_to_the_list(at_work, open_window, office):
    page = at_work
    page.goto("/contacts")
    everybody = count_of(page).get_attribute("data-count")

    page.locator("#contact-q").press_sequentially("person.4", delay=20)
    expect(count_of(page)).not_to_have_attribute("data-count", everybody)
    expect(page).to_have_url(re.compile(r"/contacts\?q=person\.4$"))
    found = count_of(page).get_attribute("data-count")
    names = page.locator("[data-contact-id] .c-who a").all_text_contents()
    assert 0 < len(names) == int(found)

    page.locator("[data-contact-id] .c-who a").first.click()
    expect(page.locator(".hello h1")).to_have_text(names[0])
    page.go_back()
    expect(page.locator("[data-contact-id] .c-who a")).to_have_text(names)
    expect(page.locator("#contact-q")).to_have_value("person.4")
    page.reload()
    expect(page.locator("[data-contact-id] .c-who a")).to_have_text(names)
    other = open_window(office.installation, storage_state=office.cookies["en"]).new_page()
    other.goto(page.url)
    expect(other.locator("[data-contact-id] .c-who a")).to_have_text(names)


def test_a_refused_form_keeps_what_was_typed_and_a_mended_one_makes_the_contact(at_work):
    page = at_work
    page.goto("/contacts/new")

    page.get_by_label("Name", exact=True).fill("Greta Grün")
    page.get_by_label("Email").fill("greta at example")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_label("Email")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("Email")).to_be_focused()
    expect(page.get_by_label("Name", exact=True)).to_have_value("Greta Grün")
    page.get_by_label("Email").fill("greta@example.com")
    page.get_by_role("button", name="Save").click()

    expect(page.locator(".hello h1")).to_have_text("Greta Grün")


def test_a_contact_is_edited_archived_and_brought_back_by_undo(at_work):
    page = at_work
    page.goto("/contacts/new")
    page.get_by_label("Name", exact=True).fill("Hugo Hall")
    page.get_by_role("button", name="Save").click()

    page.get_by_role("link", name="Edit").click()
    page.get_by_label("Job title").fill("Gardener")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".hello")).to_contain_text("Gardener")
    press(page, "/archive")
    expect(page.get_by_text("Archived on")).to_be_visible()
    page.locator("#toasts [data-undo]").click()

    expect(page.get_by_text("Archived on")).to_have_count(0)
    expect(page.locator(".hello h1")).to_have_text("Hugo Hall")


def test_everyone_who_matches_gets_a_tag_and_loses_it_by_undo(at_work):
    page = at_work
    page.goto("/contacts?all=letters")
    everybody = count_of(page).get_attribute("data-count")
    assert int(everybody) > len(page.locator("[data-contact-id]").all())

    page.locator("[data-select-page]").check()
    page.locator("[data-select-all]").click()
    page.locator("#bulk-tag-button").click()
    page.locator("#bulk-tag").fill("spring fair")
    page.get_by_role("button", name="Add tag").click()
    expect(page.locator("#toasts [data-undo]")).to_be_visible()
    tagged = page.context.new_page()
    tagged.goto("/contacts?all=spring-fair")
    expect(count_of(tagged)).to_have_attribute("data-count", everybody)
    page.locator("#toasts [data-undo]").click()
    expect(page.locator("#toasts [data-undo]")).to_have_count(0)
    tagged.reload()

    expect(count_of(tagged)).to_have_attribute("data-count", "0")


def test_signing_in_again_keeps_what_was_typed(at_work):
    page = at_work
    page.goto("/contacts?q=person.7")
    page.locator("[data-contact-id] .c-who a").first.click()
    page.locator("#composer textarea").fill("Wants to hear from us after the fair.")
    page.context.clear_cookies()

    page.locator("#composer button[type=submit]").click()
    dialog = page.locator("dialog#session")
    dialog.get_by_label("Email").fill(EMAIL)
    dialog.get_by_label("Password").fill(PASSWORD)
    dialog.get_by_role("button", name="Sign in").click()
    expect(dialog).to_be_hidden()
    expect(page.locator("#composer textarea")).to_have_value("Wants to hear from us after the fair.")
    page.locator("#composer button[type=submit]").click()

    expect(page.locator(".timeline")).to_contain_text("Wants to hear from us after the fair.")
