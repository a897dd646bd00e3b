"""Who asks: the user behind the bearer token, as far as its scopes reach."""

from __future__ import annotations

from datetime import timedelta

from flask import request

from crm.accounts import queries, service
from crm.accounts.models import TokenViewer
from crm.api.problems import TokenWanted
from crm.core import clock
from crm.web.transaction import after_commit

TOUCH_EVERY = timedelta(minutes=5)


def caller() -> TokenViewer:
    """Raises TokenWanted without a token that holds; notes its use, at most once in five minutes."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    found = queries.find_token(token.strip()) if scheme.lower() == "bearer" and token.strip() else None
    if found is None:
        raise TokenWanted(was_wrong=bool(token))
    if found.last_used_at is None or clock.now() - found.last_used_at > TOUCH_EVERY:
        after_commit(service.touch_token, found.id)
    return TokenViewer(found)
