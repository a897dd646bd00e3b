"""Coming in: sign-in, set-up, invitations, resets, one-time links, language before signing in."""

from __future__ import annotations

from datetime import timedelta

from flask import abort, current_app, redirect, request
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user, login_user, logout_user
from itsdangerous import BadSignature

from crm.accounts import queries, service
from crm.accounts.forms import ConfirmForm, ForgotForm, PasswordForm, SetUpForm, SignInForm
from crm.accounts.models import LinkPurpose, User
from crm.accounts.views import bp
from crm.core.errors import Invalid
from crm.core.messages import N_
from crm.core.throttle import count_try
from crm.web import htmx
from crm.web.access import public, safe_next, signed_in
from crm.web.errors import answer
from crm.web.i18n import lang
from crm.web.security import client_address

HOUR = timedelta(hours=1)
DEVICE_COOKIE = "peyvand_device"


@bp.get("/sign-in")
@public("the door itself")
def sign_in() -> ResponseReturnValue:
    if current_user.is_authenticated and not request.args.get("dialog"):
        return redirect(safe_next(request.args.get("next")), 303)
    target = safe_next(request.args.get("next"))
    return htmx.render(
        "accounts/sign_in.html",
        fragment="form",
        form=SignInForm(),
        next=target,
        dialog=bool(request.args.get("dialog")),
    )


@bp.post("/sign-in")
@public("the door itself")
def sign_in_submit() -> ResponseReturnValue:
    form = SignInForm()
    target, dialog = safe_next(request.form.get("next")), bool(request.form.get("dialog"))
    if form.validate_on_submit():
        wait = _too_many_tries(form.email.data)
        if wait:
            return _slow_down(wait)
        user = service.check_credentials(form.email.data, form.password.data)
        if user:
            return _let_in(user, target, remember=form.remember.data, dialog=dialog)
        form.refuse(
            Invalid(N_("Email and password do not belong together. Check both, or set a new password."))
        )
    return htmx.render(
        "accounts/sign_in.html", fragment="form", status=422, form=form, next=target, dialog=dialog
    )


@bp.post("/sign-out")
@signed_in
def sign_out() -> ResponseReturnValue:
    service.end_session(current_user.session_token)
    logout_user()
    return htmx.go_to("accounts.sign_in")


@bp.post("/language")
@public("the language can be chosen before signing in")
def choose_language() -> ResponseReturnValue:
    response = redirect(safe_next(request.form.get("next")), 303)
    if request.form.get("locale") in {"en", "fa"}:
        response.set_cookie(
            "peyvand_locale", request.form["locale"], max_age=31_536_000, httponly=True, samesite="Lax"
        )
    return response


@bp.route("/setup/<token>", methods=["GET", "POST"])
@public("the first admin has no account yet; the link is random, works once, and only while there is no user")
def set_up(token: str) -> ResponseReturnValue:
    queries.get_link(LinkPurpose.SETUP, token)
    if queries.has_users():
        abort(404)
    workspace = queries.get_workspace()
    form = SetUpForm(workspace=workspace.name, timezone=workspace.timezone)
    if form.validate_on_submit():
        try:
            user = service.set_up_first_admin(
                token, name=form.name.data, email=form.email.data, password=form.password.data
            )
        except Invalid as error:
            form.refuse(error)
        else:
            workspace.name, workspace.timezone = form.workspace.data.strip(), form.timezone.data
            user.timezone = form.timezone.data
            workspace.locale = user.locale = lang()
            return _let_in(user, "/")
    return htmx.render("accounts/set_up.html", status=422 if form.is_submitted() else 200, form=form)


@bp.route("/invite/<token>", methods=["GET", "POST"])
@public("whoever was invited has no password yet; the link is random and works once")
def invite(token: str) -> ResponseReturnValue:
    return _password_by_link(LinkPurpose.INVITE, token)


@bp.route("/reset/<token>", methods=["GET", "POST"])
@public("whoever forgot the password cannot sign in; the link is random, mailed, and works once")
def reset(token: str) -> ResponseReturnValue:
    return _password_by_link(LinkPurpose.RESET, token)


@bp.route("/sign-in/link/<token>", methods=["GET", "POST"])
@public("a one-time link printed by the command line")
def sign_in_by_link(token: str) -> ResponseReturnValue:
    link = queries.get_link(LinkPurpose.SIGN_IN, token)
    form = ConfirmForm()
    if form.validate_on_submit():
        user = service.use_link(LinkPurpose.SIGN_IN, token)
        return _let_in(user, "/") if user and user.is_active else abort(404)
    user = queries.get_user(link.user_id) if link.user_id else abort(404)
    return htmx.render("accounts/sign_in_by_link.html", form=form, user=user)


@bp.route("/forgot", methods=["GET", "POST"])
@public("whoever forgot the password cannot sign in")
def forgot() -> ResponseReturnValue:
    form = ForgotForm()
    if not form.validate_on_submit():
        return htmx.render(
            "accounts/forgot.html", status=422 if form.is_submitted() else 200, form=form, sent=False
        )
    by_person = count_try(f"forgot:{form.email.data.lower()}", limit=5, window=HOUR)
    wait = by_person or count_try(f"forgot:{client_address()}", limit=30, window=HOUR)
    if wait:
        return _slow_down(wait)
    service.ask_password_reset(form.email.data, base_url=current_app.config["PEYVAND"].base_url)
    return htmx.render("accounts/forgot.html", form=form, sent=True)


def _password_by_link(purpose: LinkPurpose, token: str) -> ResponseReturnValue:
    link = queries.get_link(purpose, token)
    user = queries.get_user(link.user_id) if link.user_id else abort(404)
    form = PasswordForm()
    if form.validate_on_submit():
        try:
            return _let_in(service.set_password_by_link(purpose, token, form.password.data), "/")
        except Invalid as error:
            form.refuse(error)
    return htmx.render(
        "accounts/choose_password.html", status=422 if form.is_submitted() else 200,
        form=form, user=user, invited=purpose is LinkPurpose.INVITE,
    )  # fmt: skip


def _let_in(user: User, target: str, *, remember: bool = False, dialog: bool = False) -> ResponseReturnValue:
    service.open_session(user, device=request.user_agent.string, address=client_address())
    login_user(user)
    cookie.permanent = remember
    response = current_app.make_response(
        htmx.session_renewed() if dialog and htmx.is_htmx() else htmx.go_to_url(target)
    )
    device = current_app.extensions["device_signer"].dumps(user.email_key)
    response.set_cookie(
        DEVICE_COOKIE, device, max_age=31_536_000, httponly=True, samesite="Lax",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
    )  # fmt: skip
    return response


def _too_many_tries(email: str) -> int:
    """Seconds to wait. A device the owner came in from before has a count of its own, so nobody can lock them out."""
    key = email.strip().lower()
    known = _known_device() == key
    account = count_try(f"sign-in:{key}:{'known' if known else 'strange'}", limit=15, window=HOUR)
    return account or count_try(f"sign-in:{client_address()}", limit=100, window=HOUR)


def _known_device() -> str | None:
    try:
        return str(current_app.extensions["device_signer"].loads(request.cookies.get(DEVICE_COOKIE, "")))
    except BadSignature:
        return None


def _slow_down(seconds: int) -> ResponseReturnValue:
    minutes = max(1, round(seconds / 60))
    response = current_app.make_response(
        answer(429, _("Too many tries. Wait %(minutes)s minutes and try again.", minutes=minutes))
    )
    response.headers["Retry-After"] = str(seconds)
    return response
