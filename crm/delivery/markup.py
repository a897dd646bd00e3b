"""A message body as clean HTML: Markdown or MJML in, nothing out that a script could hide in."""

from __future__ import annotations

import re
import unicodedata
from html.parser import HTMLParser

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from mjml import mjml2html

from crm.core.errors import Invalid
from crm.core.messages import N_
from crm.delivery.merge import Marker

TAGS = {
    "a", "b", "blockquote", "br", "code", "del", "div", "em", "h1", "h2", "h3", "h4", "h5", "h6",
    "hr", "i", "img", "ins", "li", "ol", "p", "pre", "s", "small", "span", "strong", "sub", "sup",
    "table", "tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul",
}  # fmt: skip
ATTRIBUTES = {
    "*": {"dir", "lang", "style"},
    "a": {"href", "title"},
    "img": {"src", "alt", "title", "width", "height"},
    "ol": {"start"},
    "td": {"align", "valign", "colspan", "rowspan", "width"},
    "th": {"align", "valign", "colspan", "rowspan", "width"},
}
STYLES = {
    "background-color", "color", "direction", "font-size", "font-style", "font-weight",
    "line-height", "margin", "padding", "text-align", "text-decoration",
}  # fmt: skip
SCHEMES = {"http", "https", "mailto", "tel"}

MJML_TAGS = {
    "mjml", "mj-head", "mj-attributes", "mj-all", "mj-class", "mj-breakpoint", "mj-body",
    "mj-section", "mj-column", "mj-group", "mj-wrapper", "mj-hero", "mj-image", "mj-divider",
    "mj-spacer", "mj-navbar", "mj-social", "mj-accordion", "mj-accordion-element",
}  # fmt: skip
MJML_TEXTS = {
    "mj-text", "mj-button", "mj-table", "mj-raw", "mj-title", "mj-preview", "mj-style",
    "mj-navbar-link", "mj-social-element", "mj-accordion-title", "mj-accordion-text",
}  # fmt: skip

# Markdown fills up rows that are too short, so a wide first row makes many cells of little text.
MOST_CELLS = 30_000

_MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])
_DIRECTED = {"paragraph_open", "heading_open", "th_open", "td_open", "bullet_list_open", "ordered_list_open"}
_LINK = re.compile(r'(?i)\b(href|src|background|action)="([^"]*)"')
_MJML_TAG = re.compile(r"""<(/?)([A-Za-z][\w:-]*)((?:[^<>"']|"[^"]*"|'[^']*')*)>""")
_REFUSED_TAGS = {
    "script", "iframe", "object", "embed", "applet", "form", "input", "button", "textarea",
    "select", "base", "svg", "math", "link", "frame", "frameset", "video", "audio", "template",
}  # fmt: skip
_URL_ATTRIBUTES = {
    "href", "src", "background", "action", "formaction", "poster", "cite", "srcset", "xlink:href",
}  # fmt: skip
_UNDIRECTED = re.compile(r"https?://\S+|[\w.+-]+@[\w.-]+")


def html_of_markdown(marked: str, marker: Marker) -> str:
    """The fragment a marked Markdown text stands for, each paragraph with the direction of its own words."""
    lines = marked.split("\n")
    if max(line.count("|") for line in lines) * len(lines) > MOST_CELLS:
        raise Invalid(N_("This table has too many cells."))
    word = rf"{marker.prefix}\d+y"
    # A line of tags alone is no text of a paragraph or list beside it, or the tag would cut that in two.
    apart = re.sub(rf"(?m)^[ \t]*((?:{word}[ \t]*)+)$", r"\n\1\n", marked)
    tokens = _MARKDOWN.parse(apart)
    _set_directions(tokens, marker)
    html = _cleaned(_MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {}))
    html = re.sub(rf"<p[^>]*>((?:\s*{word})+\s*)</p>", r"\1", html)
    return with_safe_links(html, marker)


def html_of_mjml(marked: str, marker: Marker) -> str:
    """The page a marked MJML text stands for; raises Invalid naming the tag that is not allowed."""
    try:
        html = mjml2html(_checked_mjml(marked), fonts={})
    except ValueError as error:
        raise Invalid(N_("The MJML cannot be read: %(problem)s"), problem=str(error)) from None
    return with_safe_links(html, marker)


def direction_of(text: str) -> str:
    """`rtl` or `ltr` by what most letters are, `auto` for a text without any.

    The first letter decides for a browser; but a Persian sentence may well begin with a Latin name.
    """
    rtl = ltr = 0
    for letter in _UNDIRECTED.sub("", text):
        kind = unicodedata.bidirectional(letter)
        rtl += kind in {"R", "AL"}
        ltr += kind == "L"
    if not rtl and not ltr:
        return "auto"
    return "rtl" if rtl >= ltr else "ltr"


