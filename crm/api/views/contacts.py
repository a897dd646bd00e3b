"""Contacts: found, read, added, changed, archived, restored, tagged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from pyroaring import BitMap

from crm.accounts.queries import find_user_by_email
from crm.api.blueprint import LOCATION, NUMBER, Resource, asks, bp, gives, refuse_stale, takes
from crm.api.cursors import Place, place_of
from crm.api.problems import Fault, WrongFields
from crm.api.schemas.contacts import ContactFacts, ContactFilters, ContactSchema, TagToAdd, shown
from crm.api.schemas.shapes import list_of
from crm.contacts import queries, service
from crm.contacts.logic import LEAD_FACTS
from crm.contacts.models import Contact
from crm.contacts.permissions import Contacts, Leads
from crm.contacts.queries import ContactQuery
from crm.tags import queries as tag_queries
from crm.tags import service as tag_service
from crm.tags.models import TagSource
from crm.tags.permissions import Tags
from crm.web.access import requires, viewer
from crm.web.panels import sockets

BY_ID = "id"
TAGS = ["Contacts"]


@bp.route("/contacts", endpoint="contacts", tags=TAGS)
class ContactList(Resource):
    @requires(Contacts.VIEW)
    @asks(ContactFilters)
    @gives(200, list_of(ContactSchema))
    def get(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Find contacts, with the filters of the contact list."""
        order, place = asked["sort"], place_of(asked["cursor"], asked["sort"])
        found = queries.matching(_question(asked), viewer())
        ids, after = _part(found, order, place, asked["limit"])
        return {
            "data": _shown_each(ids),
            "next": str(Place(order, after)) if after else None,
            "total": len(found),
        }

    @requires(Contacts.CREATE)
    @takes(ContactFacts)
    @gives(201, ContactSchema, headers=LOCATION)
    def post(self, said: dict[str, Any]) -> Any:
        """Add a contact. It needs a name, an email address or a phone number."""
        contact = service.create_contact(_facts(said), actor=viewer())
        return _shown(contact.id), 201, {"Location": url_for("api.contact", contact_id=contact.id)}


@bp.route(f"/contacts/<{NUMBER}:contact_id>", endpoint="contact", tags=TAGS)
class OneContact(Resource):
    @requires(Contacts.VIEW)
    @gives(200, ContactSchema)
    def get(self, contact_id: int) -> Any:
        """Read one contact; archived ones too."""
        return _shown(contact_id)

    @requires(Contacts.EDIT)
    @takes(ContactFacts)
    @gives(200, ContactSchema)
    def patch(self, said: dict[str, Any], contact_id: int) -> Any:
        """Change what is sent and leave the rest."""
        contact = queries.get_contact(contact_id, viewer(), Contacts.EDIT)
        refuse_stale(ContactSchema().dump(_shown(contact_id)))
        service.update_contact(contact, _facts(said), actor=viewer())
        return _shown(contact_id)

    @requires(Contacts.EDIT)
    @gives(204)
    def delete(self, contact_id: int) -> Any:
        """Archive: no list, no rule and no campaign takes the contact in until it is restored."""
        service.archive_contact(queries.get_contact(contact_id, viewer(), Contacts.EDIT), actor=viewer())


@bp.route(f"/contacts/<{NUMBER}:contact_id>/restore", endpoint="contact_restore", tags=TAGS)
class Restore(Resource):
    @requires(Contacts.EDIT)
    @gives(200, ContactSchema)
    def post(self, contact_id: int) -> Any:
        """Bring an archived contact back."""
        service.restore_contact(queries.get_contact(contact_id, viewer(), Contacts.EDIT), actor=viewer())
        return _shown(contact_id)


@bp.route(f"/contacts/<{NUMBER}:contact_id>/tags", endpoint="contact_tags", tags=TAGS)
class TagsOfContact(Resource):
    @requires(Contacts.EDIT)
    @takes(TagToAdd)
    @gives(200, ContactSchema)
    def post(self, said: dict[str, Any], contact_id: int) -> Any:
        """Put a tag on the contact; one that does not exist is made, if the token may make tags."""
        contact = queries.get_contact(contact_id, viewer(), Contacts.EDIT)
        if not viewer().can(Tags.MANAGE) and tag_queries.find_tag(said["tag"]) is None:
            raise WrongFields(Fault("tag", _("There is no such tag, and this token may not make one.")))
        tags = tag_service.ensure_tags([said["tag"]])
        tag_service.add_tags([contact.id], tags, actor=viewer(), source=TagSource.API)
        return _shown(contact_id)


@bp.route(f"/contacts/<{NUMBER}:contact_id>/tags/<slug>", endpoint="contact_tag", tags=TAGS)
class TagOfContact(Resource):
    @requires(Contacts.EDIT)
    @gives(204)
    def delete(self, contact_id: int, slug: str) -> Any:
        """Take a tag off, by slug or name; fine when the contact does not carry it."""
        contact = queries.get_contact(contact_id, viewer(), Contacts.EDIT)
        tag_service.remove_tags([contact.id], [tag_queries.get_tag_by_name(slug)], actor=viewer())


def _question(asked: Mapping[str, Any]) -> ContactQuery:
    clauses = [
        clause
        for each in sockets().list_filters
        for clause in each.clauses({name: asked[name] for name in each.parameters if name in asked})
    ]
    rule, is_archived = {"all": clauses} if clauses else None, asked["view"] == "archived"
    return ContactQuery(text=asked["q"], rule=rule, owner=asked["owner"], is_archived=is_archived)


def _part(found: BitMap, order: str, place: int, limit: int) -> tuple[list[int], int | None]:
    """The ids of this part in order, and the place where the next one begins."""
    if order == BY_ID:
        start = found.rank(place)
        ids = list(found[start : start + limit])
        return ids, ids[-1] if start + limit < len(found) else None
    ids = queries.ordered_ids(found, order.removeprefix("-"), order.startswith("-"), offset=place, size=limit)
    return ids, place + limit if place + limit < len(found) else None


def _shown(contact_id: int) -> dict[str, Any]:
    contact = queries.get_contact(contact_id, viewer())
    return _with_tags([contact])[0]


def _shown_each(ids: list[int]) -> list[dict[str, Any]]:
    found = {contact.id: contact for contact in queries.iter_contacts(BitMap(ids))}
    return _with_tags([found[contact_id] for contact_id in ids if contact_id in found])


def _with_tags(contacts: Iterable[Contact]) -> list[dict[str, Any]]:
    rows = list(contacts)
    tags = tag_queries.tags_of([contact.id for contact in rows])
    return [shown(contact, [tag.slug for tag in tags.get(contact.id, [])], viewer()) for contact in rows]


def _facts(said: Mapping[str, Any]) -> dict[str, Any]:
    """What the service takes: the owner by number. Refuses what this viewer may not say."""
    if not viewer().can(Leads.EDIT) and (refused := [key for key in said if key in LEAD_FACTS]):
        raise WrongFields(*(Fault(key, _("You may not change this field.")) for key in refused))
    facts = dict(said)
    if facts.get("country"):
        facts["country"] = facts["country"].upper()
    if "owner" in facts:
        facts["owner_id"] = _owner_id(facts.pop("owner"))
    return facts


def _owner_id(email: str | None) -> int | None:
    owner = find_user_by_email(email) if email else None
    if email and (owner is None or not owner.is_active):
        raise WrongFields(Fault("owner", _("There is no user with this address.")))
    return owner.id if owner else None
