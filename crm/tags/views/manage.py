"""The tags page: groups, colours, names, merging, deleting with its impact shown."""

from __future__ import annotations

from flask import request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import SelectChoice

from crm.contacts import queries as contacts
from crm.contacts.queries import ContactQuery
from crm.core.errors import DomainError
from crm.tags import queries, service
from crm.tags.forms import GroupForm, MergeForm, TagForm
from crm.tags.permissions import Tags
from crm.tags.views import bp
from crm.web import htmx
from crm.web.access import requires, viewer


@bp.get("/tags")
@requires(Tags.VIEW)
def index() -> ResponseReturnValue:
    everyone = contacts.matching(ContactQuery(), viewer())
    groups = queries.list_tags_by_group()
    tags = [tag for group in groups for tag in group.tags]
    return htmx.render(
        "tags/index.html",
        groups=groups,
        counts=queries.count_people(tags, everyone),
        can_manage=viewer().can(Tags.MANAGE),
    )


@bp.route("/tags/new", methods=["GET", "POST"])
@requires(Tags.MANAGE)
def create() -> ResponseReturnValue:
    form = _tag_form(group_id=request.args.get("group", 0, int))
    if form.validate_on_submit():
        group = queries.get_group(form.group_id.data) if form.group_id.data else None
        try:
            tag = service.create_tag(
                form.name.data, hue=form.hue.data, group=group, description=form.description.data
            )
        except DomainError as error:
            form.refuse(error)
        else:
            htmx.notify(_("Tag %(tag)s made", tag=tag.name))
            return htmx.go_to("tags.index")
    return htmx.render(
        "tags/new.html", fragment="form", status=422 if form.is_submitted() else 200, form=form
    )


@bp.route("/tags/<int:tag_id>", methods=["GET", "POST"])
@requires(Tags.MANAGE)
def edit(tag_id: int) -> ResponseReturnValue:
    tag = queries.get_tag(tag_id)
    form = _tag_form(obj=tag, group_id=tag.group_id or 0)
    if form.validate_on_submit():
        try:
            service.rename_tag(tag, form.name.data)
            service.change_tag(
                tag, hue=form.hue.data, group_id=form.group_id.data or None, description=form.description.data
            )
        except DomainError as error:
            form.refuse(error)
        else:
            htmx.notify(_("Tag %(tag)s saved", tag=tag.name))
            return htmx.go_to("tags.index")
    return htmx.render(
        "tags/edit.html", fragment="form", status=422 if form.is_submitted() else 200, form=form, tag=tag
    )


@bp.route("/tags/<int:tag_id>/merge", methods=["GET", "POST"])
@requires(Tags.MANAGE)
def merge(tag_id: int) -> ResponseReturnValue:
    tag = queries.get_tag(tag_id)
    form = MergeForm()
    form.into.choices = [
        SelectChoice(other.id, other.name) for other in queries.list_tags() if other.id != tag.id
    ]
    if form.validate_on_submit():
        into = queries.get_tag(form.into.data)
        change = service.merge_tags(tag, into, actor=viewer())
        htmx.notify(
            _("Tag %(tag)s merged into %(into)s", tag=tag.name, into=into.name), undo_url=_undo(change.id)
        )
        return htmx.go_to("tags.index")
    return htmx.render(
        "tags/merge.html", fragment="form", status=422 if form.is_submitted() else 200, form=form, tag=tag,
        count=len(queries.people_with(tag.id)), uses=service.used_by(tag),
    )  # fmt: skip


@bp.route("/tags/<int:tag_id>/delete", methods=["GET", "POST"])
@requires(Tags.MANAGE)
def delete(tag_id: int) -> ResponseReturnValue:
    """Says who would lose the tag and what names it, before it is deleted."""
    tag = queries.get_tag(tag_id)
    if request.method == "POST":
        name = tag.name
        change = service.delete_tag(tag, actor=viewer())
        htmx.notify(_("Tag %(tag)s deleted", tag=name), "gone", undo_url=_undo(change.id))
        return htmx.go_to("tags.index")
    return htmx.render(
        "tags/delete.html",
        fragment="form",
        tag=tag,
        count=len(queries.people_with(tag.id)),
        uses=service.used_by(tag),
    )


@bp.route("/tags/groups/new", methods=["GET", "POST"])
@requires(Tags.MANAGE)
def create_group() -> ResponseReturnValue:
    form = GroupForm()
    if form.validate_on_submit():
        try:
            service.create_group(form.name.data, is_exclusive=form.is_exclusive.data)
        except DomainError as error:
            form.refuse(error)
        else:
            return htmx.go_to("tags.index")
    return htmx.render(
        "tags/group.html", fragment="form", status=422 if form.is_submitted() else 200, form=form, group=None
    )


@bp.route("/tags/groups/<int:group_id>", methods=["GET", "POST"])
@requires(Tags.MANAGE)
def edit_group(group_id: int) -> ResponseReturnValue:
    group = queries.get_group(group_id)
    form = GroupForm(obj=group)
    if form.validate_on_submit():
        service.change_group(group, form.name.data, is_exclusive=form.is_exclusive.data)
        return htmx.go_to("tags.index")
    return htmx.render(
        "tags/group.html", fragment="form", status=422 if form.is_submitted() else 200, form=form, group=group
    )


@bp.post("/tags/groups/<int:group_id>/delete")
@requires(Tags.MANAGE)
def delete_group(group_id: int) -> ResponseReturnValue:
    service.delete_group(queries.get_group(group_id))
    htmx.notify(_("Group deleted; its tags stay"), "gone")
    return htmx.go_to("tags.index")


def _tag_form(**values: object) -> TagForm:
    form = TagForm(**values)
    form.group_id.choices = [
        SelectChoice(0, _("No group")),
        *(SelectChoice(group.id, group.name) for group in queries.list_groups()),
    ]
    return form


def _undo(change_id: int) -> str:
    return url_for("activity.undo", change_id=change_id)
