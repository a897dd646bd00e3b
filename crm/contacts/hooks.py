"""Plugs contacts in: the navigation, search, rules, the timeline's date, and taking acts back."""

from __future__ import annotations

from flask import Flask, url_for
from flask_babel import gettext

from crm.activity import service as activity
from crm.activity.events import ActivityRecorded
from crm.contacts import fields, queries, service, sets
from crm.contacts.permissions import Contacts
from crm.core.events import subscribe
from crm.core.messages import N_
from crm.core.permissions import Viewer
from crm.rules.vocabulary import VOCABULARY
from crm.web.panels import Hit, NavigationEntry, SearchSource, plug


def plug_in(app: Flask) -> None:
    plug(
        NavigationEntry(
            N_("Contacts"),
            "contacts.index",
            "users",
            Contacts.VIEW,
            group="People",
            order=10,
            key="c",
            on_phone=True,
        ),
        SearchSource("contacts", N_("Contacts"), Contacts.VIEW, _find, order=10),
    )
    VOCABULARY.add_fields(*fields.contact_fields())
    subscribe(ActivityRecorded, _note_activity)
    activity.register_act(activity.Act("contacts.archive", service.archive_step, service.restore_step))
    activity.register_act(activity.Act("contacts.restore", service.restore_step, service.archive_step))
    activity.register_act(activity.Act("contacts.update", service.undo_update, service.undo_update))
    sets.register_source("contacts", queries.right_sets)
    app.jinja_env.globals.update(
        email_status_label=lambda status: gettext(fields.EMAIL_STATUSES[status]),
        lead_status_label=lambda status: gettext(fields.LEAD_STATUSES[status]),
        field_label=lambda key: gettext(fields.LABELS.get(key, key)),
    )


def _find(text: str, viewer: Viewer, limit: int) -> list[Hit]:
    return [
        Hit(
            row.label,
            url_for("contacts.show", contact_id=row.id),
            row.email or row.company or "",
            "user-round",
        )
        for row in queries.find_contacts(text, viewer, limit)
    ]


def _note_activity(event: ActivityRecorded) -> None:
    if event.is_lively:
        service.note_activity(event.contact_ids, event.kind, event.at)
