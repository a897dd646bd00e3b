"""Tags: listed, made, changed, deleted."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import gettext as _

from crm.api.blueprint import LOCATION, Resource, asks, bp, gives, refuse_stale, takes
from crm.api.cursors import Place, place_of
from crm.api.problems import Fault, WrongFields
from crm.api.schemas.shapes import Window, list_of
from crm.api.schemas.tags import NewTag, TagFacts, TagSchema, shown
from crm.contacts.queries import ContactQuery, matching
from crm.tags import queries, service
from crm.tags.models import Tag, TagGroup
from crm.tags.permissions import Tags
from crm.web.access import requires, viewer

ORDER = "tag"
TAGS = ["Tags"]


@bp.route("/tags", endpoint="tags", tags=TAGS)
class TagList(Resource):
    @requires(Tags.VIEW)
    @asks(Window)
    @gives(200, list_of(TagSchema))
    def get(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Every tag, by id, with how many contacts carry it."""
        after = place_of(asked["cursor"], ORDER)
        every = sorted(queries.list_tags(), key=lambda tag: tag.id)
        rest = [tag for tag in every if tag.id > after]
        part = rest[: asked["limit"]]
        goes_on = len(rest) > len(part)
        return {
            "data": _shown(part),
            "next": str(Place(ORDER, part[-1].id)) if goes_on else None,
            "total": len(every),
        }

    @requires(Tags.MANAGE)
    @takes(NewTag)
    @gives(201, TagSchema, headers=LOCATION)
    def post(self, said: dict[str, Any]) -> Any:
        """Make a tag."""
        group = _group(said.get("group"))
        about = said.get("description", "")
        tag = service.create_tag(said["name"], hue=said.get("hue"), group=group, description=about)
        return _shown([tag])[0], 201, {"Location": url_for("api.tag", slug=tag.slug)}


@bp.route("/tags/<slug>", endpoint="tag", tags=TAGS)
class OneTag(Resource):
    @requires(Tags.VIEW)
    @gives(200, TagSchema)
    def get(self, slug: str) -> Any:
        """Read one tag, by slug or name."""
        return _shown([_tag(slug)])[0]

    @requires(Tags.MANAGE)
    @takes(TagFacts)
    @gives(200, TagSchema)
    def patch(self, said: dict[str, Any], slug: str) -> Any:
        """Change what is sent and leave the rest."""
        tag = _tag(slug)
        refuse_stale(TagSchema().dump(_shown([tag])[0]))
        if "name" in said:
            service.rename_tag(tag, said["name"])
        group = _group(said["group"]) if "group" in said else tag.group
        description = said.get("description", tag.description)
        service.change_tag(
            tag, hue=said.get("hue"), group_id=group.id if group else None, description=description
        )
        return _shown([_tag(tag.slug)])[0]

    @requires(Tags.MANAGE)
    @gives(204)
    def delete(self, slug: str) -> Any:
        """Take the tag off everybody and delete it; can be taken back in the app."""
        service.delete_tag(_tag(slug), actor=viewer())


def _tag(slug: str) -> Tag:
    return queries.get_tag(queries.get_tag_by_name(slug).id)


def _group(name: str | None) -> TagGroup | None:
    group = queries.find_group(name) if name else None
    if name and group is None:
        raise WrongFields(Fault("group", _("There is no such group of tags.")))
    return group


def _shown(tags: list[Tag]) -> list[dict[str, Any]]:
    counts = queries.count_people(tags, matching(ContactQuery(), viewer()))
    return [shown(tag, counts[tag.id]) for tag in tags]
