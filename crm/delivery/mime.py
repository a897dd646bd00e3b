"""A mail as bytes: headers nothing can be smuggled into, and two parts that were encoded before."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from functools import lru_cache

from email_validator import EmailNotValidError, validate_email

from crm.core.errors import Invalid
from crm.core.messages import N_
from crm.delivery.content import Rendered

WANTED_LINE = 78
LONGEST_LINE = 998
# RFC 2047: a line with encoded words has at most 76 signs, and the frame of a word takes 12 of them.
_ROOM_FOR_WORD = 64

# Neither quoted-printable nor base64 can contain “=_”.
_BOUNDARY = "=_peyvand"
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9])?"
_MAILBOX = re.compile(rf"(?=.{{1,254}}\Z)(?=[^@]{{1,64}}@){_ATOM}(?:\.{_ATOM})*@{_LABEL}(?:\.{_LABEL})*")
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
_HEADER_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,60}")
_MESSAGE_ID = re.compile(r"<[^\s<>@\x00-\x1f\x7f-\U0010ffff]+@[^\s<>@\x00-\x1f\x7f-\U0010ffff]+>")
_PRINTABLE = re.compile(r"[\x21-\x7e]+")
_PLAIN_NAME = re.compile(r"[A-Za-z0-9 !#$%&'*+/=?^_`{|}~-]+")


class UndeliverableAddress(Invalid):
    """No mail server takes this address as it is written."""

    def __init__(self, address: str) -> None:
        super().__init__(
            N_("No mail can be sent to “%(address)s”. Check the address; before the @ it can only be Latin."),
            address=address,
        )
        self.address = address


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """From whom, to whom and how a message goes; what it says is in a `Rendered`."""

    from_name: str
    from_email: str
    to_email: str
    message_id: str
    """With its angle brackets; made once, never changed."""
    date: datetime
    to_name: str | None = None
    reply_to: str | None = None
    list_id: str | None = None
    """A domain-like name that stays the same for all mail of one kind, such as `news.example.com`."""
    list_unsubscribe_url: str | None = None
    list_unsubscribe_mailto: str | None = None
    """An address that unsubscribes, without `mailto:`; may carry `?subject=…`."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Others, such as Auto-Submitted."""
    return_path: str | None = None
    """Where bounces go, for the sender's MAIL FROM; the receiving server writes the header."""

    @property
    def envelope_from(self) -> str:
        return wire_address(self.return_path or self.from_email)

    @property
    def envelope_to(self) -> str:
        return wire_address(self.to_email)


def build(envelope: Envelope, rendered: Rendered) -> bytes:
    """The message in RFC 5322 form, ASCII with CRLF; raises UndeliverableAddress where it must."""
    text, html = rendered.text_part, rendered.html_part
    pieces = [
        *_headers(envelope, rendered.subject),
        f'MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary="{_BOUNDARY}"\r\n\r\n',
        f"--{_BOUNDARY}\r\nContent-Type: text/plain; charset=utf-8\r\n",
        f"Content-Transfer-Encoding: {text.encoding}\r\n\r\n",
        text.data,
        f"\r\n--{_BOUNDARY}\r\nContent-Type: text/html; charset=utf-8\r\n",
        f"Content-Transfer-Encoding: {html.encoding}\r\n\r\n",
        html.data,
        f"\r\n--{_BOUNDARY}--\r\n",
    ]
    return "".join(pieces).encode("ascii")


def wire_address(address: str) -> str:
    """The address in ASCII, its domain in IDNA; raises UndeliverableAddress where that cannot be."""
    return address if _MAILBOX.fullmatch(address) else _idna(address)


def _idna(address: str) -> str:
    try:
        ascii_form = validate_email(address, check_deliverability=False, test_environment=True).ascii_email
    except EmailNotValidError:
        raise UndeliverableAddress(address) from None
    if ascii_form is None or not _MAILBOX.fullmatch(ascii_form):
        raise UndeliverableAddress(address)
    return ascii_form


