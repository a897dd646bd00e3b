"""Programs that speak to the API: a token, and requests without cookies or CSRF."""

from __future__ import annotations

import pytest

from crm.accounts import service as accounts
from crm.core.db import session
from tests.factories import number


class Program:
    """A client with a token; its requests carry neither cookie nor CSRF token."""

    def __init__(self, client, token=None):
        self.client, self.token = client, token

    def send(self, method, path, *, headers=None, **kwargs):
        carried = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        return self.client.open(
            f"/api/v1{path}", method=method, headers={**carried, **(headers or {})}, csrf=False, **kwargs
        )

    def get(self, path, **kwargs):
        return self.send("GET", path, **kwargs)

    def post(self, path, json=None, **kwargs):
        return self.send("POST", path, json=json, **kwargs)

    def patch(self, path, json=None, **kwargs):
        return self.send("PATCH", path, json=json, **kwargs)

    def delete(self, path, **kwargs):
        return self.send("DELETE", path, **kwargs)


@pytest.fixture
def program(app, database):
    """A maker of programs: `program(cast.sara, "contacts:view")`; without scopes all that the user may do."""

    def make(user=None, *scopes):
        token = (
            accounts.create_token(user, name=f"Program {number()}", scopes=scopes or None) if user else None
        )
        session.flush()
        return Program(app.test_client(use_cookies=False), token)

    return make
