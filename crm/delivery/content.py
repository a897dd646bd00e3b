"""What a message says: compiled once for all recipients, then filled for each in well under a millisecond."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from html import escape

from liquid import BoundTemplate

from crm.core.errors import Invalid
from crm.core.messages import N_
from crm.delivery.encoding import Encoding, Part, encoded, in_base64, quoted_piece, suits
from crm.delivery.layout import END, Footer, page, with_preheader, without_end
from crm.delivery.likeness import fingerprint, similarity
from crm.delivery.markup import direction_of, html_of_markdown, html_of_mjml
from crm.delivery.merge import (
    HTML,
    PLAIN,
    QUOTED,
    QUOTED_HTML,
    Marker,
    MissingField,
    fields_of,
    filled,
    parse,
)
from crm.delivery.plaintext import text_of

__all__ = [
    "Content",
    "Footer",
    "MissingField",
    "Rendered",
    "compile_content",
    "fingerprint",
    "render",
    "similarity",
    "unknown_fields",
]

LONGEST_SUBJECT = 998
LONGEST_BODY = 100_000
LONGEST_PAGE = 500_000
# A parser's time grows with the square of some signs; no message anybody reads has so many of them.
CROWDING = "[<{|"
MOST_OF_A_SIGN = 5_000

_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


@dataclass(frozen=True, slots=True)
class Content:
    """A message before anybody's data is in it."""

    fields: frozenset[str]
    """The merge fields it names, as dotted keys."""
    direction: str
    """rtl, ltr, or auto where no letter tells."""
    language: str
    subject_template: BoundTemplate
    text_template: BoundTemplate
    """Its literals are in `text_encoding` already where that can be joined from pieces."""
    text_encoding: Encoding
    html_template: BoundTemplate
    html_encoding: Encoding


@dataclass(frozen=True, slots=True)
class Rendered:
    """A message for one recipient; the parts are ready for the wire, `text` and `html` read them back."""

    subject: str
    text_part: Part
    html_part: Part

    @classmethod
    def of(cls, subject: str, *, text: str, html: str) -> Rendered:
        """A message that was not compiled, such as an invitation."""
        return cls(_one_line(subject), encoded(text), encoded(html))

    @property
    def text(self) -> str:
        return self.text_part.decoded()

    @property
    def html(self) -> str:
        return self.html_part.decoded()


def compile_content(subject: str, body: str, *, preheader: str = "", language: str = "") -> Content:
    """The content of a subject and a Markdown or MJML body; raises Invalid with the field and what is wrong.

    `language` is the one it is written in; without it the letters tell Persian, Arabic, Hebrew or English.
    """
    sources = {"subject": subject, "preheader": preheader, "body": body.strip()}
    marker = Marker(*sources.values())
    fields: frozenset[str] = frozenset()
    marked: dict[str, str] = {}
    for name, source in sources.items():
        try:
            _check_bounds(source, LONGEST_BODY if name == "body" else LONGEST_SUBJECT)
            marked[name] = marker.mark(source)
            fields |= fields_of(source)
        except Invalid as error:
            error.field = name
            raise
    try:
        return _compiled(marker, fields, marked, language)
    except Invalid as error:
        error.field = "body"
        raise
    except RecursionError:
        raise Invalid(N_("The message is nested too deeply."), field="body") from None


def unknown_fields(content: Content, allowed: AbstractSet[str]) -> list[str]:
    """The merge fields this content names that are not among the allowed keys, in order."""
    return sorted(content.fields - allowed)


def render(content: Content, merge: Mapping[str, object], footer: Footer | None = None) -> Rendered:
    """The message for one recipient; raises MissingField where a value and a default are missing.

    `merge` is flat: dotted keys such as `contact.first_name`, with what to print. None and blank text count
    as no value.
    """
    subject, text, html = filled(
        (content.subject_template, content.text_template, content.html_template), merge
    )
    return Rendered(
        _one_line(subject),
        _part(content.text_encoding, text, footer.text if footer else None, ""),
        _part(content.html_encoding, html, footer.html if footer else None, END),
    )


def _compiled(marker: Marker, fields: frozenset[str], marked: Mapping[str, str], language: str) -> Content:
    is_mjml = marked["body"][:5].lower() == "<mjml"
    html = html_of_mjml(marked["body"], marker) if is_mjml else html_of_markdown(marked["body"], marker)
    words = text_of(html)
    direction = direction_of(marker.words.sub("", words))
    language = language or _language(words, direction)
    title = escape(marked["subject"])
    if is_mjml:
        lang = f'lang="{language}"' if language else ""
        html = html.replace('lang="und" dir="auto"', f'{lang} dir="{direction}"'.strip())
        html = html.replace("<title></title>", f"<title>{title}</title>", 1)
    else:
        html = page(html, title=title, direction=direction, language=language)
    if marked["preheader"]:
        html = with_preheader(html, escape(marked["preheader"]))
    if len(html) > LONGEST_PAGE:
        raise Invalid(N_("The message becomes too long."))
    html = without_end(html)
    text = re.sub(rf"(?m)^((?:{marker.prefix}\d+y)+)\n+", r"\1", words)
    text_encoding, html_encoding = suits(text), suits(html)
    return Content(
        fields=fields,
        direction=direction,
        language=language,
        subject_template=parse(PLAIN, marker.restored(marked["subject"])),
        text_template=_template(marker, text, text_encoding, is_html=False),
        text_encoding=text_encoding,
        html_template=_template(marker, html, html_encoding, is_html=True),
        html_encoding=html_encoding,
    )


def _template(marker: Marker, text: str, encoding: Encoding, *, is_html: bool) -> BoundTemplate:
    if encoding == "quoted-printable":
        return parse(QUOTED_HTML if is_html else QUOTED, marker.restored(text, quoted_piece))
    return parse(HTML if is_html else PLAIN, marker.restored(text))


def _part(
    encoding: Encoding, text: str, footer: Callable[[Callable[[str], str]], str] | None, end: str
) -> Part:
    if encoding == "base64":
        return in_base64(text + (footer(str) if footer else "") + end)
    return Part("quoted-printable", text + (footer(quoted_piece) if footer else "") + quoted_piece(end))


def _check_bounds(source: str, longest: int) -> None:
    if len(source) > longest:
        raise Invalid(N_("This has more than %(count)s signs."), count=longest)
    for sign in CROWDING:
        if source.count(sign) > MOST_OF_A_SIGN:
            raise Invalid(N_("This has the sign “%(sign)s” too often."), sign=sign)


def _language(text: str, direction: str) -> str:
    """A guess for screen readers, from the letters alone."""
    if direction != "rtl":
        return "en" if direction == "ltr" else ""
    if re.search("[\u05d0-\u05ea]", text):
        return "he"
    persian, arabic = len(re.findall("[پچژگکی]", text)), len(re.findall("[ةىيك]", text))
    return "ar" if arabic > persian else "fa"


def _one_line(text: str) -> str:
    """A subject: no line break or other control sign gets into a header."""
    return _CONTROLS.sub(" ", text).encode("utf-8", "replace").decode("utf-8").strip()
