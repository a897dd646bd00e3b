"""Plugs accounts into the shell: who is signed in, in which language, and the settings' navigation."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Flask, g, has_request_context, request
from flask_babel import gettext
from flask_login import LoginManager, current_user
from itsdangerous import URLSafeSerializer

from crm.accounts import queries, service
from crm.accounts.models import User, Workspace
from crm.accounts.permissions import Roles, Settings, Tokens, Users
from crm.core import clock
from crm.core.messages import N_
from crm.core.permissions import Reach, role_about, role_label
from crm.web.i18n import LOCALES, Preferences
from crm.web.panels import NavigationEntry, plug
from crm.web.transaction import after_commit

REACHES = {Reach.NONE: N_("No access"), Reach.OWN: N_("Own"), Reach.TEAM: N_("Team"), Reach.ALL: N_("All")}
SUBJECTS = {
    "contacts": N_("Contacts"),
    "tags": N_("Tags"),
    "activities": N_("Activities"),
    "imports": N_("Imports"),
    "campaigns": N_("Campaigns"),
    "messages": N_("Messages"),
    "leads": N_("Leads"),
    "changes": N_("Recent changes"),
    "delivery": N_("Sending"),
    "users": N_("Users"),
    "roles": N_("Roles"),
    "settings": N_("Workspace"),
    "tokens": N_("API tokens"),
}
TOUCH_EVERY = timedelta(minutes=5)


def plug_in(app: Flask) -> None:
    manager = LoginManager(app)
    manager.session_protection = None
    manager.user_loader(_load_user)
    app.extensions["device_signer"] = URLSafeSerializer(app.secret_key or "", salt="known-device")
    app.context_processor(_shell)
    app.jinja_env.globals.update(
        role_label=lambda role: gettext(role_label(role)),
        role_about=lambda role: gettext(role_about(role)),
        reach_label=lambda reach: gettext(REACHES[reach]),
        subject_label=lambda subject: gettext(SUBJECTS.get(subject, subject)),
    )
    plug(
        NavigationEntry(N_("Profile"), "accounts.profile", "user-round", None, group="You", order=10),
        NavigationEntry(N_("Password and devices"), "accounts.security", "lock", None, group="You", order=20),
        NavigationEntry(
            N_("API tokens"), "accounts.tokens", "key-round", Tokens.CREATE, group="You", order=30
        ),
        NavigationEntry(
            N_("General"), "accounts.general", "settings", Settings.MANAGE, group="Settings", order=40
        ),
        NavigationEntry(N_("Users"), "accounts.people", "users", Users.VIEW, group="Settings", order=50),
        NavigationEntry(
            N_("Roles"), "accounts.roles", "shield-check", Roles.VIEW, group="Settings", order=60
        ),
    )


def preferences() -> Preferences:
    """How whoever looks wants things written: as the user says, else the browser's choice, else the workspace."""
    if not has_request_context():
        return _preferences_of_workspace(None)
    if "preferences" not in g:
        # Every date and number of a page asks, so a request finds out once.
        user = g.get("viewer") or current_user
        g.preferences = (
            Preferences(user.locale, user.timezone, user.calendar)
            if user.is_authenticated
            else _preferences_of_workspace(request.cookies.get("peyvand_locale"))
        )
    return g.preferences  # type: ignore[no-any-return]


def _preferences_of_workspace(chosen: str | None) -> Preferences:
    workspace = _workspace()
    if workspace is None:
        return Preferences()
    return Preferences(
        chosen if chosen in LOCALES else workspace.locale, workspace.timezone, workspace.calendar
    )


def _workspace() -> Workspace | None:
    """Held in the request: the session itself forgets what nobody holds, and would ask again."""
    if "workspace" not in g:
        g.workspace = queries.find_workspace()
    return g.workspace  # type: ignore[no-any-return]


def _load_user(token: str) -> User | None:
    found = queries.find_user_by_session(token)
    if found is None:
        return None
    user, opened = found
    now = clock.now()
    if now - opened.last_used_at > service.SESSION_IDLE or now - opened.created_at > service.SESSION_LIFE:
        return None
    user.session_token = token
    if now - opened.last_used_at > TOUCH_EVERY:
        after_commit(service.touch_session, token)
    return user


def _shell() -> dict[str, Any]:
    user = current_user if has_request_context() and current_user.is_authenticated else None
    return {"viewer": user, "workspace": _workspace()}
