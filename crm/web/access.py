"""The door: every route says who may pass, and the app refuses to start with one that does not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, TypeVar, cast
from urllib.parse import urlsplit

from flask import Flask, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from crm.core.errors import NotAllowed
from crm.core.messages import N_
from crm.core.permissions import Permission, Reach, Viewer
from crm.web import htmx

View = TypeVar("View", bound=Callable[..., Any])
SIGNED_IN = "signed-in"


class UnguardedRoute(RuntimeError):
    """A route has neither @requires nor @public."""


class Account(Viewer, Protocol):
    """A signed-in person as the pages need them."""

    locale: str
    timezone: str
    calendar: str
    theme: str
    density: str
    email: str


def requires(permission: Permission) -> Callable[[View], View]:
    """Only viewers with this permission, at whatever reach, may call the route."""

    def mark(view: View) -> View:
        view.access = permission  # type: ignore[attr-defined]
        return view

    return mark


def signed_in(view: View) -> View:
    """Anyone who is signed in: their own profile, signing out, the dialogs of the shell."""
    view.access = SIGNED_IN  # type: ignore[attr-defined]
    return view


def public(reason: str) -> Callable[[View], View]:
    """Anyone at all; the reason is for the reader of the code and of the route list."""

    def mark(view: View) -> View:
        view.access = None  # type: ignore[attr-defined]
        view.public_reason = reason  # type: ignore[attr-defined]
        return view

    return mark


def viewer() -> Account:
    """Who looks. Only for routes that are not public."""
    return cast("Account", g.get("viewer") or current_user._get_current_object())


def can(permission: Permission) -> bool:
    """For templates: whether to draw a control. Never the reason that something stays secret."""
    return viewer().reach(permission) > Reach.NONE


def init_access(app: Flask) -> None:
    app.extensions["recognisers"] = {}
    app.before_request(_guard)


def recognise_by(app: Flask, blueprint: str, ask: Callable[[], Viewer]) -> None:
    """Let a blueprint know its callers in its own way, as the API does by tokens; their cookies count for nothing there.

    `ask` raises when it does not know them.
    """
    app.extensions["recognisers"][blueprint] = ask


def refuse_unguarded(app: Flask) -> None:
    """Raise when a route does not say who may call it."""
    missing = sorted(
        rule.endpoint
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if not hasattr(_target(app, rule.endpoint, method), "access")
    )
    if missing:
        raise UnguardedRoute(f"no @requires, @signed_in or @public on: {', '.join(dict.fromkeys(missing))}")


def access_of(app: Flask, endpoint: str, method: str) -> Permission | str | None:
    """What a route asks for: a permission, 'signed-in', or None when it is public."""
    return cast("Permission | str | None", _target(app, endpoint, method).access)


def _target(app: Flask, endpoint: str, method: str) -> Any:
    view = app.view_functions[endpoint]
    view_class = getattr(view, "view_class", None)
    return getattr(view_class, method.lower(), view) if view_class else view


def _guard() -> ResponseReturnValue | None:
    if request.endpoint is None:
        return None

    method = "GET" if request.method in {"HEAD", "OPTIONS"} else request.method
    access = access_of(current_app, request.endpoint, method)
    if access is None:
        return None
    ask = current_app.extensions["recognisers"].get(request.blueprint)
    if ask is not None:
        g.viewer = ask()
    elif not current_user.is_authenticated:
        return _ask_to_sign_in()
    if isinstance(access, Permission) and viewer().reach(access) == Reach.NONE:
        raise NotAllowed(
            N_("Your role does not include this. An admin can change that under Settings, Roles.")
        )
    return None


def _ask_to_sign_in() -> ResponseReturnValue:
    if htmx.is_htmx():
        return htmx.session_over()
    back = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("accounts.sign_in", next=back), 303)


def safe_next(target: str | None) -> str:
    """A place inside this app to go on to, else Home: never another site."""
    parts = urlsplit(target or "")
    inside = target and target.startswith("/") and not target.startswith(("//", "/\\")) and not parts.netloc
    return (
        cast("str", target)
        if inside and not any(ord(char) < 33 or char == "\\" for char in cast("str", target))
        else "/"
    )
