"""Who asks: the user behind the bearer token, as far as its scopes reach."""

from __future__ import annotations

from flask import request

from crm.accounts.hooks import bearer
from crm.accounts.models import TokenViewer
from crm.api.problems import TokenWanted


def caller() -> TokenViewer:
    """Raises TokenWanted without a token that holds."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    found = bearer(token.strip()) if scheme.lower() == "bearer" and token.strip() else None
    if found is None:
        raise TokenWanted(was_wrong=bool(token))
    return found
