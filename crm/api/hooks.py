"""Plugs the API in: callers known by their tokens, no CSRF, errors as problems."""

from __future__ import annotations

from flask import Flask

from crm.api.blueprint import bp
from crm.api.callers import caller
from crm.api.problems import make_uniform
from crm.web.access import recognise_by
from crm.web.security import csrf


def plug_in(app: Flask) -> None:
    # Browsers never send a bearer token by themselves, and cookies are not looked at: there is nothing to forge.
    csrf.exempt(bp)
    recognise_by(app, bp.name, caller)
    app.after_request(make_uniform)
