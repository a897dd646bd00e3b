"""One contact: shown, added, changed, archived, spoken about."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from crm.activity import queries as activity
from crm.activity.logic import GROUPS, by_day
from crm.activity.permissions import Activities
from crm.contacts import queries, service
from crm.contacts.forms import ContactForm, NoteForm
from crm.contacts.models import Contact
from crm.contacts.permissions import Contacts, Leads
from crm.contacts.views import bp
from crm.core.calendars import local_date
from crm.core.errors import Conflict, DomainError
from crm.web import htmx
from crm.web.access import requires, viewer
from crm.web.i18n import current_preferences
from crm.web.panels import for_viewer, sockets


@bp.get("/contacts/<int:contact_id>")
@requires(Contacts.VIEW)
def show(contact_id: int) -> ResponseReturnValue:
    contact = queries.get_contact(contact_id, viewer())
    return _page(contact, NoteForm(formdata=None))


@bp.get("/contacts/<int:contact_id>/timeline")
@requires(Activities.VIEW)
def timeline(contact_id: int) -> ResponseReturnValue:
    """One part of the timeline: a kind of entries, or what is older."""
    contact = queries.get_contact(contact_id, viewer())
    return htmx.render("contacts/timeline.html", fragment="older", contact=contact, **_timeline(contact))


@bp.post("/contacts/<int:contact_id>/notes")
@requires(Activities.CREATE)
def write_note(contact_id: int) -> ResponseReturnValue:
    contact = queries.get_contact(contact_id, viewer())
    form = NoteForm()
    try:
        service.write_note(contact, form.text.data or "", actor=viewer(), kind=form.kind.data)
    except DomainError as error:
        form.refuse(error)
        return _page(contact, form, status=422, fragment="activity")
    htmx.notify(_("Note saved"))
    if htmx.is_fragment():
        return _page(contact, NoteForm(formdata=None), fragment="activity")
    return htmx.go_to("contacts.show", contact_id=contact.id)


@bp.route("/contacts/new", methods=["GET", "POST"])
@requires(Contacts.CREATE)
def create() -> ResponseReturnValue:
    form = ContactForm(owner_id=viewer().id)
    form.offer(queries.list_owners(), _, with_lead=viewer().can(Leads.EDIT))
    double = None
    if form.validate_on_submit():
        try:
            contact = service.create_contact(form.facts, actor=viewer(), may_double=form.may_double.data)
        except service.DuplicateEmail as error:
            double = error.contact
            form.refuse(error)
        except DomainError as error:
            form.refuse(error)
        else:
            htmx.notify(_("%(name)s added", name=contact.label))
            return htmx.go_to("contacts.show", contact_id=contact.id)
    status = 422 if form.is_submitted() else 200
    return htmx.render("contacts/new.html", fragment="form", status=status, form=form, double=_seen(double))


@bp.route("/contacts/<int:contact_id>/edit", methods=["GET", "POST"])
@requires(Contacts.EDIT)
def edit(contact_id: int) -> ResponseReturnValue:
    contact = queries.get_contact(contact_id, viewer(), Contacts.EDIT)
    form = ContactForm(
        obj=contact, company=contact.company.name if contact.company else "", owner_id=contact.owner_id or 0
    )
    form.offer(queries.list_owners(), _, with_lead=viewer().can(Leads.EDIT))
    double, status = None, 422 if form.is_submitted() else 200
    if form.validate_on_submit():
        try:
            service.update_contact(
                contact,
                form.facts,
                actor=viewer(),
                version=form.read_version,
                may_double=form.may_double.data,
            )
        except service.DuplicateEmail as error:
            double = error.contact
            form.refuse(error)
        except DomainError as error:
            status = 409 if isinstance(error, Conflict) else 422
            form.refuse(error)
        else:
            htmx.notify(_("%(name)s saved", name=contact.label))
            return htmx.go_to("contacts.show", contact_id=contact.id)
    return htmx.render(
        "contacts/edit.html", fragment="form", status=status, form=form, contact=contact, double=_seen(double)
    )


@bp.post("/contacts/<int:contact_id>/archive")
@requires(Contacts.EDIT)
def archive(contact_id: int) -> ResponseReturnValue:
    contact = queries.get_contact(contact_id, viewer(), Contacts.EDIT)
    change = service.archive_contact(contact, actor=viewer())
    htmx.notify(
        _("%(name)s archived", name=contact.label), undo_url=url_for("activity.undo", change_id=change.id)
    )
    return htmx.go_to("contacts.show", contact_id=contact.id)


@bp.post("/contacts/<int:contact_id>/restore")
@requires(Contacts.EDIT)
def restore(contact_id: int) -> ResponseReturnValue:
    contact = queries.get_contact(contact_id, viewer(), Contacts.EDIT)
    service.restore_contact(contact, actor=viewer())
    htmx.notify(_("%(name)s restored", name=contact.label))
    return htmx.go_to("contacts.show", contact_id=contact.id)


def _page(
    contact: Contact, form: NoteForm, *, status: int = 200, fragment: str | None = None
) -> ResponseReturnValue:
    panels = for_viewer(sockets().contact_panels, viewer())
    can_edit = queries.can_reach(contact, viewer(), Contacts.EDIT)
    loaded = [(panel, panel.load(contact.id, viewer())) for panel in panels] if not htmx.is_fragment() else []
    drawn = [
        (panel, Markup(render_template(panel.template, **{"can_edit": can_edit, **context})))  # noqa: S704 - escaped by the template
        for panel, context in loaded
        if context is not None
    ]
    return htmx.render(
        "contacts/show.html", fragment=fragment, status=status, contact=contact, form=form,
        panels=drawn, can_edit=can_edit, can_see_lead=viewer().can(Leads.VIEW),
        can_write=viewer().can(Activities.CREATE), **_timeline(contact),
    )  # fmt: skip


def _timeline(contact: Contact) -> dict[str, Any]:
    group = request.args.get("show", "")
    before = request.args.get("before", "")
    found = activity.list_timeline(
        contact.id,
        group=group if group in GROUPS else "",
        before=int(before) if before.isdigit() and len(before) < 18 else None,
    )
    zone = current_preferences().timezone
    return {
        "timeline": found,
        "days": by_day(found.entries, lambda entry: local_date(entry.at, zone)),
        "groups": GROUPS,
    }


def _seen(double: Contact | None) -> Contact | None:
    """Who has the address already, when the viewer may know."""
    return double if double is not None and queries.can_reach(double, viewer(), Contacts.VIEW) else None
