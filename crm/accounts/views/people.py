"""The people with accounts, what roles may do, and the workspace."""

from __future__ import annotations

from flask import current_app
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import SelectChoice

from crm.accounts import queries, service
from crm.accounts.forms import InviteForm, RolesForm, WorkspaceForm
from crm.accounts.logic import role_matrix
from crm.accounts.permissions import Roles, Settings, Users
from crm.accounts.views import bp
from crm.core.errors import DomainError, Invalid
from crm.core.permissions import role_names
from crm.web import htmx
from crm.web.access import requires, viewer
from crm.web.errors import sentence_of


@bp.get("/settings/people")
@requires(Users.VIEW)
def people() -> ResponseReturnValue:
    can_manage = viewer().can(Users.MANAGE)
    return htmx.render("accounts/people.html", users=queries.list_users(), can_manage=can_manage)


@bp.route("/settings/people/new", methods=["GET", "POST"])
@requires(Users.MANAGE)
def invite_user() -> ResponseReturnValue:
    form = InviteForm()
    form.roles.choices = [SelectChoice(role) for role in role_names()]
    url = user = None
    if form.validate_on_submit():
        try:
            user, url = service.invite_user(
                name=form.name.data,
                email=form.email.data,
                roles=form.roles.data,
                actor=viewer(),
                base_url=_base_url(),
            )
        except DomainError as error:
            form.refuse(error)
    status = 422 if form.is_submitted() and not url else 200
    return htmx.render(
        "accounts/invite.html", status=status, form=form, url=url, user=user, mail_leaves=_mail_leaves()
    )


@bp.post("/settings/people/<int:user_id>/invite")
@requires(Users.MANAGE)
def invite_again(user_id: int) -> ResponseReturnValue:
    user = queries.get_user(user_id)
    url = service.renew_invitation(user, actor=viewer(), base_url=_base_url())
    return htmx.render(
        "accounts/invite.html", form=InviteForm(), url=url, user=user, mail_leaves=_mail_leaves()
    )


@bp.route("/settings/people/<int:user_id>", methods=["GET", "POST"])
@requires(Users.MANAGE)
def user(user_id: int) -> ResponseReturnValue:
    person = queries.get_user(user_id)
    form = RolesForm(roles=person.roles)
    form.roles.choices = [SelectChoice(role) for role in role_names()]
    if form.validate_on_submit():
        try:
            service.change_roles(person, form.roles.data or [], actor=viewer())
        except Invalid as error:
            form.refuse(error)
        else:
            htmx.notify(_("Roles of %(name)s saved", name=person.name))
            return htmx.go_to("accounts.people")
    return htmx.render(
        "accounts/user.html", status=422 if form.is_submitted() else 200, form=form, user=person
    )


@bp.post("/settings/people/<int:user_id>/close")
@requires(Users.MANAGE)
def close_account(user_id: int) -> ResponseReturnValue:
    person = queries.get_user(user_id)
    try:
        service.close_account(person, actor=viewer())
        htmx.notify(_("%(name)s can no longer sign in", name=person.name))
    except Invalid as error:
        htmx.notify(sentence_of(error), "bad")
    return htmx.go_to("accounts.people")


@bp.post("/settings/people/<int:user_id>/reopen")
@requires(Users.MANAGE)
def reopen_account(user_id: int) -> ResponseReturnValue:
    person = queries.get_user(user_id)
    service.reopen_account(person)
    htmx.notify(_("%(name)s can sign in again", name=person.name))
    return htmx.go_to("accounts.people")


@bp.get("/settings/roles")
@requires(Roles.VIEW)
def roles() -> ResponseReturnValue:
    return htmx.render("accounts/roles.html", roles=role_names(), matrix=role_matrix())


@bp.route("/settings/general", methods=["GET", "POST"])
@requires(Settings.MANAGE)
def general() -> ResponseReturnValue:
    workspace = queries.get_workspace()
    form = WorkspaceForm(obj=workspace)
    if form.validate_on_submit():
        try:
            service.change_workspace(
                workspace, **{name: value for name, value in form.data.items() if name != "csrf_token"}
            )
        except Invalid as error:
            form.refuse(error)
        else:
            htmx.notify(_("Workspace saved"))
            return htmx.go_to("accounts.general")
    return htmx.render("accounts/general.html", status=422 if form.is_submitted() else 200, form=form)


def _base_url() -> str:
    return str(current_app.config["PEYVAND"].base_url)


def _mail_leaves() -> bool:
    return bool(current_app.config["PEYVAND"].smtp_url)
