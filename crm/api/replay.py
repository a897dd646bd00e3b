"""Idempotency-Key: the same write asked twice is done once and answered twice."""

from __future__ import annotations

import hashlib
import json

from flask import Response, g, request
from flask_babel import gettext as _

from crm.accounts.models import TokenViewer
from crm.api import service
from crm.api.problems import Fault, WrongFields

HEADER = "Idempotency-Key"
LONGEST = 200


def answer_again() -> Response | None:
    """Before a write with a key: the answer it got the first time, or nothing when it is the first."""
    key = request.headers.get(HEADER)
    viewer = g.get("viewer")
    if key is None or viewer is None or request.method in {"GET", "HEAD", "OPTIONS"}:
        return None
    if not 0 < len(key) <= LONGEST or not key.isascii() or not key.isprintable():
        raise WrongFields(Fault(HEADER, _("A key has 1 to 200 printable ASCII signs."), "header"))
    stored = service.reserve_key(viewer.id, key, _request_hash(viewer))
    if stored is None:
        g.idempotency_key = key
        return None
    response = Response(
        stored.body, stored.status, {"Idempotent-Replayed": "true"}, content_type="application/json"
    )
    if stored.location:
        response.headers["Location"] = stored.location
    return response


def keep_answer(response: Response) -> Response:
    """After it: what was done is remembered with its answer; what was refused may be tried again."""
    key = g.pop("idempotency_key", None)
    if key is not None and response.status_code < 400:
        service.keep_answer(
            g.viewer.id, key, status=response.status_code, body=response.get_data(as_text=True),
            location=response.headers.get("Location"),
        )  # fmt: skip
    return response


def _request_hash(viewer: TokenViewer) -> str:
    """What makes two requests the same. Rights count, so that nobody reads what was shown to wider ones."""
    rights = [sorted(viewer.user.roles), None if viewer.scopes is None else sorted(viewer.scopes)]
    told = json.dumps([request.method, request.full_path, rights]).encode()
    return hashlib.sha256(told + b"\n" + request.get_data()).hexdigest()
