"""What a file is, told by its first bytes, when it is not a table of text."""

from __future__ import annotations

from crm.core.messages import N_

_EXCEL = N_(
    "This is an Excel workbook, not a CSV file. "
    "Open it in Excel, choose “Save as” and “CSV UTF-8”, and upload that file."
)
_OLD_EXCEL = N_(
    "This is an old Office document, not a CSV file. "
    "Open it, choose “Save as” and “CSV UTF-8”, and upload that file."
)
_ZIP = N_("This is a compressed archive, not a CSV file. Unpack it first and upload the CSV file inside.")
_PDF = N_("This is a PDF document, not a CSV file. Export the table itself as CSV and upload that file.")
_PICTURE = N_("This is a picture, not a CSV file. Export the table itself as CSV and upload that file.")
_PROGRAM = N_(
    "This is a program or database, not a CSV file. Export the contacts as CSV and upload that file."
)
_WEB_PAGE = N_(
    "This is a web page or XML document, not a CSV file. Export the contacts as CSV and upload that file."
)
_JSON = N_("This is a JSON file, not a CSV file. Export the contacts as CSV and upload that file.")
_VCARD = N_(
    "This is a file of business cards (vCard), not a CSV file. "
    "Export the contacts as CSV and upload that file."
)
_RICH_TEXT = N_(
    "This is a formatted document, not a CSV file. Export the contacts as CSV and upload that file."
)
NOT_TEXT = N_(
    "This file is not text, so it cannot be a CSV file. Export the contacts as CSV and upload that file."
)

_SIGNATURES = (
    (b"%PDF-", _PDF),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", _OLD_EXCEL),
    (b"\x1f\x8b", _ZIP),
    (b"7z\xbc\xaf\x27\x1c", _ZIP),
    (b"Rar!\x1a\x07", _ZIP),
    (b"BZh91AY&SY", _ZIP),
    (b"\xfd7zXZ\x00", _ZIP),
    (b"\x28\xb5\x2f\xfd", _ZIP),
    (b"\x89PNG\r\n", _PICTURE),
    (b"\xff\xd8\xff", _PICTURE),
    (b"GIF87a", _PICTURE),
    (b"GIF89a", _PICTURE),
    (b"MZ\x90", _PROGRAM),
    (b"\x7fELF", _PROGRAM),
    (b"SQLite format 3\x00", _PROGRAM),
    (b"{\\rtf", _RICH_TEXT),
)
_TEXT_STARTS = (
    ("begin:vcard", _VCARD),
    ("<!doctype", _WEB_PAGE),
    ("<html", _WEB_PAGE),
    ("<?xml", _WEB_PAGE),
    ('{"', _JSON),
    ("[{", _JSON),
)


def foreign_kind(start: bytes) -> str | None:
    """The msgid that says what this is instead of a CSV file and what to do; None when it may be one."""
    if start.startswith(b"PK\x03\x04"):
        return _EXCEL if b"xl/" in start or b"[Content_Types].xml" in start else _ZIP
    for signature, message in _SIGNATURES:
        if start.startswith(signature):
            return message
    return None


def foreign_text(start: str) -> str | None:
    """The same for what is text, but no table."""
    head = "".join(start[:400].split()).lower()
    return next((message for beginning, message in _TEXT_STARTS if head.startswith(beginning)), None)


def is_binary(start: bytes) -> bool:
    """Control characters no text has; a few NUL bytes alone are judged later, with the line they stand in."""
    odd = sum(start.count(bytes((code,))) for code in (*range(1, 9), *range(14, 27), *range(28, 32), 127))
    return odd > len(start) * 0.02 or start.count(0) > len(start) * 0.1
