"""Every main page can be used by everyone: no serious finding of axe, and nothing to push sideways on a phone."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.steps import SAMPLES

PHONES = (390, 320)
SERIOUS = {"serious", "critical"}
CONTRAST = {"runOnly": ["color-contrast"]}


def findings(page, options=None):
    found = Axe().run(page, options=options).response["violations"]
    return [
        f"{each['id']}: {[node['target'] for node in each['nodes']][:3]}"
        for each in found
        if each["impact"] in SERIOUS
    ]


def faults(page, address):
    """What is wrong with a page, in the light, in the dark, and on a phone."""
    page.set_viewport_size({"width": 1440, "height": 900})
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    page.goto(address)
    found = [f"{page.url}: {each}" for each in findings(page)]
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    found += [f"{page.url} in the dark: {each}" for each in findings(page, CONTRAST)]
    for width in PHONES:
        page.set_viewport_size({"width": width, "height": 800})
        over = page.evaluate("document.documentElement.scrollWidth") - width
        found += [f"{page.url} is {over} px too wide at {width}"] if over > 0 else []
    return found


@pytest.fixture(params=["en", "fa"])
def locale(request):
    return request.param


@pytest.fixture
def page(open_window, office, locale):
    return open_window(office.installation, storage_state=office.cookies[locale]).new_page()


def test_pages_of_people(page, office):
    pages = [
        "/contacts",
        "/contacts?all=letters&none=vip",
        "/contacts/1",
        "/contacts/new",
        "/tags",
        "/tags/new",
    ]

    assert [fault for address in pages for fault in faults(page, address)] == []


def test_pages_of_outreach(page, office):
    pages = [
        "/campaigns",
        "/campaigns/new",
        "/campaigns/1/sequence",
        "/campaigns/1/report",
        "/outbox",
        "/outbox/1",
    ]

    assert [fault for address in pages for fault in faults(page, address)] == []


def test_pages_of_a_campaign(page, office):
    pages = ["/campaigns/1/audience", "/campaigns/1/settings", "/campaigns/1/people"]

    assert [fault for address in pages for fault in faults(page, address)] == []


def test_pages_of_an_import(page, office):
    page.goto("/imports/new")
    page.locator("input[name=file]").set_input_files(SAMPLES / "outlook.csv")
    page.locator("main form[action$='/imports/new'] button[type=submit]").click()
    page.wait_for_url("**/match")
    pages = ["/imports", "/imports/new", "/imports/1", page.url]

    assert [fault for address in pages for fault in faults(page, address)] == []


def test_pages_of_settings(page, office):
    pages = [
        "/settings/profile",
        "/settings/general",
        "/settings/people",
        "/settings/roles",
        "/settings/status",
    ]

    assert [fault for address in pages for fault in faults(page, address)] == []


def test_the_door(open_window, office, locale):
    page = open_window(office.installation).new_page()
    page.context.add_cookies([{"name": "peyvand_locale", "value": locale, "url": office.installation.url}])

    assert faults(page, "/sign-in") == []
