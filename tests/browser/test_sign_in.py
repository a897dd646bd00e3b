"""Coming in, with a real browser."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.steps import EMAIL, sign_in
from tests.factories.accounts import PASSWORD


def test_a_password_opens_the_door_and_a_wrong_one_is_told_in_place(page, installation):
    page.goto("/settings/profile")

    page.get_by_label("Email").fill(EMAIL)
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("do not belong together")).to_be_visible()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()

    expect(page).to_have_url(f"{installation.url}/settings/profile")


def test_one_signs_in_and_turns_to_persian_without_script(new_context):
    page = new_context(java_script_enabled=False).new_page()

    sign_in(page)
    page.goto("/settings/profile")
    page.locator("select[name=locale]").select_option("fa")
    page.locator("main form[action='/settings/profile'] button[type=submit]").click()

    expect(page.locator("html")).to_have_attribute("dir", "rtl")


def test_the_page_breaks_no_policy_and_no_rule_of_access(page):
    complaints = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))

    page.goto("/sign-in")
    found = Axe().run(page)

    assert complaints == []
    assert found.violations_count == 0, found.generate_report()
