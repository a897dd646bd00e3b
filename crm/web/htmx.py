"""The only reader and writer of HX-* headers: pages and fragments, going elsewhere, telling what was done."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from flask import Flask, Response, flash, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf
from htmx_flask import Htmx
from jinja2_fragments.flask import render_block
from markupsafe import Markup

_extension = Htmx()


def init_htmx(app: Flask) -> None:
    _extension.init_app(app)
    app.after_request(_vary)


def is_htmx() -> bool:
    return bool(request.htmx)  # type: ignore[attr-defined]


def is_fragment() -> bool:
    """Whether only a part of the page is wanted: asked by htmx, neither boosted nor restoring history."""
    asked = request.htmx  # type: ignore[attr-defined]
    return bool(asked) and not asked.boosted and not asked.history_restore_request


def render(
    template: str,
    *,
    fragment: str | None = None,
    also: Sequence[str] = (),
    status: int = 200,
    push_url: str | None = None,
    **context: Any,
) -> Response:
    """The whole page, or for a partial request the named block and, out of band, the blocks in `also`."""
    if fragment and is_fragment():
        parts = [render_block(template, fragment, **context, oob=False)]
        parts += [render_block(template, name, **context, oob=True) for name in also]
        parts.append(_pending_toasts())
        response = make_response("".join(parts), status)
        if push_url:
            response.headers["HX-Push-Url"] = push_url
        return response
    return make_response(render_template(template, **context, oob=False), status)


def go_to(endpoint: str, **values: Any) -> ResponseReturnValue:
    """On to another page: 303, or for htmx a 204 with HX-Redirect."""
    return go_to_url(url_for(endpoint, **values))


def go_to_url(url: str) -> ResponseReturnValue:
    """On to an address inside the app."""
    if not is_fragment():
        return redirect(url, 303)
    _flash_pending()
    response = make_response("", 204)
    response.headers["HX-Redirect"] = url
    return response


def notify(message: str, kind: str = "done", *, undo_url: str | None = None) -> None:
    """Tell what was done: a toast with the answer, or a flash when the answer leads elsewhere.

    `message` is already translated. `undo_url` takes a POST that takes the thing back.
    """
    note = {"message": message, "kind": kind, "undo_url": undo_url}
    if is_fragment():
        g.setdefault("notes", []).append(note)
    else:
        flash(note, kind)  # type: ignore[arg-type]


def refuse(message: str, status: int) -> Response:
    """An answer to htmx that swaps nothing and shows the sentence as a toast."""
    response = make_response("", status)
    response.headers["HX-Reswap"] = "none"
    _trigger(response, {"toast": {"message": message, "kind": "bad"}})
    return response


def session_over() -> Response:
    """401 for htmx: the page opens its sign-in dialog and keeps what was typed."""
    response = make_response("", 401)
    response.headers["HX-Reswap"] = "none"
    _trigger(response, {"session:over": {"url": url_for("accounts.sign_in", dialog=1)}})
    return response


def session_renewed() -> Response:
    """Signed in again in the dialog: the page stays as it is and gets the new CSRF token."""
    response = make_response("", 200)
    response.headers["HX-Reswap"] = "none"
    _trigger(response, {"session:renewed": {"token": generate_csrf()}})
    return response


def trigger(response: Response, name: str, **detail: Any) -> Response:
    """Let the page know that something happened; names are past tense with a colon, `contact:saved`."""
    _trigger(response, {name: detail})
    return response


def _trigger(response: Response, events: dict[str, Any]) -> None:
    # ASCII-escaped JSON: Persian text in a raw header drops the connection, headers are latin-1.
    response.headers["HX-Trigger"] = json.dumps(events, ensure_ascii=True)


def _pending_toasts() -> str:
    notes = g.pop("notes", [])
    if not notes:
        return ""
    return str(Markup(render_template("ui/_toasts.html", notes=notes, oob=True)))


def _flash_pending() -> None:
    for note in g.pop("notes", []):
        flash(note, note["kind"])


def _vary(response: Response) -> Response:
    if response.mimetype == "text/html":
        response.headers.add("Vary", "HX-Request")
    return response
