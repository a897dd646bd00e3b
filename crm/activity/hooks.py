"""Plugs the stream of facts in: what rules may ask with `did`, and the page of recent changes."""

from __future__ import annotations

from flask import Flask
from flask_babel import gettext

from crm.activity.facts import facts
from crm.activity.logic import kind_of
from crm.activity.models import ChangeSet
from crm.activity.permissions import Changes
from crm.core.messages import N_
from crm.rules.vocabulary import VOCABULARY
from crm.web.i18n import format_number
from crm.web.panels import NavigationEntry, plug


def plug_in(app: Flask) -> None:
    plug(
        NavigationEntry(
            N_("Recent changes"), "activity.changes", "history", Changes.VIEW, group="Settings", order=80
        )
    )
    VOCABULARY.add_facts(*facts())
    app.jinja_env.globals.update(
        activity_kind=kind_of,
        change_title=_title,
    )


def _title(change: ChangeSet) -> str:
    numbers = {key: format_number(value) for key, value in change.params.items() if isinstance(value, int)}
    return str(gettext(change.title, **(change.params | numbers)))
