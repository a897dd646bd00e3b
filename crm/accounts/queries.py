"""Who is there: users, sessions, links, tokens, the workspace."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import exists, func, select
from sqlalchemy.orm import joinedload, selectinload

from crm.accounts.logic import hash_token
from crm.accounts.models import ApiToken, LinkPurpose, OneTimeLink, User, UserRole, UserSession, Workspace
from crm.core import clock
from crm.core.db import session
from crm.core.errors import NotFound
from crm.core.messages import N_
from crm.core.text import email_key

WITH_ROLES = (selectinload(User.role_rows),)


def get_workspace() -> Workspace:
    """The one workspace; raises NotFound before `peyvand init`."""
    workspace = session.get(Workspace, 1)
    if workspace is None:
        raise NotFound(N_("This installation is not set up yet. Run: peyvand init"))
    return workspace


def find_workspace() -> Workspace | None:
    return session.get(Workspace, 1)


def get_user(user_id: int) -> User:
    user = session.scalar(select(User).where(User.id == user_id).options(*WITH_ROLES))
    if user is None:
        raise NotFound
    return user


def find_user_by_email(email: str) -> User | None:
    return session.scalar(select(User).where(User.email_key == email_key(email)).options(*WITH_ROLES))


def find_user_by_session(token: str) -> tuple[User, UserSession] | None:
    """The signed-in user of a session token and the session's row, when both still hold."""
    row = session.execute(
        select(User, UserSession)
        .join(UserSession, UserSession.user_id == User.id)
        .where(UserSession.token_hash == hash_token(token), User.is_active)
        .options(joinedload(User.role_rows))
    ).unique().first()  # fmt: skip
    return (row[0], row[1]) if row else None


def list_users() -> Sequence[User]:
    """Everybody with an account; workspaces are small, so this is one page."""
    return session.scalars(
        select(User).options(*WITH_ROLES).order_by(User.is_active.desc(), User.name, User.id)
    ).all()


def list_active_users() -> Sequence[User]:
    return session.scalars(select(User).where(User.is_active).order_by(User.name, User.id)).all()


def has_users() -> bool:
    return bool(session.scalar(select(exists().where(User.id.is_not(None)))))


def count_admins() -> int:
    return session.scalar(
        select(func.count(func.distinct(User.id)))
        .join(UserRole, UserRole.user_id == User.id)
        .where(UserRole.role == "admin", User.is_active)
    ) or 0  # fmt: skip


def get_link(purpose: LinkPurpose, token: str) -> OneTimeLink:
    """A link that still works; raises NotFound when it is unknown, used or too old."""
    link = session.scalar(
        select(OneTimeLink).where(
            OneTimeLink.token_hash == hash_token(token),
            OneTimeLink.purpose == purpose,
            OneTimeLink.used_at.is_(None),
            OneTimeLink.expires_at > clock.now(),
        )
    )
    if link is None:
        raise NotFound(N_("This link was used already or is too old. Ask for a new one."))
    return link


def list_sessions(user_id: int) -> Sequence[UserSession]:
    return session.scalars(
        select(UserSession)
        .where(UserSession.user_id == user_id)
        .order_by(UserSession.last_used_at.desc(), UserSession.id)
    ).all()


def list_tokens(user_id: int) -> Sequence[ApiToken]:
    return session.scalars(
        select(ApiToken).where(ApiToken.user_id == user_id).order_by(ApiToken.name, ApiToken.id)
    ).all()


def find_token(token: str) -> ApiToken | None:
    """A token that still holds, with its user and roles."""
    row = session.scalar(
        select(ApiToken)
        .where(ApiToken.token_hash == hash_token(token))
        .options(joinedload(ApiToken.user).selectinload(User.role_rows))
    )
    if row is None or not row.user.is_active or (row.expires_at and row.expires_at <= clock.now()):
        return None
    return row