def _set_directions(tokens: list[Token], marker: Marker) -> None:
    following = ""
    for token in reversed(tokens):
        if token.type == "inline":
            following = direction_of(marker.words.sub("", token.content))
        elif token.type in _DIRECTED:
            token.attrSet("dir", following)


def _cleaned(html: str) -> str:
    return nh3.clean(
        html,
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes=SCHEMES,
        filter_style_properties=STYLES,
        link_rel=None,
    )


def _checked_mjml(source: str) -> str:
    pieces: list[str] = []
    at = 0
    source = re.sub(r"<!--(?:(?!-->|<!--).)*-->", "", source, flags=re.DOTALL)
    while (start := source.find("<", at)) >= 0:
        pieces.append(source[at:start])
        tag = _MJML_TAG.match(source, start)
        if not tag:
            place = source[start : start + 30]
            raise Invalid(N_("The MJML has a “<” that opens no tag: “%(place)s”"), place=place)
        name, at = tag[2].lower(), tag.end()
        if name not in MJML_TAGS | MJML_TEXTS:
            raise Invalid(N_("The tag <%(name)s> cannot be used in a message."), name=name)
        pieces.append(tag[0])
        if name in MJML_TEXTS and not tag[1] and not tag[3].rstrip().endswith("/"):
            end = source.find(f"</{tag[2]}", at)
            if end < 0:
                raise Invalid(N_("The tag <%(name)s> is never closed."), name=name)
            pieces.append(_cleaned_text(name, source[at:end]))
            at = end
    return "".join(pieces) + source[at:]


def _cleaned_text(name: str, content: str) -> str:
    if name == "mj-style":
        if "<" in content:
            raise Invalid(N_("The tag <%(name)s> holds a “<”, which no style has."), name=name)
        return content
    if name in {"mj-title", "mj-preview"}:
        return nh3.clean(content, tags=set())
    if name == "mj-table":
        # Rows without a table around them are none to an HTML parser.
        return re.sub(r"^<table>|</table>$", "", _cleaned(f"<table>{content}</table>"))
    return _cleaned(content)


def with_safe_links(html: str, marker: Marker) -> str:
    """The HTML with each merge field inside a link made safe there, and looked through to the end."""
    values = re.compile(rf"({marker.prefix}\d+)x")

    def aimed(link: re.Match[str]) -> str:
        address = link[2]
        kind = "v"
        if re.match(r"(?i)https?://|tel:", address):
            kind = "u"
        elif address[:7].lower() == "mailto:":
            kind = "m"
        safe = values.sub(rf"\g<1>{kind}", address)
        return f'{link[1]}="{safe}"'

    html = _LINK.sub(aimed, html)
    guard = _Guard(marker)
    guard.feed(html)
    guard.close()
    return html


class _Guard(HTMLParser):
    """Raises Invalid where HTML could act by itself or a merge field stands where escaping does not help."""

    def __init__(self, marker: Marker) -> None:
        super().__init__(convert_charrefs=True)
        self._words = marker.words

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _REFUSED_TAGS:
            raise Invalid(N_("The tag <%(name)s> cannot be used in a message."), name=tag)
        for name, value in attrs:
            self._check_attribute(tag, name, value or "")

    def _check_attribute(self, tag: str, name: str, value: str) -> None:
        is_url = name in _URL_ATTRIBUTES
        scheme = re.match(r"([a-z][a-z0-9+.-]*):", re.sub(r"[\x00-\x20]", "", value).lower())
        if name.startswith("on") or name == "srcdoc" or (is_url and scheme and scheme[1] not in SCHEMES):
            raise Invalid(
                N_("The attribute %(name)s of <%(tag)s> cannot be used in a message."), name=name, tag=tag
            )
        kinds = {word[2] for word in self._words.finditer(value)}
        is_bare = "x" in kinds and (is_url or name == "style")
        if "y" in kinds or is_bare or self._words.search(name):
            raise Invalid(
                N_("A merge field or tag cannot stand in the %(name)s of <%(tag)s>."), name=name, tag=tag
            )

    def handle_data(self, data: str) -> None:
        if self.cdata_elem and self._words.search(data):
            raise Invalid(N_("A merge field or tag cannot stand in a style."))

    def handle_comment(self, data: str) -> None:
        if any(word[2] in "xy" for word in self._words.finditer(data)):
            raise Invalid(N_("A merge field or tag cannot stand here in the MJML."))
