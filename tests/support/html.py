"""A strict HTML reader: every element closed in order, no attribute twice, and a few CSS selectors to look around."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import overload

VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())
RAW = frozenset({"script", "style", "template"})


class BrokenMarkup(AssertionError):
    """The markup would be mended silently by a browser, which is how faults stay hidden."""


class Element:
    """One element, its attributes, and what is inside."""

    def __init__(self, tag: str, attributes: dict[str, str], parent: Element | None, line: int = 0) -> None:
        self.tag = tag
        self.attributes = attributes
        self.parent = parent
        self.line = line
        self.children: list[Element | str] = []

    def __getitem__(self, name: str) -> str:
        return self.attributes[name]

    def __contains__(self, name: str) -> bool:
        return name in self.attributes

    def __repr__(self) -> str:
        shown = "".join(f' {name}="{value}"' for name, value in self.attributes.items())
        return f"<{self.tag}{shown}>"

    @overload
    def get(self, name: str) -> str | None: ...

    @overload
    def get(self, name: str, default: str) -> str: ...

    def get(self, name: str, default: str | None = None) -> str | None:
        return self.attributes.get(name, default)

    @property
    def classes(self) -> list[str]:
        return self.attributes.get("class", "").split()

    @property
    def text(self) -> str:
        """What a person reads here, with white space as one blank."""
        return " ".join("".join(self._texts()).split())

    @property
    def elements(self) -> Iterator[Element]:
        """Everything inside, in document order, without the element itself."""
        for child in self.children:
            if isinstance(child, Element):
                yield child
                yield from child.elements

    @property
    def ancestors(self) -> Iterator[Element]:
        place = self.parent
        while place is not None:
            yield place
            place = place.parent

    def all(self, selector: str) -> list[Element]:
        """Elements inside that match `tag#id.class[name=value]`, blanks for "somewhere in", commas for "or"."""
        options = [option.split() for option in selector.split(",")]
        return [each for each in self.elements if any(_matches(each, option) for option in options)]

    def find(self, selector: str) -> Element | None:
        found = self.all(selector)
        return found[0] if found else None

    def one(self, selector: str) -> Element:
        """The only element that matches; anything else fails the test."""
        found = self.all(selector)
        assert len(found) == 1, f"{len(found)} elements match {selector!r}: {found}"
        return found[0]

    def _texts(self) -> Iterator[str]:
        for child in self.children:
            if isinstance(child, str):
                yield child
            elif child.tag not in RAW:
                yield from child._texts()
                if child.tag not in {"a", "b", "bdi", "em", "i", "span", "strong", "small", "mark"}:
                    yield " "


class Reader(HTMLParser):
    """Builds the tree and refuses what a browser would have to guess."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("#document", {}, None)
        self._open = [self.root]
        self.has_doctype = False

    def handle_decl(self, decl: str) -> None:
        self.has_doctype = decl.lower() == "doctype html"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        twice = {name for name in names if names.count(name) > 1}
        if twice:
            self._fail(f"<{tag}> has {', '.join(sorted(twice))} twice")
        element = Element(tag, {name: value or "" for name, value in attrs}, self._open[-1], self.getpos()[0])
        self._open[-1].children.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        in_drawing = any(element.tag == "svg" for element in self._open)
        if tag not in VOID and tag != "svg" and not in_drawing:
            self._fail(f"<{tag}/> does not close itself in HTML")
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID or self._open[-1].tag != tag:
            self._fail(f"</{tag}> closes {self._open[-1]!r} (line {self._open[-1].line})")
        self._open.pop()

    def handle_data(self, data: str) -> None:
        self._open[-1].children.append(data)

    def finish(self) -> Element:
        self.close()
        if len(self._open) > 1:
            self._fail(f"{self._open[-1]!r} (line {self._open[-1].line}) is never closed")
        return self.root

    def _fail(self, what: str) -> None:
        raise BrokenMarkup(f"line {self.getpos()[0]}: {what}")


def read(markup: str) -> Reader:
    """Parse strictly; the answer's `root` holds the tree."""
    reader = Reader()
    reader.feed(markup)
    reader.finish()
    return reader


_PART = re.compile(r"([#.]?[\w-]+)|\[([\w:-]+)(?:([~^*$]?=)[\"']?([^\"'\]]*)[\"']?)?\]")


def _matches(element: Element, path: list[str]) -> bool:
    if not _matches_one(element, path[-1]):
        return False
    if len(path) == 1:
        return True
    return any(_matches(ancestor, path[:-1]) for ancestor in element.ancestors)


def _matches_one(element: Element, selector: str) -> bool:
    return all(_has(element, *found.groups()) for found in _PART.finditer(selector))


def _has(element: Element, name: str | None, key: str | None, sign: str | None, value: str) -> bool:
    if name is not None:
        if name.startswith("#"):
            return element.get("id") == name[1:]
        return name[1:] in element.classes if name.startswith(".") else element.tag == name
    actual = element.get(key or "")
    if actual is None or sign is None:
        return actual is not None
    tests = {
        "=": actual == value,
        "^=": actual.startswith(value),
        "$=": actual.endswith(value),
        "*=": value in actual,
        "~=": value in actual.split(),
    }
    return tests[sign]
