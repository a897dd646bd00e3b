"""The palette and /search: what every feature lets be found, and the places to jump to."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from crm.core.text import fold
from crm.web import htmx
from crm.web.access import signed_in, viewer
from crm.web.panels import Hit, for_viewer, sockets
from crm.web.shell import navigation

bp = Blueprint("search", __name__)

HITS_EACH = 8
LONGEST = 200


@dataclass(frozen=True)
class Found:
    """Hits of one kind."""

    title: str
    hits: list[Hit]


@bp.get("/search")
@signed_in
def index() -> ResponseReturnValue:
    text = request.args.get("q", "")[:LONGEST].strip()
    return htmx.render("search/index.html", fragment="results", text=text, found=_find(text))


def _find(text: str) -> list[Found]:
    wanted = fold(text)
    places = [
        Hit(entry.label, entry.url, icon=entry.icon)
        for group in navigation()
        for entry in group.entries
        if wanted in fold(entry.label)
    ]
    found = [Found(gettext("Go to"), places[:HITS_EACH])] if places else []
    if not wanted:
        return found
    for source in for_viewer(sockets().search_sources, viewer()):
        hits = source.find(text, viewer(), HITS_EACH)
        if hits:
            found.insert(len(found) - bool(places), Found(gettext(source.title), hits))
    return found
