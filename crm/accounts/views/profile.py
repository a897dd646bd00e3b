"""Oneself: profile, password, sessions, API tokens."""

from __future__ import annotations

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from crm.accounts import queries, service
from crm.accounts.forms import ChangePasswordForm, ProfileForm, ThemeForm, TokenForm
from crm.accounts.logic import hash_token
from crm.accounts.permissions import Tokens
from crm.accounts.views import bp
from crm.core.errors import DomainError, Invalid
from crm.web import htmx
from crm.web.access import requires, safe_next, signed_in


@bp.get("/settings")
@signed_in
def settings() -> ResponseReturnValue:
    return redirect(url_for("accounts.profile"), 303)


@bp.route("/settings/profile", methods=["GET", "POST"])
@signed_in
def profile() -> ResponseReturnValue:
    form = ProfileForm(obj=current_user)
    if form.validate_on_submit():
        form.populate_obj(current_user)
        htmx.notify(_("Profile saved"))
        return htmx.go_to("accounts.profile")
    return htmx.render("accounts/profile.html", status=422 if form.is_submitted() else 200, form=form)


@bp.post("/settings/theme")
@signed_in
def choose_theme() -> ResponseReturnValue:
    form = ThemeForm()
    if form.validate_on_submit():
        current_user.theme = form.theme.data
    return htmx.go_to_url(safe_next(request.form.get("next")))


@bp.route("/settings/security", methods=["GET", "POST"])
@signed_in
def security() -> ResponseReturnValue:
    form = ChangePasswordForm()
    if form.validate_on_submit():
        try:
            service.change_password(current_user, current=form.current.data or "", new=form.password.data)
        except Invalid as error:
            form.refuse(error)
        else:
            htmx.notify(_("Password changed. Every other device was signed out."))
            return htmx.go_to("accounts.security")
    return htmx.render(
        "accounts/security.html",
        status=422 if form.is_submitted() else 200,
        form=form,
        sessions=queries.list_sessions(current_user.id),
        current_hash=hash_token(current_user.session_token),
    )


@bp.post("/settings/security/sessions/<int:session_id>/end")
@signed_in
def end_session(session_id: int) -> ResponseReturnValue:
    service.end_session_by_id(session_id, user=current_user)
    htmx.notify(_("Signed out there"))
    return htmx.go_to("accounts.security")


@bp.post("/settings/security/sessions/end-others")
@signed_in
def end_other_sessions() -> ResponseReturnValue:
    service.end_sessions(current_user.id, but=current_user.session_token)
    htmx.notify(_("Signed out on all other devices"))
    return htmx.go_to("accounts.security")


@bp.route("/settings/tokens", methods=["GET", "POST"])
@requires(Tokens.CREATE)
def tokens() -> ResponseReturnValue:
    form = TokenForm()
    made = None
    if form.validate_on_submit():
        try:
            made = service.create_token(current_user, name=form.name.data.strip())
        except DomainError as error:
            form.refuse(error)
    return htmx.render(
        "accounts/tokens.html", status=422 if form.is_submitted() and not made else 200, form=form, made=made,
        tokens=queries.list_tokens(current_user.id),
    )  # fmt: skip


@bp.post("/settings/tokens/<int:token_id>/delete")
@requires(Tokens.CREATE)
def revoke_token(token_id: int) -> ResponseReturnValue:
    service.revoke_token(token_id, user=current_user)
    htmx.notify(_("Token revoked. Programs that used it are refused from now on."))
    return htmx.go_to("accounts.tokens")
