"""Everything without a mouse."""

import re

from playwright.sync_api import expect


def test_the_palette_finds_a_contact_by_keys_alone(at_work):
    page = at_work
    page.goto("/tags")

    page.keyboard.press("Control+k")
    expect(page.locator("#palette-q")).to_be_focused()
    page.keyboard.type("person.6@")
    expect(page.locator("#palette-results a")).not_to_have_count(0)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile(r"/contacts/\d+$"))
    expect(page.locator(".hello h1")).to_have_text("Olga Petrova")


def test_the_list_is_walked_by_keys_and_left_by_keys(at_work):
    page = at_work
    page.goto("/tags")
    page.keyboard.press("g")
    page.keyboard.press("c")
    expect(page).to_have_url(re.compile("/contacts$"))
    first, second = page.locator("[data-contact-id] .c-who a").all()[:2]

    page.keyboard.press("j")
    expect(first).to_be_focused()
    page.keyboard.press("j")
    expect(second).to_be_focused()
    page.keyboard.press("x")
    expect(page.locator("[data-select-row]:checked")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator("[data-select-row]:checked")).to_have_count(0)
    page.keyboard.press("k")
    expect(first).to_be_focused()
    page.keyboard.press("/")
    expect(page.locator("#contact-q")).to_be_focused()
    page.keyboard.type("n")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.keyboard.press("n")

    expect(page).to_have_url(re.compile("/contacts/new$"))
