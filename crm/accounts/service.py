"""Verbs of accounts: set up, invite, sign in and out, give roles, make tokens."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import delete, update

from crm.accounts import queries
from crm.accounts.events import PasswordResetAsked, RolesChanged, SignedIn, UserInvited
from crm.accounts.logic import (
    check_password_rules,
    hash_password,
    hash_token,
    needs_rehash,
    new_token,
    password_matches,
)
from crm.accounts.models import ApiToken, LinkPurpose, OneTimeLink, User, UserRole, UserSession, Workspace
from crm.core import clock
from crm.core.db import session
from crm.core.errors import Conflict, Invalid, NotFound
from crm.core.events import publish
from crm.core.messages import N_
from crm.core.permissions import Viewer, find_permission, role_names
from crm.core.text import email_key, normalise_email

LINK_LIVES = {
    LinkPurpose.SETUP: timedelta(hours=72),
    LinkPurpose.INVITE: timedelta(hours=72),
    LinkPurpose.SIGN_IN: timedelta(hours=72),
    LinkPurpose.RESET: timedelta(hours=1),
}
SESSION_IDLE = timedelta(days=14)
SESSION_LIFE = timedelta(days=30)
ADMIN = "admin"


def create_workspace(*, name: str, locale: str, timezone: str, calendar: str) -> Workspace:
    """Make the one workspace row, unless it is there."""
    workspace = queries.find_workspace()
    if workspace is None:
        region = "IR" if locale == "fa" or timezone == "Asia/Tehran" else ""
        workspace = Workspace(
            id=1, name=name, locale=locale, timezone=timezone, calendar=calendar, region=region,
            unsubscribe_salt=secrets.token_hex(16),
        )  # fmt: skip
        session.add(workspace)
        session.flush()
    return workspace


def change_workspace(workspace: Workspace, **values: str) -> None:
    """Set the workspace's fields; raises Invalid for a bad sender address."""
    if values.get("sender_email"):
        values["sender_email"] = _checked_email(values["sender_email"], field="sender_email")
    values["region"] = (values.get("region") or "").upper()
    for name, value in values.items():
        setattr(workspace, name, (value or "").strip())
    session.flush()


def create_user(*, name: str, email: str, roles: Sequence[str], password: str | None = None) -> User:
    """Raises Conflict when the address has an account, Invalid for a bad address, role or password."""
    email = _checked_email(email)
    _check_roles(roles)
    if queries.find_user_by_email(email):
        raise Conflict(N_("%(email)s has an account already."), field="email", email=email)
    workspace = queries.get_workspace()
    user = User(
        name=name.strip() or email, email=email, email_key=email_key(email),
        locale=workspace.locale, timezone=workspace.timezone, calendar=workspace.calendar,
        role_rows=[UserRole(role=role) for role in sorted(set(roles))],
    )  # fmt: skip
    if password is not None:
        set_password(user, password)
    if ADMIN in roles and not workspace.sender_email:
        # Somebody must stand as the sender of a first campaign; it is changed under Settings, General.
        workspace.sender_name, workspace.sender_email = user.name, user.email
    session.add(user)
    session.flush()
    return user


def make_link(purpose: LinkPurpose, user: User | None) -> str:
    """A new one-time token; earlier ones of the same purpose and person stop working."""
    session.execute(
        delete(OneTimeLink).where(
            OneTimeLink.purpose == purpose,
            OneTimeLink.user_id == user.id if user else OneTimeLink.user_id.is_(None),
        )
    )
    token = new_token()
    session.add(
        OneTimeLink(
            purpose=purpose, token_hash=hash_token(token), user_id=user.id if user else None,
            expires_at=clock.now() + LINK_LIVES[purpose],
        )
    )  # fmt: skip
    session.flush()
    return token


def use_link(purpose: LinkPurpose, token: str) -> User | None:
    """Spend a one-time link; raises NotFound when it is unknown, used or too old."""
    link = queries.get_link(purpose, token)
    spent = session.execute(
        update(OneTimeLink)
        .where(OneTimeLink.id == link.id, OneTimeLink.used_at.is_(None))
        .values(used_at=clock.now())
    )
    if spent.rowcount != 1:  # type: ignore[attr-defined]
        raise NotFound(N_("This link was used already or is too old. Ask for a new one."))
    return queries.get_user(link.user_id) if link.user_id else None


def set_up_first_admin(token: str, *, name: str, email: str, password: str) -> User:
    """The first visit of a new installation; closes for good once there is a user."""
    use_link(LinkPurpose.SETUP, token)
    if queries.has_users():
        raise NotFound
    return create_user(name=name, email=email, roles=[ADMIN], password=password)


def invite_user(
    *, name: str, email: str, roles: Sequence[str], actor: Viewer, base_url: str
) -> tuple[User, str]:
    """An account without a password, and the link to set one; the invitation is also mailed."""
    user = create_user(name=name, email=email, roles=roles)
    url = f"{base_url}/invite/{make_link(LinkPurpose.INVITE, user)}"
    publish(UserInvited(user_id=user.id, invited_by=actor.name, url=url))
    return user, url


def renew_invitation(user: User, *, actor: Viewer, base_url: str) -> str:
    url = f"{base_url}/invite/{make_link(LinkPurpose.INVITE, user)}"
    publish(UserInvited(user_id=user.id, invited_by=actor.name, url=url))
    return url


