"""Addresses: guarded, well-formed, and listed."""

import re

import pytest

from crm.core.permissions import Permission, Reach, role_names, role_reach
from crm.web.access import access_of
from tests.factories.accounts import make_user
from tests.support.routes import LIST, route_lines

TYPES = {"int", "string", "uuid", "path", "any"}
UNTYPED = {"token", "slug", "name", "key", "filename", "message"}
"""What may be plain text in an address: things that are named by text."""


def test_the_stored_list_of_routes_is_up_to_date(app):
    stored = LIST.read_text(encoding="utf-8").splitlines()

    assert route_lines(app) == stored, "write it anew: python -m tests.support.routes, and read its diff"


def test_addresses_are_kebab_case_and_typed(app):
    odd = [rule.rule for rule in app.url_map.iter_rules() if not _is_well_formed(rule.rule)]

    assert odd == []


def test_no_address_is_taken_twice(app):
    taken = [
        (rule.rule, method)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"OPTIONS"}
    ]

    assert len(taken) == len(set(taken))


def test_every_public_route_says_why(app):
    silent = [
        rule.endpoint
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if access_of(app, rule.endpoint, method) is None and not _reason(app, rule.endpoint, method)
    ]

    assert silent == []


@pytest.mark.parametrize("role", ["admin", "manager", "marketing", "sales", "support", "viewer"])
def test_each_role_gets_through_exactly_the_doors_of_the_table(app, client, role):
    client.sign_in(make_user(role))
    doors = [rule for rule in app.url_map.iter_rules() if _is_plain_page(rule)]

    answers = {rule.rule: client.get(rule.rule).status_code for rule in doors}

    refused = {rule for rule, status in answers.items() if status == 403}
    assert refused == {rule.rule for rule in doors if not _may(app, role, rule.endpoint)}
    assert {status for status in answers.values() if status != 403} <= {200, 303, 404}


def test_the_roles_of_the_tests_are_all_there_are(app):
    assert set(role_names()) == {"admin", "manager", "marketing", "sales", "support", "viewer"}


def _is_plain_page(rule):
    return not rule.arguments and "GET" in (rule.methods or ()) and not rule.rule.startswith("/api/")


def _may(app, role, endpoint):
    access = access_of(app, endpoint, "GET")
    return not isinstance(access, Permission) or role_reach(role, access) > Reach.NONE


def _reason(app, endpoint, method):
    view = app.view_functions[endpoint]
    view_class = getattr(view, "view_class", None)
    return getattr(getattr(view_class, method.lower(), view) if view_class else view, "public_reason", None)


def _is_well_formed(address):
    for part in address.strip("/").split("/"):
        variables = re.findall(r"<(?:(\w+)(?:\([^)]*\))?:)?(\w+)>", part)
        if any(kind not in TYPES and name not in UNTYPED for kind, name in variables):
            return False
        plain = re.sub(r"<[^>]*>", "", part)
        if not re.fullmatch(r"[a-z0-9]*(?:[-.][a-z0-9]+)*\.?", plain):
            return False
    return True
