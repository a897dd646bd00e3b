"""Permissions: each is asked for somewhere, each is given to someone, and more roles never mean less."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.core.permissions import all_permissions, role_names, role_reach, widest_reach
from crm.roles import install_roles
from tests.support.source import python_files, templates, text_of

ROLES = ("admin", "manager", "marketing", "sales", "support", "viewer")


@pytest.fixture(autouse=True)
def roles():
    install_roles()


def test_each_permission_is_asked_for_somewhere():
    asked = "\n".join(text_of(path) for path in [*python_files("crm"), *templates()] if not _declares(path))

    idle = [
        member
        for member in all_permissions()
        if not re.search(rf"\b{type(member).__name__}\.{member.name}\b", asked)
    ]

    assert idle == []


def test_each_permission_that_is_asked_for_is_in_the_table():
    kinds = {type(member).__name__ for member in all_permissions()}
    known = {f"{type(member).__name__}.{member.name}" for member in all_permissions()}
    pattern = re.compile(rf"\b(?:{'|'.join(sorted(kinds))})\.[A-Z_]+\b")

    asked = {name for path in python_files("crm") for name in pattern.findall(text_of(path))}

    assert asked <= known


def test_names_read_resource_and_action():
    odd = [member.value for member in all_permissions() if not re.fullmatch(r"[a-z_]+:[a-z_]+", member.value)]

    assert odd == []


def test_each_permission_says_what_it_is_about():
    assert [member.value for member in all_permissions() if not member.about] == []


def test_the_admin_may_do_everything():
    assert [member.value for member in all_permissions() if not role_reach("admin", member)] == []


@given(st.lists(st.sampled_from(ROLES), unique=True), st.sampled_from(ROLES))
def test_one_more_role_never_takes_a_right_away(held, one_more):
    install_roles()

    narrower = [
        member
        for member in all_permissions()
        if widest_reach([*held, one_more], member) < widest_reach(held, member)
    ]

    assert narrower == []


def test_the_roles_of_the_tests_are_those_of_the_product():
    assert tuple(role_names()) == ROLES


def _declares(path):
    return path.stem == "permissions" or path.name == "roles.py"
