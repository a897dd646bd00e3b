"""Users and the workspace."""

from __future__ import annotations

from functools import cache
from typing import Any

from crm.accounts.logic import hash_password
from crm.accounts.models import User, UserRole, Workspace
from crm.core.db import session
from crm.core.text import email_key
from tests.factories import number

PASSWORD = "correct horse battery"


def make_workspace(**values: Any) -> Workspace:
    """The one workspace, made at first use."""
    workspace = session.get(Workspace, 1)
    if workspace is None:
        plain = {"name": "Northwind", "locale": "en", "timezone": "UTC", "calendar": "auto"}
        workspace = Workspace(id=1, **(plain | values))
        session.add(workspace)
        session.flush()
    for name, value in values.items():
        setattr(workspace, name, value)
    return workspace


def make_user(*roles: str, password: str | None = None, **values: Any) -> User:
    """Someone with these roles, by default a viewer; without a password unless one is given."""
    make_workspace()
    values.setdefault("name", f"User {number()}")
    values.setdefault("email", f"user{number()}@example.com")
    plain = {"locale": "en", "timezone": "UTC", "email_key": email_key(values["email"])}
    hashed = _hashed(password) if password else None
    rows = [UserRole(role=role) for role in sorted(roles or ("viewer",))]
    user = User(**(plain | values), password_hash=hashed, role_rows=rows)
    session.add(user)
    session.flush()
    return user


@cache
def _hashed(password: str) -> str:
    """Hashing is slow on purpose; the same password is hashed once a run."""
    return hash_password(password)
