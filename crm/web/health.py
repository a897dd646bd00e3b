"""/healthz: whether the database answers and the sending side is alive; says little, to anyone."""

from __future__ import annotations

from flask import Blueprint, jsonify, redirect, url_for
from flask.typing import ResponseReturnValue

from crm.core import clock, jobs
from crm.web.access import public, signed_in

bp = Blueprint("health", __name__)


@bp.get("/healthz")
@public("monitoring asks without an account; the answer names no one and nothing")
def healthz() -> ResponseReturnValue:
    tick = jobs.last_beat("worker:")
    oldest = jobs.oldest_due()
    return jsonify(
        status="ok",
        database="ok",
        time=clock.now().isoformat(),
        last_tick=tick.isoformat() if tick else None,
        oldest_due_message=oldest.isoformat() if oldest else None,
    )


@bp.get("/")
@signed_in
def home() -> ResponseReturnValue:
    return redirect(url_for("contacts.index"), 303)
