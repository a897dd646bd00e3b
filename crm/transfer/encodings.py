"""Which encoding a file of unknown origin was written in, told from a bounded sample of its bytes."""

from __future__ import annotations

import codecs
import re
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO

from charset_normalizer import from_bytes

# Offered to the person when the guess is wrong; any name Python knows is taken.
OFFERED = ("utf-8-sig", "utf-16", "cp1256", "cp1252", "cp1250", "cp1251", "cp1254", "gb18030", "shift_jis")

CHUNK_BYTES = 1 << 18
SAMPLE_BYTES = 1 << 16

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # begins like UTF-16, hence before it
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

_PERSIAN_LETTERS = frozenset("ابپتثجچحخدذرزژسشصضطظعغفقکكگلمنوهیيىئءآأإؤةۀ،؛؟\u200c")
# In words these speak for Central Europe: ą ł ľ ź ş ţ đ š ž ť ś Č Ď Ň Ř are no letters or rare in cp1252.
_CENTRAL_IN_WORDS = re.compile(
    rb"(?<=[A-Za-z\x80-\xff])[\xb9\xb3\xbe\x9f\xba\xfe\xf0\x9a\x9e\x9d\x9c\xbf\xec]"
    rb"|[\x8a\x8e\x8c\x8d\x8f\xa3\xaf\xaa\xde\xd0\xc8\xcf\xd2\xd8](?=[A-Za-z\x80-\xff])"
)
# à, å, Å, ã, ø, ñ and ï stand for letters that are rare in cp1250: ŕ, ĺ, Ĺ, ă, ř, ń, ď.
_WESTERN_IN_WORDS = re.compile(rb"[\xe0\xe5\xc5\xe3\xef\xf1\xea]")


def guess_encoding(path: Path) -> str:
    """The name of a Python codec that fits; text that is valid UTF-8 is always called UTF-8."""
    with path.open("rb") as file:
        start = file.read(CHUNK_BYTES)
        marked = next((name for mark, name in _MARKS if start.startswith(mark)), None)
        if marked is not None:
            return marked
        wide = _wide_without_mark(start)
        if wide is not None:
            return wide
        return guess_of_bytes(start if not start.isascii() else _first_beyond_ascii(file) or start)


def guess_of_bytes(sample: bytes) -> str:
    """The encoding of bytes without a byte order mark, cut anywhere."""
    telling = _telling_part(sample)
    if _is_utf8(sample) or _is_mostly_utf8(telling):
        return "utf-8-sig"
    if _looks_arabic(telling):
        return "cp1256"
    best = from_bytes(
        telling, cp_isolation=["cp1252", "cp1250", "cp1251", "cp1256", "gb18030", "shift_jis"]
    ).best()
    name = best.encoding if best is not None else "cp1252"
    return _western_or_central(telling) if name in {"cp1250", "cp1252"} else name


def _first_beyond_ascii(file: BinaryIO) -> bytes:
    """A file may be plain ASCII for megabytes before its first accented name: the sample is taken there."""
    before = b""
    while chunk := file.read(CHUNK_BYTES):
        if not chunk.isascii():
            return before[-64:] + chunk
        before = chunk
    return b""


def _wide_without_mark(start: bytes) -> str | None:
    """UTF-16 without its mark: every second byte is NUL in Latin text, and 06 in Persian text."""
    for name, high in (("utf-16-le", start[1:4096:2]), ("utf-16-be", start[0:4096:2])):
        low = start[0:4096:2] if name == "utf-16-le" else start[1:4096:2]
        if (
            len(high) >= 4
            and high.count(0) + high.count(6) > len(high) * 0.8
            and low.count(0) < len(low) * 0.05
        ):
            return name if high.count(0) else None
    return None


def _is_utf8(sample: bytes) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    for skipped in range(4):  # the sample may begin within a letter
        try:
            decoder.reset()
            decoder.decode(sample[skipped:])  # and may end within one: not final
            return True
        except UnicodeDecodeError:
            if skipped >= len(sample) or not 0x80 <= sample[skipped] < 0xC0:
                return False
    return False


def _is_mostly_utf8(sample: bytes) -> bool:
    """UTF-8 with broken places is still that: better refused with the line than read as another page's gibberish."""
    text = sample.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    return sum(letter > "\x7f" for letter in text) > 2 * broken


def _telling_part(sample: bytes) -> bytes:
    """The lines that hold anything beyond ASCII, since only those tell the code pages apart."""
    lines = [line for line in sample.splitlines() if not line.isascii()]
    return b"\n".join(lines)[:SAMPLE_BYTES]


def _looks_arabic(sample: bytes) -> bool:
    """In cp1256 whole words lie beyond ASCII; in Latin code pages single letters do, between ASCII ones."""
    text = sample.decode("cp1256")
    beyond = [letter for letter in text if letter > "\x7f"]
    persian = sum(letter in _PERSIAN_LETTERS for letter in beyond)
    in_words = sum(a in _PERSIAN_LETTERS and b in _PERSIAN_LETTERS for a, b in pairwise(text))
    return persian > len(beyond) * 0.9 and in_words > persian * 0.5


def _western_or_central(sample: bytes) -> str:
    """charset-normalizer calls much Western text Central European; the bytes that differ decide."""
    central = len(_CENTRAL_IN_WORDS.findall(sample))
    return "cp1250" if central > len(_WESTERN_IN_WORDS.findall(sample)) else "cp1252"
