"""What happened to accounts; delivery mails some of it, the audit writes it down."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class UserInvited:
    user_id: int
    invited_by: str
    url: str


@dataclass(frozen=True)
class PasswordResetAsked:
    user_id: int
    url: str


@dataclass(frozen=True)
class SignedIn:
    user_id: int
    address: str


@dataclass(frozen=True)
class RolesChanged:
    user_id: int
    before: tuple[str, ...]
    after: tuple[str, ...]
    actor_id: int | None
