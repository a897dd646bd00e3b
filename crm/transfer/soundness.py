"""Whether a file is a table of text: its size, bytes, encoding, lines. Each refusal says what to do."""

from __future__ import annotations

import codecs
import io
from pathlib import Path

from crm.core.errors import Invalid
from crm.core.messages import N_
from crm.transfer.contents import NOT_TEXT, foreign_kind, foreign_text, is_binary
from crm.transfer.encodings import CHUNK_BYTES, OFFERED, guess_encoding

SIZE_LIMIT = 200 * 1024 * 1024
LINE_LIMIT = 1_000_000
HEAD_LETTERS = 1 << 20

_READABLE = frozenset(
    codecs.lookup(name).name for name in (*OFFERED, "utf-8", "utf-16-le", "utf-16-be", "utf-32")
)


class Unreadable(Invalid):
    """The file as a whole cannot be read; the sentence says why and what to do."""


def checked_size(path: Path, filename: str) -> int:
    try:
        with path.open("rb") as file:
            start = file.read(CHUNK_BYTES)
        size = path.stat().st_size
    except OSError as error:
        raise Unreadable(
            N_("The file %(filename)s cannot be opened: %(reason)s."),
            filename=filename,
            reason=error.strerror or "",
        ) from error
    if size == 0:
        raise Unreadable(N_("The file is empty. Export the contacts again and upload that file."))
    foreign = foreign_kind(start)
    if foreign is not None:
        raise Unreadable(foreign)
    if size > SIZE_LIMIT:
        raise Unreadable(
            N_(
                "The file is larger than %(limit)s MB. "
                "Split it into smaller files and import them one after another."
            ),
            limit=SIZE_LIMIT // (1024 * 1024),
        )
    return size


def checked_encoding(path: Path, encoding: str | None) -> str:
    if encoding is None:
        encoding = guess_encoding(path)
        with path.open("rb") as file:
            if not encoding.startswith(("utf-16", "utf-32")) and is_binary(file.read(CHUNK_BYTES)):
                raise Unreadable(NOT_TEXT)
        return encoding
    try:
        name = codecs.lookup(encoding).name
    except LookupError:
        name = ""
    if name not in _READABLE:
        raise Unreadable(
            N_("There is no encoding called “%(encoding)s” here. Choose one of the list."), encoding=encoding
        )
    return "utf-8-sig" if name == "utf-8" else name


def opened(path: Path, encoding: str) -> io.TextIOWrapper:
    return path.open(encoding=encoding, newline="")


def decoded_head(file: io.TextIOWrapper, encoding: str) -> str:
    try:
        head = file.read(HEAD_LETTERS)
    except UnicodeDecodeError as error:
        before = error.object[: error.start]
        raise undecodable(encoding, before.count(b"\n") + 1) from error
    except UnicodeError as error:  # UTF-16 or UTF-32 chosen for a file that has no byte order mark
        raise undecodable(encoding, 1) from error
    if not head.strip("\ufeff \t\r\n\0"):
        raise Unreadable(N_("The file is empty. Export the contacts again and upload that file."))
    foreign = foreign_text(head)
    if foreign is not None:
        raise Unreadable(foreign)
    return head


def scan(path: Path, encoding: str, *, newline: str) -> int:
    """How many lines there are; on the way each byte is decoded, and NUL and endless lines are refused."""
    decoder = codecs.getincrementaldecoder(encoding)()
    line_count = since_newline = 0
    with path.open("rb") as file:
        while True:
            chunk = file.read(CHUNK_BYTES)
            try:
                text = decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                line = line_count + error.object[: error.start].count(newline.encode()) + 1
                raise undecodable(encoding, line) from error
            if "\0" in text:
                raise Unreadable(
                    N_(
                        "Line %(line)s contains a NUL character. "
                        "Export the file again, or remove that character."
                    ),
                    line=line_count + text[: text.index("\0")].count(newline) + 1,
                )
            first = text.find(newline)
            since_newline += len(text) if first < 0 else first
            if since_newline > LINE_LIMIT:
                raise Unreadable(
                    N_(
                        "Line %(line)s is longer than %(limit)s characters. "
                        "Shorten it and upload the file again."
                    ),
                    line=line_count + 1,
                    limit=LINE_LIMIT,
                )
            if first >= 0:
                since_newline = len(text) - text.rfind(newline) - 1
            line_count += text.count(newline)
            if not chunk:
                return line_count + bool(since_newline)


def undecodable(encoding: str, line: int) -> Unreadable:
    return Unreadable(
        N_(
            "Line %(line)s cannot be read as %(encoding)s. Choose the encoding the file was saved in, "
            "or save it again as “CSV UTF-8”."
        ),
        line=line,
        encoding=encoding.removesuffix("-sig").upper(),
    )
