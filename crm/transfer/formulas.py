"""Cells a spreadsheet would run as a formula: made inert on the way out, unchanged on the way in."""

from __future__ import annotations

import re

# What Excel, LibreOffice or Sheets take as the start of a formula, or drop so that one begins behind it.
# The full-width signs are read as formulas by East Asian Excel.
STARTS = "=+-@\t\r\n\0\uff1d\uff0b\uff0d\uff20"

_NEEDS_GUARD = re.compile(f"'*[{re.escape(STARTS)}]")
_HAS_GUARD = re.compile(f"'+[{re.escape(STARTS)}]")


def guard(text: str) -> str:
    """Puts an apostrophe before what could run, and one more before what looks guarded already."""
    return "'" + text if _NEEDS_GUARD.match(text) else text


def unguard(text: str) -> str:
    """Takes one apostrophe of `guard` away again: `unguard(guard(text)) == text` for every text."""
    return text[1:] if _HAS_GUARD.match(text) else text
