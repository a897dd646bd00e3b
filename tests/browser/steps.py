"""Steps of the journeys, the same in both languages and with script or without: they go by names and places, not words."""

from pathlib import Path

from tests.factories.accounts import PASSWORD

EMAIL = "olivia@example.com"
SAMPLES = Path(__file__).parents[1] / "transfer" / "samples"


def sign_in(page, email=EMAIL, password=PASSWORD):
    page.goto("/sign-in")
    page.locator("input[name=email]").fill(email)
    page.locator("input[name=password]").fill(password)
    page.locator("#sign-in button[type=submit]").click()


def sign_out(page):
    page.locator("#me-menu-button").click()
    page.locator("#me-menu form[action='/sign-out'] button").click()
    page.wait_for_url("**/sign-in*")


def press(page, action):
    """Press the button of the form that posts to an address with this end."""
    page.locator(f"main form[action$='{action}'] button[type=submit]").first.click()


def set_up(page, link, *, workspace):
    """The first visit of a new installation, as far as the empty contact list."""
    page.goto(link)
    page.locator("input[name=name]").fill("Olivia Owens")
    page.locator("input[name=email]").fill(EMAIL)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("input[name=workspace]").fill(workspace)
    page.locator(".card button[type=submit]").click()
    page.wait_for_url("**/contacts*")


def say_who_writes(page):
    page.goto("/settings/general")
    page.locator("input[name=sender_email]").fill("team@alder.example")
    page.locator("textarea[name=postal_address]").fill("Alder & Co, 12 Hill Street")
    press(page, "/settings/general")
    page.locator("#toasts [data-toast]").wait_for()


def import_file(page, name):
    """Upload, match, check and start; ends where the outcome is told."""
    page.goto("/imports/new")
    page.locator("input[name=file]").set_input_files(SAMPLES / name)
    press(page, "/imports/new")
    page.locator("button[name=then][value=check]").click()
    page.locator("form[action$='/start'] button").click(timeout=20_000)
    page.locator("a[href*='/contacts?import=']").wait_for(timeout=20_000)


def pick(scope, tag, mode):
    """In a tag picker: all of, any of or none of."""
    row = scope.locator(".tagpick li").filter(has=scope.locator(f"bdi:text-is('{tag}')"))
    row.locator(f"label.{mode}").click()


def make_campaign(page, name, picks):
    """A draft from the first preset, for the people of these picks, that may send at any hour."""
    page.goto("/campaigns/new")
    page.locator("input[name=name]").fill(name)
    page.locator("input[name=preset]").first.check()
    press(page, "/campaigns/new")
    page.wait_for_url("**/sequence*")
    campaign = page.url.rpartition("/")[0]

    page.goto(f"{campaign}/audience")
    for tag, mode in picks:
        pick(page, tag, mode)
    press(page, "/audience")
    page.locator("#audience-count").wait_for()

    page.goto(f"{campaign}/settings")
    for day in page.locator("input[name=days]").all():
        day.check()
    page.locator("input[name=opens]").fill("00:00")
    page.locator("input[name=closes]").fill("24:00")
    press(page, "/settings")
    page.locator("#toasts [data-toast]").wait_for()
    return campaign


def start_campaign(page, campaign):
    page.goto(f"{campaign}/review")
    page.locator("input[name=sure]").check()
    press(page, "/start")
    page.wait_for_url("**/report")