def _headers(envelope: Envelope, subject: str) -> list[str]:
    lines = [
        f"Date: {format_datetime(envelope.date)}\r\n",
        _mailbox("From", envelope.from_name, envelope.from_email),
        _mailbox("To", envelope.to_name or "", envelope.to_email),
        _unstructured("Subject", subject),
        f"Message-ID: {_matching(_MESSAGE_ID, envelope.message_id)}\r\n",
    ]
    if envelope.reply_to:
        lines.append(_mailbox("Reply-To", "", envelope.reply_to))
    if envelope.list_id:
        lines.append(f"List-Id: <{_matching(_PRINTABLE, envelope.list_id.strip('<>'))}>\r\n")
    lines += _unsubscribe(envelope)
    lines += [_unstructured(_matching(_HEADER_NAME, name), text) for name, text in envelope.headers.items()]
    return lines


def _unsubscribe(envelope: Envelope) -> list[str]:
    """RFC 2369 and 8058. One line, never encoded: programs that look for the link do not decode words."""
    ways = []
    if envelope.list_unsubscribe_url:
        ways.append(f"<{_matching(_PRINTABLE, envelope.list_unsubscribe_url)}>")
    if envelope.list_unsubscribe_mailto:
        address, mark, query = envelope.list_unsubscribe_mailto.partition("?")
        ways.append(f"<mailto:{wire_address(address)}{mark}{query and _matching(_PRINTABLE, query)}>")
    if not ways:
        return []
    line = f"List-Unsubscribe: {', '.join(ways)}\r\n"
    if len(line) > LONGEST_LINE or line.count("<") != len(ways) or line.count(">") != len(ways):
        raise ValueError("the unsubscribe link is too long or holds an angle bracket")
    one_click = (
        ["List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"] if envelope.list_unsubscribe_url else []
    )
    return [line, *one_click]


@lru_cache(maxsize=256)
def _mailbox(header: str, name: str, address: str) -> str:
    ascii_address = wire_address(address)
    name = _one_line(name)
    if not name:
        return f"{header}: {ascii_address}\r\n"
    if name.isascii() and len(name) <= 60 and "=?" not in name and "  " not in name:
        shown = name if _PLAIN_NAME.fullmatch(name) else '"' + re.sub(r'(["\\])', r"\\\1", name) + '"'
    else:
        shown = _encoded_words(name, behind=header)
    line = f"{header}: {shown} <{ascii_address}>"
    if len(line) - line.rfind("\n") - 1 > WANTED_LINE:
        line = f"{header}: {shown}\r\n <{ascii_address}>"
    return line + "\r\n"


def _unstructured(header: str, text: str) -> str:
    text = _one_line(text)
    line = f"{header}: {text}"
    is_plain = text.isascii() and "=?" not in text and "  " not in text
    if is_plain and len(line) <= WANTED_LINE:
        return line + "\r\n"
    words = text.split(" ")
    if is_plain and max(map(len, words)) <= 60:
        return _folded(header, words)
    return f"{header}: {_encoded_words(text, behind=header)}\r\n"


def _folded(header: str, words: list[str]) -> str:
    lines = [f"{header}: {words[0]}"]
    for word in words[1:]:
        if len(lines[-1]) + 1 + len(word) <= WANTED_LINE:
            lines[-1] += f" {word}"
        else:
            lines.append(f" {word}")
    return "\r\n".join(lines) + "\r\n"


def _encoded_words(text: str, *, behind: str) -> str:
    """RFC 2047: words of at most 75 signs, each on its own line, none cut inside a letter."""
    words: list[str] = []
    octets = b""
    most = max(2, (_ROOM_FOR_WORD - len(behind) - len(": ")) // 4) * 3
    for letter in text:
        encoded = letter.encode("utf-8")
        if len(octets) + len(encoded) > most:
            words.append(_word(octets))
            octets = b""
            most = (_ROOM_FOR_WORD - len(" ")) // 4 * 3
        octets += encoded
    return "\r\n ".join([*words, _word(octets)])


def _word(octets: bytes) -> str:
    return f"=?utf-8?B?{b64encode(octets).decode('ascii')}?="


def _one_line(text: str) -> str:
    return _CONTROLS.sub(" ", text).strip()


def _matching(pattern: re.Pattern[str], text: str) -> str:
    if not pattern.fullmatch(text):
        raise ValueError(f"{text!r} cannot stand in a header")
    return text
