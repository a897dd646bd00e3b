"""Whatever is sent, and wherever: an answer below 500, and what is kept is kept as it came."""

import pytest

from crm.api.openapi import document_of
from tests.factories.contacts import make_contact, make_tag
from tests.factories.sequences import make_sequence

STRINGS = [
    "",
    "\u202e😀\u200cك\ufeff",
    "'; {{7*7}} {% raw %} =1+1 %00",
    "x" * 100_000,
    "9999-12-31T23:59:59-12:00",
]
VALUES = [None, 2**63, [[]], {"a": {"b": []}}]
NUMBERS = ["-1", "2147483648", "99999999999999999999", "1e9"]


@pytest.mark.parametrize("value", [*STRINGS, *VALUES], ids=range(len(STRINGS) + len(VALUES)))
def test_no_field_of_any_body_breaks_the_app(app, program, cast, value):
    mine = program(cast.olivia)
    places = {
        "contact_id": make_contact(email="known@example.com").id,
        "campaign_id": make_sequence(0).id,
        "slug": make_tag("Known").slug,
    }
    sent = 0

    for path, method, schema in _bodies(document_of(app)):
        address = path.removeprefix("/api/v1").format(**places)
        needed = {name: _example(schema["properties"][name], places) for name in schema.get("required", [])}
        for name in schema["properties"]:
            answer = mine.send(method, address, json={**needed, name: value})
            sent += 1
            assert answer.status_code < 500, (method, path, name)

    assert sent > 40


@pytest.mark.parametrize("value", [*STRINGS[:3], *NUMBERS])
def test_no_parameter_of_any_query_breaks_the_app(app, program, cast, value):
    mine = program(cast.olivia)
    places = {
        "contact_id": 1,
        "campaign_id": make_sequence(0).id,
        "slug": "known",
        "message_id": 1,
        "enrolment_id": 1,
    }

    for path, found in document_of(app)["paths"].items():
        for parameter in found.get("get", {}).get("parameters", []):
            if parameter["in"] == "query":
                address = path.removeprefix("/api/v1").format(**places)
                assert mine.get(address, query_string={parameter["name"]: value}).status_code < 500, (
                    path,
                    parameter["name"],
                )


@pytest.mark.parametrize(
    "value", ["😀", "سارا \u200c کاظمی", "<b>bold</b>", "'; --", "{{7*7}}", "=1+1", "Zoë O'Brien \\ /"]
)
def test_a_name_is_kept_as_it_came(program, cast, value):
    mine = program(cast.olivia)

    made = mine.post("/contacts", {"name": value}).json

    assert mine.get(f"/contacts/{made['id']}").json["name"] == value


def _bodies(document):
    for path, found in document["paths"].items():
        for method in ("post", "patch"):
            body = found.get(method, {}).get("requestBody")
            if body:
                schema = body["content"]["application/json"]["schema"]
                schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
                if "properties" in schema:
                    yield path, method.upper(), schema


def _example(schema, places):
    if "examples" in schema:
        example = schema["examples"][0]
        return places["contact_id"] if schema.get("type") == "integer" else example
    if "enum" in schema:
        return schema["enum"][0]
    return {"integer": 1, "array": [], "object": {"all": []}}.get(schema.get("type"), "x")
