"""Choosing tags for the list's filter, and putting tags on one person or many."""

from __future__ import annotations

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from crm.contacts import queries as contacts
from crm.contacts.asked import address, parameters_of, read_query, selected_ids
from crm.contacts.permissions import Contacts
from crm.core.errors import Invalid
from crm.core.messages import N_
from crm.tags import queries, service
from crm.tags.logic import split_names
from crm.tags.models import Tag
from crm.tags.permissions import Tags
from crm.tags.views import bp
from crm.web import htmx
from crm.web.access import requires, safe_next, viewer

MODES = ("all", "any", "none")


@bp.get("/tags/choose")
@requires(Tags.VIEW)
def choose() -> ResponseReturnValue:
    """The three-state picker, with how many people of the present list carry each tag."""
    people = contacts.matching(read_query(request.args), viewer())
    tags = queries.list_tags()
    chosen = {slug: mode for mode in MODES for slug in request.args.getlist(mode)}
    kept = {name: values for name, values in parameters_of(request.args).items() if name not in MODES}
    return htmx.render(
        "tags/choose.html", fragment="picker", tags=tags, counts=queries.count_people(tags, people), chosen=chosen,
        total=len(people), kept=kept, is_beside_list=htmx.is_fragment(),
    )  # fmt: skip


@bp.get("/tags/choose/apply")
@requires(Tags.VIEW)
def apply() -> ResponseReturnValue:
    """From the picker on to the list it means."""
    kept = MultiDict(
        (name, value)
        for name, values in parameters_of(request.args).items()
        if name not in MODES
        for value in values
    )
    slugs = {tag.id: tag.slug for tag in queries.list_tags()}
    for name, mode in request.args.items():
        tag_id = name.removeprefix("pick-")
        if tag_id != name and tag_id.isdigit() and mode in MODES and int(tag_id) in slugs:
            kept.add(mode, slugs[int(tag_id)])
    return redirect(address(kept.to_dict(flat=False))(), 303)


@bp.get("/tags/names")
@requires(Tags.VIEW)
def names() -> ResponseReturnValue:
    """Names to choose from while typing."""
    return htmx.render("tags/names.html", fragment="names", tags=queries.list_tags())


@bp.post("/tags/add")
@requires(Contacts.BULK_EDIT)
def add_to_many() -> ResponseReturnValue:
    return _to_many(adds=True)


@bp.post("/tags/remove")
@requires(Contacts.BULK_EDIT)
def remove_from_many() -> ResponseReturnValue:
    return _to_many(adds=False)


@bp.post("/contacts/<int:contact_id>/tags")
@requires(Contacts.EDIT)
def add_to_contact(contact_id: int) -> ResponseReturnValue:
    contact = contacts.get_contact(contact_id, viewer(), Contacts.EDIT)
    names = split_names(request.form.get("tag", ""))
    if names:
        service.add_tags([contact.id], _named(names, may_make=viewer().can(Tags.MANAGE)), actor=viewer())
    return _tags_of(contact.id)


@bp.post("/contacts/<int:contact_id>/tags/<int:tag_id>/remove")
@requires(Contacts.EDIT)
def remove_from_contact(contact_id: int, tag_id: int) -> ResponseReturnValue:
    contact = contacts.get_contact(contact_id, viewer(), Contacts.EDIT)
    service.remove_tags([contact.id], [queries.get_tag(tag_id)], actor=viewer())
    return _tags_of(contact.id)


def _to_many(*, adds: bool) -> ResponseReturnValue:
    ids = selected_ids(request.form, viewer(), Contacts.BULK_EDIT)
    names = split_names(request.form.get("tag", ""))
    if not ids:
        raise Invalid(N_("Nobody is selected. Tick some people first."))
    if len(names) != 1:
        raise Invalid(N_("Name one tag."), field="tag")
    tag = _named(names, may_make=adds and viewer().can(Tags.MANAGE))[0]
    change = (service.tag_many if adds else service.untag_many)(ids, tag, actor=viewer())
    back = safe_next(request.form.get("back") or url_for("contacts.index"))
    if change.is_under_way:
        return htmx.go_to("activity.change", change_id=change.id, next=back)
    done = _("Tag %(tag)s added", tag=tag.name) if adds else _("Tag %(tag)s removed", tag=tag.name)
    htmx.notify(done, undo_url=url_for("activity.undo", change_id=change.id))
    return htmx.go_to_url(back)


def _named(names: list[str], *, may_make: bool) -> list[Tag]:
    """The tags of these names; new ones only by who may make tags."""
    return service.ensure_tags(names) if may_make else [queries.get_tag_by_name(name) for name in names]


def _tags_of(contact_id: int) -> ResponseReturnValue:
    if not htmx.is_fragment():
        return htmx.go_to("contacts.show", contact_id=contact_id)
    tags = queries.tags_of([contact_id]).get(contact_id, [])
    return htmx.render("tags/contact.html", fragment="tags", tags=tags, contact_id=contact_id, can_edit=True)
