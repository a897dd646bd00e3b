"""Cheap password hashes for the length of a run: the real ones are slow on purpose, and hundreds of tests sign in."""

from __future__ import annotations

from argon2 import PasswordHasher

from crm.accounts import logic


def make_passwords_cheap() -> None:
    """Same algorithm, same code, least cost."""
    logic._hasher = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    logic._NOBODY = logic._hasher.hash("nobody")
