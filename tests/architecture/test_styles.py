"""Style sheets work in both directions, and colours stand in one file."""

import re

from tests.support.source import ROOT, named, text_of

SHEETS = sorted((ROOT / "static" / "css").glob("*.css"))
PHYSICAL = re.compile(
    r"(?<=[{;])\s*((?:(?:margin|padding|border|scroll-margin|scroll-padding)-(?:left|right|top|bottom)"
    r"|left|right|top|bottom|width|height|(?:min|max)-(?:width|height))\s*:(?!:)"
    r"|(?:text-align|float|clear)\s*:\s*(?:left|right))"
)
ALLOWED = {"static/css/screens.css: text-align: right"}
"""A cell of addresses, which stay left-to-right in a Persian list and still end where its other cells do."""
QUESTIONS = re.compile(r"@(?:media|container)[^{]*")
"""What is asked of the window and the container has no logical twin in every browser."""
PAPER = re.compile(r"^ *\.paper \{.*$", re.MULTILINE)
"""The preview of a mail imitates paper, which stays white at night."""


def test_style_sheets_use_logical_properties_only():
    found = [
        f"{named(sheet)}: {declaration}" for sheet in SHEETS for declaration in _physical(text_of(sheet))
    ]

    assert set(found) <= ALLOWED


def test_only_the_tokens_hold_raw_colours():
    raw = re.compile(r":[^;{}]*(?:#[0-9a-fA-F]{3,8}\b|\b(?:rgb|hsl|oklch)\()")
    others = [sheet for sheet in SHEETS if sheet.name != "tokens.css"]

    found = [f"{named(sheet)}{hit}" for sheet in others for hit in raw.findall(PAPER.sub("", text_of(sheet)))]

    assert found == [], "a new colour is a new token"


def _physical(css):
    plain = QUESTIONS.sub("", _without_comments(css))
    return PHYSICAL.findall(plain)


def _without_comments(css):
    return re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
