"""What every page needs of the app around it: navigation, static addresses, who may see what."""

from __future__ import annotations

import gzip
import hashlib
import os
import secrets
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from flask import Flask, Response, request, url_for
from flask_babel import gettext
from jinja2 import StrictUndefined
from whitenoise import WhiteNoise

from crm.config import ROOT
from crm.core.messages import N_
from crm.web.access import can, viewer
from crm.web.panels import for_viewer, sockets

STATIC = ROOT / "static"
GROUPS = ("", "People", "Outreach", "Sales", "You", "Settings")
TITLES = (N_("People"), N_("Outreach"), N_("Sales"))
COMPRESS_FROM = 1000


@dataclass(frozen=True)
class Entry:
    """A line of the navigation as a page draws it."""

    label: str
    url: str
    icon: str
    is_current: bool
    key: str | None = None
    count: int | None = None
    on_phone: bool = False


@dataclass(frozen=True)
class Group:
    name: str
    title: str
    entries: list[Entry]


def init_shell(app: Flask) -> None:
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    prefix = f"/static/{_fingerprint()}/"
    with suppress(OSError):  # where the folder cannot be written, files go out as they are
        compress_static()

    def static_url(name: str) -> str:
        return prefix + name

    app.jinja_env.globals.update(static_url=static_url, can=can, navigation=navigation)
    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        app.wsgi_app,
        root=STATIC,
        prefix=prefix,
        immutable_file_test=lambda *_: True,
        max_age=31_536_000,
        allow_all_origins=False,
    )
    app.after_request(_compress)


def navigation() -> list[Group]:
    """The navigation of whoever looks: only what works and what they may open."""
    found: dict[str, list[Entry]] = {name: [] for name in GROUPS}
    for entry in for_viewer(sockets().navigation, viewer()):
        found[entry.group].append(
            Entry(
                gettext(entry.label),
                url_for(entry.endpoint),
                entry.icon,
                _is_current(entry.endpoint),
                entry.key,
                on_phone=entry.on_phone,
            )
        )
    return [
        Group(name, gettext(name) if name in TITLES else "", rows) for name, rows in found.items() if rows
    ]


def _is_current(endpoint: str) -> bool:
    here = request.endpoint or ""
    return here == endpoint or (
        endpoint.endswith(".index") and here.partition(".")[0] == endpoint.partition(".")[0]
    )


@cache
def _fingerprint() -> str:
    """One hash over all static files, so that style sheets may name fonts by relative address."""
    digest = hashlib.sha256()
    for path in sorted(STATIC.rglob("*")):
        if path.is_file() and path.suffix not in {".gz", ".br"}:
            digest.update(str(path.relative_to(STATIC)).encode() + path.read_bytes())
    return digest.hexdigest()[:8]


def compress_static() -> int:
    """Write a .gz beside each static file that gains by it; returns how many were written."""
    written = 0
    for path in STATIC.rglob("*"):
        if path.suffix in {".css", ".js", ".svg", ".json"} and path.is_file():
            written += _write_compressed(path)
    return written


def _write_compressed(path: Path) -> int:
    target = path.with_name(path.name + ".gz")
    if target.exists() and target.stat().st_mtime >= path.stat().st_mtime:
        return 0
    target.write_bytes(gzip.compress(path.read_bytes(), 9, mtime=0))
    os.utime(target)
    return 1


def _compress(response: Response) -> Response:
    """Gzip pages. A random length of padding hides what compression would tell about secrets (Heal the BREACH)."""
    if (
        response.is_streamed
        or response.mimetype not in {"text/html", "application/json", "application/problem+json"}
        or "gzip" not in request.headers.get("Accept-Encoding", "")
        or "Content-Encoding" in response.headers
    ):
        return response
    body = response.get_data()
    if len(body) < COMPRESS_FROM:
        return response
    packed = bytearray(gzip.compress(body, 5, mtime=0))
    packed[3] |= 8  # the FNAME flag: a file name of random length follows the ten-byte head
    name = secrets.token_hex(secrets.randbelow(40) + 1).encode() + b"\0"
    response.set_data(bytes(packed[:10]) + name + bytes(packed[10:]))
    response.headers["Content-Encoding"] = "gzip"
    response.headers.add("Vary", "Accept-Encoding")
    return response
