"""Request arguments → what a list is asked for, as plain data."""

from __future__ import annotations

from collections.abc import Collection

from werkzeug.datastructures import MultiDict

PAGE_LIMIT = 10_000_000


def page_number(args: MultiDict[str, str]) -> int:
    """The page asked for; anything that is no page is the first."""
    text = args.get("page", "1")
    return min(int(text), PAGE_LIMIT) if text.isascii() and text.isdigit() and int(text[:9]) > 0 else 1


def sort_of(args: MultiDict[str, str], allowed: Collection[str], default: str) -> tuple[str, bool]:
    """(key, descending): `sort=KEY` or `-KEY`, from the allowed keys only."""
    asked = args.get("sort") or default
    key = asked.removeprefix("-")
    if key not in allowed:
        asked = default
    return asked.removeprefix("-"), asked.startswith("-")
