"""The OpenAPI document says what is there: every route, every answer."""

import re

import pytest

from crm.api.openapi import document_of
from tests.factories.contacts import make_contact

TYPES = {
    str: "string",
    int: "integer",
    bool: "boolean",
    type(None): "null",
    list: "array",
    dict: "object",
    float: "number",
}


@pytest.fixture
def document(app):
    return document_of(app)


def test_it_is_public(program, app):
    answer = program().get("/openapi.json")

    assert answer.status_code == 200
    assert answer.json == document_of(app)
    assert answer.json["openapi"] == "3.1.0"


def test_every_route_stands_in_it_and_nothing_else(app, document):
    there = {
        (re.sub(r"<(?:[^:>]*:)?(\w+)>", r"{\1}", rule.rule), method.lower())
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/")
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }

    assert {
        (path, method)
        for path, methods in document["paths"].items()
        for method in methods
        if method != "parameters"
    } == there


def test_every_reference_leads_somewhere(document):
    for reference in _references(document):
        target = document
        for step in reference.removeprefix("#/").split("/"):
            target = target[step]
        assert target


def test_every_operation_is_complete(document):
    operations = [
        (f"{method} {path}", each)
        for path, found in document["paths"].items()
        for method, each in found.items()
        if method != "parameters"
    ]

    assert len({each["operationId"] for _, each in operations}) == len(operations)
    for name, each in operations:
        assert each["summary"], name
        assert "security" in each, name
        assert {status[0] for status in each["responses"]} >= {"2", "4", "5"}, name
        named = {parameter["name"] for parameter in each.get("parameters", []) if parameter["in"] == "path"}
        of_path = {
            parameter["name"] for parameter in document["paths"][name.split()[1]].get("parameters", [])
        }
        assert named | of_path == set(re.findall(r"{(\w+)}", name)), name


def test_every_schema_is_a_json_schema(document):
    for name, schema in document["components"]["schemas"].items():
        _check_schema(schema, name)


def test_answers_are_as_the_document_says(program, cast, document):
    contact = make_contact(tags=["Customer"])
    mine = program(cast.olivia)
    asked = [
        ("/contacts/{contact_id}", f"/contacts/{contact.id}"),
        ("/contacts", "/contacts"),
        ("/tags", "/tags"),
        ("/activities", f"/activities?contact={contact.id}"),
        ("/tags/{slug}", "/tags/customer"),
    ]

    for path, address in asked:
        described = document["paths"][f"/api/v1{path}"]["get"]["responses"]["200"]["content"][
            "application/json"
        ]["schema"]
        _check_value(mine.get(address).json, described, document, path)
    problem = mine.post("/tags", {"hue": "x"}).json
    _check_value(problem, {"$ref": "#/components/schemas/Problem"}, document, "problem")


def _references(part):
    if isinstance(part, dict):
        for key, value in part.items():
            if key == "$ref":
                yield value
            else:
                yield from _references(value)
    elif isinstance(part, list):
        for value in part:
            yield from _references(value)


def _check_schema(schema, path):
    assert isinstance(schema, dict | bool), path
    if isinstance(schema, bool) or "$ref" in schema:
        return
    kinds = schema.get("type", [])
    assert set([kinds] if isinstance(kinds, str) else kinds) <= set(TYPES.values()), path
    assert set(schema.get("required", [])) <= set(schema.get("properties", {})) | {"operator"}, path
    for key, inner in schema.get("properties", {}).items():
        _check_schema(inner, f"{path}.{key}")
    for key in ("items", "additionalProperties"):
        if key in schema:
            _check_schema(schema[key], f"{path}.{key}")


def _check_value(value, schema, document, path):
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    kinds = schema.get("type", [])
    assert TYPES[type(value)] in ([kinds] if isinstance(kinds, str) else kinds), (
        f"{path}: {value!r} is no {kinds}"
    )
    if isinstance(value, dict) and "properties" in schema:
        assert set(schema.get("required", [])) <= set(value) <= set(schema["properties"]), path
        for key, inner in value.items():
            _check_value(inner, schema["properties"][key], document, f"{path}.{key}")
    if isinstance(value, list):
        for inner in value:
            _check_value(inner, schema["items"], document, f"{path}[]")
