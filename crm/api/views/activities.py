"""What happened with a contact: read, and recorded by other programs."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _

from crm.activity import service
from crm.activity.logic import KINDS
from crm.activity.permissions import Activities
from crm.api import queries
from crm.api.blueprint import Resource, asks, bp, gives, takes
from crm.api.cursors import Place, place_of
from crm.api.problems import Fault, WrongFields
from crm.api.schemas.activities import ActivityFilters, ActivitySchema, NewActivity, shown
from crm.api.schemas.shapes import list_of
from crm.contacts.queries import get_contact
from crm.core import clock
from crm.core.errors import NotFound
from crm.web.access import requires, viewer

ORDER = "activity"
LARGEST_DETAIL = 10_000
CHANGES = {kind.name for kind in KINDS.values() if kind.group == "changes"}
OWN = CHANGES | {"sent", "delivered", "bounced", "unsubscribed"}
"""What Peyvand records itself when it happens; nobody else can say so."""


@bp.route("/activities", endpoint="activities", tags=["Activities"])
class ActivityList(Resource):
    @requires(Activities.VIEW)
    @asks(ActivityFilters)
    @gives(200, list_of(ActivitySchema))
    def get(self, asked: dict[str, Any]) -> dict[str, Any]:
        """What happened with one contact, the last recorded first."""
        contact_id = _contact_id(asked["contact"], "query")
        part = queries.list_activities(
            contact_id, before=place_of(asked["cursor"], ORDER), limit=asked["limit"]
        )
        following = str(Place(ORDER, part.after)) if part.after else None
        return {"data": [shown(row) for row in part.rows], "next": following, "total": part.total}

    @requires(Activities.CREATE)
    @takes(NewActivity)
    @gives(201, ActivitySchema)
    def post(self, said: dict[str, Any]) -> Any:
        """Record a fact: a page visit, a purchase, a call."""
        _refuse(said)
        contact_id = _contact_id(said["contact"], "body")
        more = {key: said[key] for key in ("at", "text", "detail") if key in said}
        service.record(contact_id, said["kind"], actor=viewer(), **more)
        return shown(queries.last_activity(contact_id, said["kind"])), 201


def _contact_id(number: int, place: str) -> int:
    try:
        return get_contact(number, viewer()).id
    except NotFound:
        raise WrongFields(Fault("contact", _("There is no such contact."), place)) from None


def _refuse(said: dict[str, Any]) -> None:
    faults = []
    if said["kind"] in OWN:
        faults.append(Fault("kind", _("Peyvand records this itself when it happens.")))
    if _is_ahead(said.get("at")):
        faults.append(Fault("at", _("This has not happened yet.")))
    if len(json.dumps(said.get("detail", {}))) > LARGEST_DETAIL:
        faults.append(Fault("detail", _("This is too much detail.")))
    if faults:
        raise WrongFields(*faults)


def _is_ahead(at: datetime | None) -> bool:
    # Clocks of other machines may be a little ahead of ours.
    return at is not None and at > clock.now() + timedelta(minutes=5)
