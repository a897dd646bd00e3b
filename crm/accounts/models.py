"""Tables of people who sign in, and of the workspace."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.core import clock
from crm.core.db import Model
from crm.core.permissions import Permission, Reach, widest_reach
from crm.core.types import Json, UtcDateTime, enum_column


class Workspace(Model):
    """The one row that says how this installation is called and what day it is here."""

    __tablename__ = "workspace"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    locale: Mapped[str] = mapped_column(String(10))
    timezone: Mapped[str] = mapped_column(String(60))
    calendar: Mapped[str] = mapped_column(String(12))
    region: Mapped[str] = mapped_column(String(2), default="")
    """ISO country that phone numbers without a prefix belong to."""
    postal_address: Mapped[str] = mapped_column(String(500), default="")
    sender_name: Mapped[str] = mapped_column(String(120), default="")
    sender_email: Mapped[str] = mapped_column(String(254), default="")
    unsubscribe_salt: Mapped[str] = mapped_column(String(64), default="")


class User(Model):
    """Someone who signs in. It is also the viewer that queries ask how far it may see."""

    __tablename__ = "user"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str] = mapped_column(String(254))
    email_key: Mapped[str] = mapped_column(String(254), unique=True)
    password_hash: Mapped[str | None] = mapped_column(String(200))
    locale: Mapped[str] = mapped_column(String(10))
    timezone: Mapped[str] = mapped_column(String(60))
    calendar: Mapped[str] = mapped_column(String(12), default="auto")
    theme: Mapped[str] = mapped_column(String(8), default="system")
    density: Mapped[str] = mapped_column(String(12), default="comfortable")
    single_keys: Mapped[bool] = mapped_column(default=True)
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)

    role_rows: Mapped[list[UserRole]] = relationship(
        lazy="raise_on_sql", cascade="all, delete-orphan", passive_deletes=True, order_by="UserRole.role"
    )

    is_authenticated = True
    is_anonymous = False
    session_token: str = ""
    """The raw token of the session this user came in by; only set by the session loader."""

    @property
    def roles(self) -> list[str]:
        return [row.role for row in self.role_rows]

    @property
    def initials(self) -> str:
        words = self.name.split()
        return "".join(word[0] for word in (words[:1] + words[1:][-1:])) if words else "?"

    @property
    def hue(self) -> int:
        return self.id % 8 + 1

    def get_id(self) -> str:
        """What Flask-Login keeps in the cookie: the session's token, never the user's id."""
        return self.session_token

    def reach(self, permission: Permission) -> Reach:
        return widest_reach(self.roles, permission)

    def can(self, permission: Permission) -> bool:
        return self.reach(permission) > Reach.NONE


class UserRole(Model):
    """A role a user holds, by name; the widest of several wins."""

    __tablename__ = "user_role"

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    role: Mapped[str] = mapped_column(String(60), primary_key=True)


class UserSession(Model):
    """One signed-in browser. The cookie holds a random token, this table its hash."""

    __tablename__ = "user_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    last_used_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    device: Mapped[str] = mapped_column(String(200), default="")
    address: Mapped[str] = mapped_column(String(64), default="")


class LinkPurpose(StrEnum):
    SETUP = "setup"
    INVITE = "invite"
    RESET = "reset"
    SIGN_IN = "sign-in"


class OneTimeLink(Model):
    """A link that works once: first set-up, invitation, password reset, first sign-in."""

    __tablename__ = "one_time_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    purpose: Mapped[LinkPurpose] = mapped_column(enum_column(LinkPurpose))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ApiToken(Model):
    """A key for programs; never wider than its user. Only the hash of it is kept."""

    __tablename__ = "api_token"
    __table_args__ = (UniqueConstraint("user_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(120))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    scopes: Mapped[list[str] | None] = mapped_column(Json)
    """Permission names; None is everything the user may do."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    user: Mapped[User] = relationship(lazy="raise_on_sql")


class TokenViewer:
    """A token as a viewer: its user's reach, cut down to the token's scopes."""

    is_authenticated = True

    def __init__(self, token: ApiToken) -> None:
        self.user = token.user
        self.scopes: Sequence[str] | None = token.scopes
        self.id: int | None = token.user.id
        self.name = token.user.name

    def reach(self, permission: Permission) -> Reach:
        if self.scopes is not None and permission.value not in self.scopes:
            return Reach.NONE
        return self.user.reach(permission)

    def can(self, permission: Permission) -> bool:
        return self.reach(permission) > Reach.NONE

    def __getattr__(self, name: str) -> Any:
        return getattr(self.user, name)
