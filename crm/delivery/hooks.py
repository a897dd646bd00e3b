"""Plugs delivery in: the outbox and the status page, words for templates, and mail to people with accounts."""

from __future__ import annotations

from flask import Flask, render_template

from crm.accounts import queries as accounts
from crm.accounts.events import PasswordResetAsked, UserInvited
from crm.accounts.models import User
from crm.core.events import subscribe
from crm.core.messages import N_
from crm.delivery import wording
from crm.delivery.permissions import Delivery, Messages
from crm.delivery.service.transactional import send_transactional
from crm.web.i18n import Preferences, force
from crm.web.panels import NavigationEntry, plug


def plug_in(app: Flask) -> None:
    app.jinja_env.globals.update(
        message_state_label=wording.state_label,
        message_state_sign=wording.state_sign,
        message_kind_label=wording.kind_label,
        reason_label=wording.reason_label,
        subject_text=wording.subject_text,
    )
    plug(
        NavigationEntry(N_("Outbox"), "delivery.outbox", "inbox", Messages.VIEW, group="Outreach", order=60),
        NavigationEntry(
            N_("Status"), "delivery.status", "activity", Delivery.STATUS, group="Settings", order=90
        ),
    )
    subscribe(UserInvited, mail_invitation)
    subscribe(PasswordResetAsked, mail_password_reset)


def mail_invitation(event: UserInvited) -> None:
    _mail(accounts.get_user(event.user_id), "invitation", url=event.url, inviter=event.invited_by)


def mail_password_reset(event: PasswordResetAsked) -> None:
    _mail(accounts.get_user(event.user_id), "password_reset", url=event.url)


def _mail(user: User, name: str, **merge: str) -> None:
    """Texts are templates in the recipient's language; what differs from person to person are merge fields in them."""
    workspace = accounts.get_workspace()
    with force(Preferences(user.locale, user.timezone, user.calendar)):
        subject = render_template(f"email/{name}_subject.txt").strip()
        body = render_template(f"email/{name}.md")
    values = {"name": user.name, "workspace": workspace.name, **merge}
    send_transactional(
        user.email, subject=subject, body=body, merge=values, locale=user.locale, to_name=user.name
    )
