"""The HTML around a message: a column that fits a phone, the preheader, the footer with the way out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from html import escape

_PAGE = """<!doctype html>
<html%(lang)s dir="%(direction)s">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>%(title)s</title>
<style>
body { margin: 0; padding: 0; background: #f4f4f5; -webkit-text-size-adjust: 100%%; }
.letter { font-family: Vazirmatn, Inter, -apple-system, "Segoe UI", Roboto, Tahoma, Arial, sans-serif;
  font-size: 16px; line-height: 1.6; color: #18181b; background: #ffffff; padding: 32px; text-align: start; }
.letter[dir="rtl"], .letter [dir="rtl"] { line-height: 1.9; }
.letter h1 { font-size: 24px; line-height: 1.3; margin: 0 0 16px; }
.letter h2 { font-size: 20px; line-height: 1.35; margin: 24px 0 12px; }
.letter h3 { font-size: 17px; margin: 20px 0 8px; }
.letter p, .letter ul, .letter ol, .letter blockquote, .letter table { margin: 0 0 16px; }
.letter blockquote { padding-inline-start: 16px; border-inline-start: 3px solid #d4d4d8; color: #52525b; }
.letter img { max-width: 100%%; height: auto; border: 0; }
.letter pre { white-space: pre-wrap; direction: ltr; text-align: start; }
.letter a { color: #1d4ed8; }
@media (prefers-color-scheme: dark) {
  body { background: #18181b; }
  .letter { background: #27272a; color: #f4f4f5; }
  .letter a { color: #93c5fd; }
}
@media (max-width: 480px) {
  .letter { padding: 20px; }
}
</style>
</head>
<body>
<table role="presentation" width="100%%" border="0" cellpadding="0" cellspacing="0">
<tr><td align="center">
<table role="presentation" width="600" border="0" cellpadding="0" cellspacing="0"
 style="width:100%%;max-width:600px">
<tr><td class="letter" dir="%(direction)s">
%(body)s
</td></tr>
</table>
</td></tr>
</table>
</body>
</html>
"""

_PREHEADER = """<div style="display:none;max-height:0;overflow:hidden;font-size:1px;opacity:0">
%s
</div>
"""

_FOOTER = """<table role="presentation" width="100%%" border="0" cellpadding="0" cellspacing="0">
<tr><td align="center" dir="%(direction)s" lang="%(language)s" style="padding:16px 32px 32px;\
font-family:Vazirmatn,Inter,'Segoe UI',Tahoma,Arial,sans-serif;font-size:13px;line-height:1.7;color:#71717a">
%(lines)s
<a href="%(url)s" style="color:#71717a">%(label)s</a>
</td></tr>
</table>
"""

END = "</body>\n</html>\n"

RTL_LANGUAGES = frozenset({"ar", "ckb", "fa", "he", "ps", "ur", "yi"})


@dataclass(frozen=True, slots=True)
class Footer:
    """What stands under every marketing mail, in the recipient's language."""

    postal_address: str
    unsubscribe_url: str
    unsubscribe_label: str
    language: str = "en"
    note: str = ""
    """Why the recipient gets this, or nothing."""

    def html(self, encode: Callable[[str], str]) -> str:
        before, after = _footer_html(
            self.note, self.postal_address, self.unsubscribe_label, self.language, encode
        )
        return before + encode(escape(self.unsubscribe_url)) + after

    def text(self, encode: Callable[[str], str]) -> str:
        before, after = _footer_text(self.note, self.postal_address, self.unsubscribe_label, encode)
        return before + encode(self.unsubscribe_url) + after


@lru_cache(maxsize=128)
def _footer_html(
    note: str, address: str, label: str, language: str, encode: Callable[[str], str]
) -> tuple[str, str]:
    values = {
        "direction": "rtl" if language.partition("-")[0] in RTL_LANGUAGES else "ltr",
        "language": escape(language),
        "lines": "\n".join(f"{escape(line)}<br>" for line in _lines(note, address)),
        "label": escape(label),
    }
    # Only the address of the link differs from recipient to recipient.
    before, after = (piece % values for piece in _FOOTER.split("%(url)s"))
    return encode(before), encode(after)


@lru_cache(maxsize=128)
def _footer_text(note: str, address: str, label: str, encode: Callable[[str], str]) -> tuple[str, str]:
    return encode("\n".join(["", "--", *_lines(note, address), f"{label}: "])), encode("\n")


def _lines(note: str, address: str) -> list[str]:
    written = [note, ", ".join(line.strip() for line in address.splitlines() if line.strip())]
    return [line for line in written if line]


def page(fragment: str, *, title: str, direction: str, language: str) -> str:
    """A whole document around a clean fragment; the title is escaped already."""
    lang = f' lang="{language}"' if language else ""
    return _PAGE % {"lang": lang, "direction": direction, "title": title, "body": fragment}


def with_preheader(html: str, preheader: str) -> str:
    """The line a mail program shows beside the subject, first in the body and not seen there."""
    start = html.index(">", html.index("<body")) + 1
    return html[:start] + "\n" + _PREHEADER % preheader + html[start:]


def without_end(html: str) -> str:
    """The document up to where a footer and END are put; nothing else stands behind."""
    return html[: html.rindex("</body>")]
