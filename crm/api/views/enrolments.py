"""Enrolments: who is in which campaign, and taking somebody in by hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from crm.api import queries
from crm.api.blueprint import LOCATION, NUMBER, Resource, asks, bp, gives, takes
from crm.api.cursors import Place, place_of
from crm.api.problems import Fault, WrongFields
from crm.api.schemas.enrolments import EnrolmentFilters, EnrolmentSchema, NewEnrolment, shown
from crm.api.schemas.shapes import list_of
from crm.campaigns.permissions import Campaigns
from crm.campaigns.queries import get_campaign
from crm.contacts.queries import get_contact
from crm.core.errors import Conflict, NotFound
from crm.core.messages import N_
from crm.sequences.models import Enrolment
from crm.sequences.service.enrolling import enrol_by_hand
from crm.web.access import requires, viewer

ORDER = "enrolment"


@bp.route("/enrolments", endpoint="enrolments", tags=["Enrolments"])
class EnrolmentList(Resource):
    @requires(Campaigns.VIEW)
    @asks(EnrolmentFilters)
    @gives(200, list_of(EnrolmentSchema))
    def get(self, asked: dict[str, Any]) -> dict[str, Any]:
        """List who is or was in which campaign, the last taken in first."""
        part = queries.list_enrolments(
            viewer(), contact_id=asked["contact"], campaign_id=asked["campaign"], status=asked["status"],
            before=place_of(asked["cursor"], ORDER), limit=asked["limit"],
        )  # fmt: skip
        following = str(Place(ORDER, part.after)) if part.after else None
        return {"data": _shown(part.rows), "next": following, "total": part.total}

    @requires(Campaigns.SEND_MANY)
    @takes(NewEnrolment)
    @gives(201, EnrolmentSchema, headers=LOCATION)
    def post(self, said: dict[str, Any]) -> Any:
        """Take a contact in by hand, in the audience or not. The campaign has to be running or paused."""
        campaign, contact = _named(said)
        if not enrol_by_hand(campaign, [contact.id]):
            raise Conflict(N_("This contact is or was in the campaign already."), field="contact")
        made = queries.last_enrolment(campaign.id, contact.id)
        return _shown([made])[0], 201, {"Location": url_for("api.enrolment", enrolment_id=made.id)}


@bp.route(f"/enrolments/<{NUMBER}:enrolment_id>", endpoint="enrolment", tags=["Enrolments"])
class OneEnrolment(Resource):
    @requires(Campaigns.VIEW)
    @gives(200, EnrolmentSchema)
    def get(self, enrolment_id: int) -> Any:
        """Read one enrolment."""
        return _shown([queries.get_enrolment(enrolment_id, viewer())])[0]


def _named(said: dict[str, Any]) -> tuple[Any, Any]:
    found, faults = [], []
    asked = (("campaign", lambda: get_campaign(said["campaign"], viewer(), Campaigns.SEND_MANY)),
             ("contact", lambda: get_contact(said["contact"], viewer())))  # fmt: skip
    for key, get in asked:
        try:
            found.append(get())
        except NotFound:
            faults.append(Fault(key, _("There is no such record.")))
    if faults:
        raise WrongFields(*faults)
    return found[0], found[1]


def _shown(rows: Sequence[Enrolment]) -> list[dict[str, Any]]:
    steps = queries.step_keys([row.step_id for row in rows])
    return [shown(row, steps) for row in rows]
