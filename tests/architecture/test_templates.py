"""Templates: each is reached, each named block exists, nothing is let through unescaped."""

import re

from tests.support.source import ROOT, calls, lines_matching, named, python_files, strings, templates, text_of

UNESCAPED = {"templates/layouts/email.html"}
"""Where `|safe` may stand: bodies that were cleaned before."""

LEADS = re.compile(r"""["'](\w[\w-]*/[\w/.-]+\.(?:html|txt))["']""")
BY_PLACE = ("ui/", "errors/", "email/")
"""Macros are found by their folder, error pages by their number, mails by their name."""


def test_nothing_is_let_through_unescaped():
    checked = [path for path in templates() if named(path) not in UNESCAPED]

    assert lines_matching(r"\|\s*safe\b|autoescape false", checked) == []


def test_no_template_holds_script_or_style():
    assert (
        lines_matching(r"<style|\sstyle=|\son[a-z]+=|hx-on|javascript:|<script(?![^>]*\ssrc=)", templates())
        == []
    )


def test_every_block_that_a_view_names_exists():
    missing = [
        f"{named(path)}:{call.lineno}: {template} has no block {name}"
        for path in python_files("crm")
        for call in calls(path, "render")
        for template, names in [_named(call)]
        for name in names
        if template and name not in _blocks(template)
    ]

    assert missing == []


def test_every_template_is_reached():
    mentioned = {name for path in python_files("crm") for name in LEADS.findall(text_of(path))}
    mentioned |= {name for path in templates() for name in LEADS.findall(text_of(path))}
    unreached = [
        name
        for path in templates()
        if (name := path.relative_to(ROOT / "templates").as_posix()) not in mentioned
        and not name.startswith(BY_PLACE)
    ]

    assert unreached == []


def test_every_template_that_is_named_exists():
    named_by_python = {
        name
        for path in python_files("crm")
        for call in [*calls(path, "render"), *calls(path, "render_template"), *calls(path, "render_block")]
        for name in strings(call)
        if LEADS.fullmatch(f'"{name}"')
    }
    named_by_templates = {name for path in templates() for name in LEADS.findall(text_of(path))}

    missing = [
        name for name in named_by_python | named_by_templates if not (ROOT / "templates" / name).exists()
    ]

    assert missing == []


def test_partials_say_what_they_need():
    partials = [path for path in templates() if path.name.startswith("_")]

    assert [named(path) for path in partials if not text_of(path).startswith("{#")] == []


def _named(call):
    keywords = {keyword.arg: keyword.value for keyword in call.keywords}
    names = [name for key in ("fragment", "also") if key in keywords for name in strings(keywords[key])]
    template = strings(call.args[0])[0] if call.args and strings(call.args[0]) else None
    return template, names


def _blocks(template):
    path = ROOT / "templates" / template
    return set(re.findall(r"{%-?\s*block\s+(\w+)", text_of(path))) if path.exists() else set()
