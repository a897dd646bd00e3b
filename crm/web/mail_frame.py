"""Answers that hold somebody's mail: shown in a sandboxed frame, at their own address, under their own policy."""

from __future__ import annotations

from flask import Response, make_response

POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' https: data:; font-src 'self'; form-action 'none'; "
    "base-uri 'none'; frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"
)


def mail_frame(html: str) -> Response:
    """Mail needs inline styles, which the pages forbid; here nothing runs, and nothing is asked of other places."""
    response = make_response(html)
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response