def ask_password_reset(email: str, *, base_url: str) -> None:
    """Mail a reset link when there is such a user; says nothing either way."""
    user = queries.find_user_by_email(email)
    if user and user.is_active:
        url = f"{base_url}/reset/{make_link(LinkPurpose.RESET, user)}"
        publish(PasswordResetAsked(user_id=user.id, url=url))


def set_password_by_link(purpose: LinkPurpose, token: str, password: str) -> User:
    """Set the password of whom the link belongs to and end every session of theirs."""
    user = use_link(purpose, token)
    if user is None:
        raise NotFound
    set_password(user, password)
    end_sessions(user.id)
    return user


def set_password(user: User, password: str) -> None:
    check_password_rules(password, about=(user.name, user.email, user.email.partition("@")[0]))
    user.password_hash = hash_password(password)


def change_password(user: User, *, current: str, new: str) -> None:
    """Needs the present password; every other session ends."""
    if user.password_hash and not password_matches(user.password_hash, current):
        raise Invalid(N_("This is not your present password."), field="current")
    set_password(user, new)
    end_sessions(user.id, but=user.session_token)


def check_credentials(email: str, password: str) -> User | None:
    """The user, when address and password belong together; takes as long either way."""
    user = queries.find_user_by_email(email)
    right = password_matches(user.password_hash if user else None, password)
    if not user or not right or not user.is_active:
        return None
    if user.password_hash and needs_rehash(user.password_hash):
        user.password_hash = hash_password(password)
    return user


def open_session(user: User, *, device: str, address: str) -> None:
    """Start a session; its token is on the user for the cookie to take."""
    user.session_token = new_token()
    row = UserSession(
        user_id=user.id, token_hash=hash_token(user.session_token), device=device[:200], address=address[:64]
    )
    session.add(row)
    session.flush()
    publish(SignedIn(user_id=user.id, address=address))


def touch_session(token: str) -> None:
    """Note that a session is in use."""
    session.execute(
        update(UserSession)
        .where(UserSession.token_hash == hash_token(token))
        .values(last_used_at=clock.now())
    )


def end_session(token: str) -> None:
    session.execute(delete(UserSession).where(UserSession.token_hash == hash_token(token)))


def end_session_by_id(session_id: int, *, user: User) -> None:
    session.execute(delete(UserSession).where(UserSession.id == session_id, UserSession.user_id == user.id))


def end_sessions(user_id: int, *, but: str = "") -> None:
    """Sign a user out everywhere, save where `but` is the session's token."""
    session.execute(
        delete(UserSession).where(UserSession.user_id == user_id, UserSession.token_hash != hash_token(but))
    )


def change_roles(user: User, roles: Sequence[str], *, actor: Viewer) -> None:
    """Give exactly these roles; raises Invalid when the last admin would lose theirs."""
    _check_roles(roles)
    before, after = tuple(user.roles), tuple(sorted(set(roles)))
    if ADMIN in before and ADMIN not in after and user.is_active and queries.count_admins() <= 1:
        raise Invalid(N_("Someone has to stay admin. Make another person admin first."), field="roles")
    user.role_rows = [row for row in user.role_rows if row.role in after]
    user.role_rows += [UserRole(role=role) for role in after if role not in before]
    session.flush()
    publish(RolesChanged(user_id=user.id, before=before, after=after, actor_id=actor.id))


def close_account(user: User, *, actor: Viewer) -> None:
    """The person can no longer sign in; what they did stays."""
    if user.id == actor.id:
        raise Invalid(N_("You cannot close your own account. Ask another admin."))
    if ADMIN in user.roles and queries.count_admins() <= 1:
        raise Invalid(N_("Someone has to stay admin. Make another person admin first."))
    user.is_active = False
    end_sessions(user.id)


def reopen_account(user: User) -> None:
    user.is_active = True


def create_token(user: User, *, name: str, scopes: Sequence[str] | None = None) -> str:
    """A new API token, told once. Raises Invalid for an unknown scope, Conflict for a name already used."""
    for scope in scopes or ():
        if find_permission(scope) is None:
            raise Invalid(N_("There is no permission called %(scope)s."), field="scopes", scope=scope)
    if any(token.name == name for token in queries.list_tokens(user.id)):
        raise Conflict(N_("There is a token called %(name)s already."), field="name", name=name)
    token = f"pvd_{new_token()}"
    session.add(
        ApiToken(
            user_id=user.id, name=name, token_hash=hash_token(token), scopes=list(scopes) if scopes else None
        )
    )
    session.flush()
    return token


def revoke_token(token_id: int, *, user: User) -> None:
    session.execute(delete(ApiToken).where(ApiToken.id == token_id, ApiToken.user_id == user.id))


def touch_token(token_id: int) -> None:
    session.execute(update(ApiToken).where(ApiToken.id == token_id).values(last_used_at=clock.now()))


def _checked_email(email: str, *, field: str = "email") -> str:
    try:
        return normalise_email(email)
    except ValueError as error:
        raise Invalid(
            N_("This is not an email address: %(email)s"), field=field, email=email[:100]
        ) from error


def _check_roles(roles: Sequence[str]) -> None:
    unknown = [role for role in roles if role not in role_names()]
    if unknown:
        raise Invalid(
            N_("There is no role called %(role)s. Roles are: %(known)s."),
            field="roles", role=unknown[0], known=", ".join(role_names()),
        )  # fmt: skip
    if not roles:
        raise Invalid(N_("Choose at least one role."), field="roles")
