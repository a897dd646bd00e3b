"""Every main page can be used by everyone: no serious finding of axe, and nothing to push sideways on a phone."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.steps import press

PHONES = (390, 320)
SERIOUS = {"serious", "critical"}
EVERYTHING = {"resultTypes": ["violations"]}
CONTRAST = {"runOnly": ["color-contrast"], **EVERYTHING}
CALM = "Promise.all(document.getAnimations().map((each) => each.finished)).then(() => null)"


def findings(page, options):
    page.evaluate(CALM)
    found = Axe().run(page, options=options).response["violations"]
    return [
        f"{page.url}: {each['id']} at {[node['target'] for node in each['nodes']][:3]}"
        for each in found
        if each["impact"] in SERIOUS
    ]


def faults(page, *addresses):
    """What is wrong with pages: in the light, in the dark, and on a phone."""
    found = []
    for address in addresses:
        page.set_viewport_size({"width": 1440, "height": 900})
        page.emulate_media(color_scheme="light", reduced_motion="reduce")
        page.goto(address)
        found += findings(page, EVERYTHING)
        page.emulate_media(color_scheme="dark", reduced_motion="reduce")
        found += [f"in the dark, {each}" for each in findings(page, CONTRAST)]
        found += [each for width in PHONES for each in overflow(page, width)]
    return found


def overflow(page, width):
    page.set_viewport_size({"width": width, "height": 800})
    over = page.evaluate("document.documentElement.scrollWidth") - width
    return [f"{page.url} is {over} px too wide at {width}"] if over > 0 else []


@pytest.fixture(params=["en", "fa"])
def locale(request):
    return request.param


@pytest.fixture
def page(open_window, office, locale):
    return open_window(office.installation, storage_state=office.cookies[locale]).new_page()


def test_pages_of_people(page):
    assert faults(page, "/contacts?any=vip&none=customer", "/contacts/1", "/contacts/new", "/tags") == []


def test_pages_of_outreach(page):
    campaign = "/campaigns/1"

    assert faults(page, f"{campaign}/sequence", f"{campaign}/report", f"{campaign}/settings", "/outbox") == []


def test_pages_of_an_import(page, office):
    page.goto("/imports/new")
    page.locator("input[name=file]").set_input_files(office.installation.folder / "people.csv")
    press(page, "/imports/new")
    page.wait_for_url("**/match")

    assert faults(page, "/imports/1", page.url) == []


def test_pages_of_settings(page):
    assert faults(page, "/settings/profile", "/settings/roles", "/settings/status") == []


def test_the_door(visitor, office, locale):
    visitor.context.add_cookies([{"name": "peyvand_locale", "value": locale, "url": office.installation.url}])

    assert faults(visitor, "/sign-in") == []
