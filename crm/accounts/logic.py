"""Passwords and tokens: pure functions."""

from __future__ import annotations

import gzip
import hashlib
import secrets
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from crm.core.errors import Invalid
from crm.core.messages import N_
from crm.core.permissions import Permission, Reach, all_permissions, role_names, role_reach

MIN_PASSWORD = 8
MAX_PASSWORD = 256

_hasher = PasswordHasher()
_NOBODY = _hasher.hash(secrets.token_hex(16))
"""What is checked when there is no such user, so that the answer takes as long."""


def new_token() -> str:
    """256 random bits for a URL, a cookie or a header."""
    return secrets.token_urlsafe(32)


def hash_token(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def hash_password(password: str) -> str:
    return _hasher.hash(password)


def password_matches(password_hash: str | None, password: str) -> bool:
    """Whether it is the right one; takes the same time when there is no hash to compare with."""
    try:
        _hasher.verify(password_hash or _NOBODY, password[:MAX_PASSWORD])
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


def needs_rehash(password_hash: str) -> bool:
    return _hasher.check_needs_rehash(password_hash)


def check_password_rules(password: str, *, about: tuple[str, ...] = ()) -> None:
    """Raise Invalid when a password is short, endless, among the common ones, or the person's own name or address."""
    if len(password) < MIN_PASSWORD:
        raise Invalid(
            N_("Choose a password of at least %(count)s characters."), field="password", count=MIN_PASSWORD
        )
    if len(password) > MAX_PASSWORD:
        raise Invalid(
            N_("A password can have at most %(count)s characters."), field="password", count=MAX_PASSWORD
        )
    plain = password.casefold()
    if plain in _common_passwords() or plain in {word.casefold() for word in about}:
        raise Invalid(N_("This password is among the first ones guessed. Choose another."), field="password")


@cache
def _common_passwords() -> frozenset[str]:
    packed = Path(__file__).with_name("common_passwords.txt.gz").read_bytes()
    return frozenset(gzip.decompress(packed).decode().split())


def role_matrix() -> list[tuple[str, list[tuple[Permission, list[Reach]]]]]:
    """Subject → its permissions, each with the reach of every role, in the order of `role_names()`."""
    subjects: dict[str, list[tuple[Permission, list[Reach]]]] = {}
    for permission in all_permissions():
        row = [role_reach(role, permission) for role in role_names()]
        subjects.setdefault(permission.value.partition(":")[0], []).append((permission, row))
    return list(subjects.items())
