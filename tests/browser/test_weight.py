"""What a first visit to the contact list costs."""

import pytest

MOST_BYTES = 200 * 1024
MOST_REQUESTS = 12


@pytest.mark.parametrize("locale", ["en", "fa"])
def test_a_cold_contact_list_is_light(open_window, office, locale):
    page = open_window(office.installation, storage_state=office.cookies[locale]).new_page()
    wire = page.context.new_cdp_session(page)
    asked, loaded = [], []
    wire.on("Network.requestWillBeSent", lambda told: asked.append(told["request"]["url"]))
    wire.on("Network.loadingFinished", lambda told: loaded.append(told["encodedDataLength"]))
    wire.send("Network.enable")

    page.goto("/contacts", wait_until="networkidle")

    requests = [url for url in asked if not url.startswith("data:")]
    assert page.locator("[data-contact-id]").count() == 50
    assert sum(loaded) <= MOST_BYTES, f"{sum(loaded):,} bytes"
    assert len(requests) <= MOST_REQUESTS, requests
