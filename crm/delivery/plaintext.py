"""The text part of a mail, made from its HTML."""

from __future__ import annotations

import re
from html.parser import HTMLParser

_SKIPPED = {"head", "style", "script", "title"}
_BLOCKS = {"p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "blockquote", "pre", "table", "hr"}
_LINES = {"br", "li", "tr"}
_SPACE = re.compile(r"[ \t\r\n\f]+")


def text_of(html: str) -> str:
    """Readable plain text: paragraphs apart, list items marked, each link's address in brackets behind it."""
    converter = _Converter()
    converter.feed(html)
    converter.close()
    lines = [
        line.strip() if not line.startswith("    ") else line.rstrip() for line in converter.text.split("\n")
    ]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n") + "\n"


class _Converter(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._pieces: list[str] = []
        self._skipped: list[str] = []
        self._links: list[tuple[str, int]] = []
        self._numbers: list[int | None] = []
        self._pre = 0
        self._after_bullet = False

    @property
    def text(self) -> str:
        return "".join(self._pieces)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if self._skipped or tag in _SKIPPED or (tag == "div" and "display:none" in values.get("style", "")):
            if tag not in {"br", "img", "hr", "meta", "link", "input"}:
                self._skipped.append(tag)
            return
        if tag in _BLOCKS:
            self._break(2)
        if tag in _LINES:
            self._break(1)
        self._open(tag, values)

    def _open(self, tag: str, values: dict[str, str]) -> None:
        if tag == "a":
            self._links.append((values.get("href", ""), len(self._pieces)))
        elif tag == "img":
            self._pieces.append(values.get("alt", ""))
        elif tag == "hr":
            self._pieces.append("----------\n\n")
        elif tag in {"ul", "ol"}:
            start = values.get("start", "")
            self._numbers.append(None if tag == "ul" else int(start) if start.isdecimal() else 1)
        elif tag == "li":
            self._pieces.append(self._bullet())
            self._after_bullet = True
        elif tag in {"td", "th"}:
            self._pieces.append(" ")
        elif tag == "pre":
            self._pre += 1

    def handle_endtag(self, tag: str) -> None:
        if self._skipped:
            if tag in self._skipped:
                del self._skipped[len(self._skipped) - 1 - self._skipped[::-1].index(tag) :]
            return
        if tag == "a" and self._links:
            address, start = self._links.pop()
            words = "".join(self._pieces[start:]).strip()
            if address and not address.startswith("#") and words != address.removeprefix("mailto:"):
                self._pieces.append(f" ({address})" if words else address)
        elif tag in {"ul", "ol"} and self._numbers:
            self._numbers.pop()
        elif tag == "pre":
            self._pre = max(0, self._pre - 1)
        if tag in _BLOCKS:
            self._break(2)

    def handle_data(self, data: str) -> None:
        if self._skipped:
            return
        if self._pre:
            self._pieces.append("    " + data.rstrip("\n").replace("\n", "\n    "))
            return
        words = _SPACE.sub(" ", data)
        if words.isspace() and self._after_bullet:
            return
        self._after_bullet = False
        at_start = not self._pieces or self._pieces[-1].endswith(("\n", " "))
        self._pieces.append(words.lstrip(" ") if at_start else words)

    def _bullet(self) -> str:
        if self._numbers and self._numbers[-1] is not None:
            number = self._numbers[-1]
            self._numbers[-1] = number + 1
            return f"{number}. "
        return "- "

    def _break(self, count: int) -> None:
        if self._pieces and not self._after_bullet:
            self._pieces.append("\n" * count)
