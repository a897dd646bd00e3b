"""Coming in, with a real browser."""

import re

from playwright.sync_api import expect

from tests.browser.steps import EMAIL, sign_in
from tests.factories.accounts import PASSWORD


def test_a_password_opens_the_door_and_a_wrong_one_is_told_in_place(visitor):
    page = visitor
    page.goto("/settings/profile")

    page.get_by_label("Email").fill(EMAIL)
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("do not belong together")).to_be_visible()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()

    expect(page).to_have_url(re.compile("/settings/profile$"))


def test_one_signs_in_and_turns_to_persian_without_script(new_context):
    page = new_context(java_script_enabled=False).new_page()

    sign_in(page)
    page.goto("/settings/profile")
    page.locator("select[name=locale]").select_option("fa")
    page.locator("main form[action='/settings/profile'] button[type=submit]").click()

    expect(page.locator("html")).to_have_attribute("dir", "rtl")
