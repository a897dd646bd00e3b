"""Text as it travels in a mail: quoted-printable or base64, in pieces that can be joined."""

from __future__ import annotations

import binascii
import re
from dataclasses import dataclass
from typing import Literal

Encoding = Literal["quoted-printable", "base64"]

LINE_LENGTH = 76
SOFT_BREAK = "=\r\n"

_PLAIN_VALUE = re.compile(r"[A-Za-z0-9 ,]{0,70}[A-Za-z0-9,]")


@dataclass(frozen=True, slots=True)
class Part:
    """One text of a message, encoded: ASCII, CRLF, lines of at most 76 signs."""

    encoding: Encoding
    data: str

    def decoded(self) -> str:
        """The text the recipient's program sees, with plain newlines."""
        raw = self.data.encode("ascii")
        plain = binascii.a2b_base64(raw) if self.encoding == "base64" else binascii.a2b_qp(raw)
        return plain.decode("utf-8").replace("\r\n", "\n")


def encoded(text: str) -> Part:
    """The whole text in the encoding that suits it; always ends with a line break."""
    text = text if text.endswith("\n") else text + "\n"
    return in_base64(text) if suits(text) == "base64" else Part("quoted-printable", quoted_piece(text))


def suits(text: str) -> Encoding:
    """What makes the text shorter: quoted-printable unless more than a fifth of its bytes are not ASCII."""
    if text.isascii():
        return "quoted-printable"
    octets = text.encode("utf-8", "replace")
    ascii_count = sum(1 for letter in text if letter < "\x80")
    return "base64" if (len(octets) - ascii_count) * 5 > len(octets) else "quoted-printable"


def quoted_piece(text: str) -> str:
    """Quoted-printable that ends at the start of a line, so that pieces encoded apart may be joined.

    A soft break is written where the text itself does not end with a line break. It is legal anywhere, and it
    lets the unchanging pieces of a campaign be encoded once: encoding 10 kB costs more than all the rest.
    """
    if _PLAIN_VALUE.fullmatch(text):
        return text + SOFT_BREAK
    if not text:
        return ""
    octets = sendable(text).encode("utf-8")
    data = binascii.b2a_qp(octets, istext=True).decode("ascii").replace("\n", "\r\n")
    if data.endswith("\r\n"):
        return data
    last = data.rfind("\n") + 1
    if len(data) - last >= LINE_LENGTH:
        # The soft break's own sign would be the 77th, so the last letter moves to a line of its own.
        cut = len(data) - (3 if data[-3] == "=" else 1)
        data = data[:cut] + SOFT_BREAK + data[cut:]
    return data + SOFT_BREAK


def in_base64(text: str) -> Part:
    octets = sendable(text).replace("\n", "\r\n").encode("utf-8")
    line = binascii.b2a_base64(octets, newline=False).decode("ascii")
    lines = [line[at : at + LINE_LENGTH] for at in range(0, len(line), LINE_LENGTH)]
    return Part("base64", "\r\n".join(lines) + "\r\n")


def sendable(text: str) -> str:
    """The text with plain newlines and without what no mail may hold: NUL and halves of surrogate pairs."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\0" in text:
        text = text.replace("\0", "")
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")
