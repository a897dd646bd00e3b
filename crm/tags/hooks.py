"""Plugs tags in: the contact list's filter, column and bulk act, the contact page, rules, search, navigation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Flask, url_for

from crm.accounts.queries import get_workspace
from crm.activity import service as activity
from crm.contacts import sets
from crm.contacts.permissions import Contacts
from crm.core.messages import N_
from crm.core.permissions import Viewer
from crm.core.setup import starter_set
from crm.core.text import fold
from crm.rules import vocabulary
from crm.rules.vocabulary import VOCABULARY
from crm.tags import queries, service
from crm.tags.permissions import Tags
from crm.web.panels import (
    BulkAction,
    ContactPanel,
    Hit,
    ListColumn,
    ListFilter,
    NavigationEntry,
    SearchSource,
    plug,
)

MODES = ("all", "any", "none")
Asked = Mapping[str, Sequence[str]]


def plug_in(_app: Flask) -> None:
    plug(
        NavigationEntry(N_("Tags"), "tags.index", "tag", Tags.VIEW, group="People", order=40),
        ListFilter("tags", MODES, _clauses, "tags/_filter.html", _filter),
        ListColumn("tags", N_("Tags"), "tags/_cell.html", _cells),
        BulkAction("tag", N_("Tag"), "tag", Contacts.BULK_EDIT, "tags/_bulk.html", order=10),
        ContactPanel("tags", N_("Tags"), "tags/_panel.html", Contacts.VIEW, _panel, order=20, place="facts"),
        SearchSource("tags", N_("Tags"), Tags.VIEW, _find, order=50),
    )
    starter_set(_install_starter_tags)
    VOCABULARY.find_tags_with(_word)
    sets.register_source("tags", queries.right_sets)
    activity.register_act(activity.Act("tags.add", service.add_step, service.take_back_step))
    activity.register_act(activity.Act("tags.remove", service.remove_step, service.give_back_step))
    activity.register_act(activity.Act("tags.merge", service.undo_merge, service.undo_merge))
    activity.register_act(activity.Act("tags.delete", service.undo_delete, service.undo_delete))


def _install_starter_tags() -> None:
    service.install_starter_tags(get_workspace().locale)


def _word(name: str) -> vocabulary.Tag | None:
    tag = queries.find_tags([name]).get(name) or queries.find_tag(name)
    if tag is None:
        return None
    tag_id = tag.id
    return vocabulary.Tag(
        slug=tag.slug,
        label=tag.name,
        rows=queries.carriers(tag_id),
        ids=lambda: sets.ids_of(sets.tag_set(tag_id)),
        evidence=lambda contact_id: queries.find_carried(contact_id, tag_id),
    )


def _clauses(asked: Asked) -> list[dict[str, Any]]:
    queries.find_tags([slug for mode in MODES for slug in asked.get(mode, ())])
    clauses: list[dict[str, Any]] = [{"tag": slug} for slug in asked.get("all", ())]
    if asked.get("any"):
        clauses.append({"any": [{"tag": slug} for slug in asked["any"]]})
    return clauses + [{"not": {"tag": slug}} for slug in asked.get("none", ())]


def _filter(asked: Asked, _viewer: Viewer) -> dict[str, Any]:
    """The chosen tags by mode; a tag that is no more is shown by its slug, so that it can be dropped."""
    found = queries.find_tags([slug for mode in MODES for slug in asked.get(mode, ())])
    return {
        mode: [found.get(slug) or queries.TagRow(0, slug, slug, 6) for slug in asked.get(mode, ())]
        for mode in MODES
    }


def _cells(contact_ids: Sequence[int], _viewer: Viewer) -> Mapping[int, Any]:
    return queries.tags_of(contact_ids)


def _panel(contact_id: int, _viewer: Viewer) -> Mapping[str, Any]:
    return {"tags": queries.tags_of([contact_id]).get(contact_id, []), "contact_id": contact_id}


def _find(text: str, _viewer: Viewer, limit: int) -> list[Hit]:
    wanted = fold(text)
    return [
        Hit(tag.name, url_for("contacts.index", all=tag.slug), icon="tag")
        for tag in queries.list_tags()
        if wanted in tag.name_key
    ][:limit]
