"""Files for the browser: sent while they are read, under a name that may hold any letters (RFC 6266)."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

from flask import Response, stream_with_context


def csv_answer(pieces: Iterator[bytes], name: str) -> Response:
    """`name` without its ending; programs that know no other letters see the ASCII ones."""
    plain = (
        "".join(sign for sign in name if sign.isascii() and (sign.isalnum() or sign in "-_ ")).strip()
        or "rows"
    )
    response = Response(stream_with_context(pieces), mimetype="text/csv")
    response.headers["Content-Disposition"] = (
        f"attachment; filename=\"{plain}.csv\"; filename*=UTF-8''{quote(f'{name}.csv', safe='')}"
    )
    return response
