"""The habits of the source that a machine can see."""

import ast
import re

import pytest

from tests.support.source import (
    ROOT,
    functions,
    length_of,
    line_count,
    lines_matching,
    named,
    python_files,
    templates,
    tree_of,
)

CODE = python_files("crm")
TESTS = python_files("tests")
COMMITS = {"crm/core/db.py"}
CLOCK = {"crm/core/clock.py"}
HOMES_OF_ORPHANS = {"utils", "helpers", "common", "misc", "manager", "handler", "data", "info", "base"}


def test_modules_have_at_most_300_lines():
    files = CODE + python_files("tests/support", "tools")

    assert {named(path): line_count(path) for path in files if line_count(path) > 300} == {}


def test_functions_have_at_most_40_lines():
    long = {
        f"{named(path)}: {function.name}": length_of(function)
        for path in CODE
        for function in functions(path)
        if length_of(function) > 40
    }

    assert long == {}


def test_templates_and_the_conftest_have_at_most_150_lines():
    files = [*templates(), ROOT / "tests" / "conftest.py"]

    assert {named(path): line_count(path) for path in files if line_count(path) > 150} == {}


def test_every_module_says_its_purpose():
    silent = [named(path) for path in CODE if path.stat().st_size and not ast.get_docstring(tree_of(path))]

    assert silent == []


def test_modules_are_named_for_what_they_hold():
    orphans = [named(path) for path in CODE if HOMES_OF_ORPHANS & {path.stem, path.parent.name}]

    assert orphans == []


def test_there_is_one_place_that_commits():
    found = lines_matching(r"\.commit\(", [path for path in CODE if named(path) not in COMMITS])

    assert found == []


def test_only_the_clock_asks_for_the_time():
    asking = r"datetime\.(now|utcnow|today)\(|date\.today\(|\btime\.time\("

    assert lines_matching(asking, [path for path in CODE if named(path) not in CLOCK]) == []


def test_domain_modules_do_not_know_who_asks():
    drawers = {"models", "queries", "service", "logic", "events", "jobs"}
    domain = [path for path in CODE if {path.stem, path.parent.name} & drawers and "core" not in path.parts]

    assert lines_matching(r"\bcurrent_user\b|\brequest\.(args|form|files|headers)\b", domain) == []


def test_views_and_forms_build_no_statement():
    outside = [path for path in CODE if {path.stem, path.parent.name} & {"views", "forms"}]

    assert lines_matching(r"\bselect\(|\.query\b|\bsession\.(execute|scalars?|add|flush)\(", outside) == []


def test_nothing_is_swallowed():
    allowed = {"crm/core/jobs.py", "crm/core/worker.py"}
    found = [
        f"{named(path)}:{node.lineno}"
        for path in CODE
        if named(path) not in allowed
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.ExceptHandler) and _catches_all(node) and not _raises(node)
    ]

    assert found == []


def test_no_test_is_left_out_quietly():
    assert (
        lines_matching(
            r"@?pytest\.mark\.(skip|xfail)|\bassert True\b",
            [path for path in TESTS if path.name != "test_source.py"],
        )
        == []
    )


@pytest.mark.parametrize("folder", ["crm", "templates", "static/js"])
def test_what_is_to_do_is_an_issue_and_no_comment(folder):
    files = [path for path in (ROOT / folder).rglob("*") if path.suffix in {".py", ".html", ".js"}]

    assert lines_matching(r"\b(TODO|FIXME|XXX)\b", files) == []


def test_javascript_is_one_file_of_at_most_300_lines():
    files = sorted((ROOT / "static" / "js").glob("*.js"))

    assert [named(path) for path in files] == ["static/js/app.js"]
    assert line_count(files[0]) <= 300


def test_the_changelog_has_its_unreleased_part():
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")

    assert re.search(r"^## \[?Unreleased\]?", changelog, re.MULTILINE)


def _catches_all(node):
    names = [node.type] if not isinstance(node.type, ast.Tuple) else node.type.elts
    return any(name is None or getattr(name, "id", "") in {"Exception", "BaseException"} for name in names)


def _raises(node):
    return any(isinstance(part, ast.Raise) for part in ast.walk(node))
