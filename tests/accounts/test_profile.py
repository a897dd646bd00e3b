"""Oneself: name, language, calendar, appearance."""

import pytest

from crm.accounts import queries


@pytest.fixture
def sara(client, cast):
    return client.sign_in(cast.sara)


def save(client, **fields):
    return client.page("/settings/profile").form_to("/settings/profile").submit(**fields)


def test_changes_are_saved_and_told(sara, cast):
    response = save(sara, name="Sara S.", timezone="Asia/Tehran")

    user = queries.get_user(cast.sara.id)
    assert (response.status_code, response.location) == (303, "/settings/profile")
    assert (user.name, user.timezone) == ("Sara S.", "Asia/Tehran")
    assert sara.page("/settings/profile").toasts == ["Profile saved"]


def test_persian_turns_the_whole_page_round(sara):
    save(sara, locale="fa")

    page = sara.page("/settings/profile")

    assert (page.one("html")["lang"], page.one("html")["dir"]) == ("fa", "rtl")


def test_the_dark_theme_is_written_by_the_server(sara):
    save(sara, theme="dark", density="compact")

    html = sara.page("/settings/profile").one("html")

    assert (html["data-theme"], html["data-density"]) == ("dark", "compact")


def test_an_empty_name_is_refused_and_the_rest_stays(sara, cast):
    page = sara.read(save(sara, name="", timezone="Asia/Tehran"))

    assert page.status == 422
    assert page.one("#name-error").text == "Fill in a name."
    assert page.one("select[name=timezone] option[selected]")["value"] == "Asia/Tehran"
    assert queries.get_user(cast.sara.id).name == "Sara Sorensen"


@pytest.mark.parametrize(
    ("field", "value"),
    [("locale", "xx"), ("timezone", "Mars/Base"), ("calendar", "mayan"), ("theme", "pink")],
)
def test_what_is_not_offered_is_refused(sara, cast, field, value):
    page = sara.read(save(sara, **{field: value}))

    assert page.status == 422
    assert getattr(queries.get_user(cast.sara.id), field) != value


def test_nothing_but_the_fields_of_the_form_can_be_set(sara, cast):
    data = {
        "name": "Sara",
        "locale": "en",
        "timezone": "UTC",
        "calendar": "auto",
        "theme": "system",
        "density": "comfortable",
    }

    sara.post(
        "/settings/profile", data=data | {"is_active": "", "email": "evil@example.com", "roles": "admin"}
    )

    user = queries.get_user(cast.sara.id)
    assert (user.name, user.email, user.roles) == ("Sara", "sara@example.com", ["sales"])


def test_the_settings_lead_to_the_profile(sara):
    assert sara.get("/settings").location == "/settings/profile"
