"""Request arguments → what the contact list is asked for, and back into addresses."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from flask import url_for
from pyroaring import BitMap
from werkzeug.datastructures import MultiDict

from crm.contacts import queries
from crm.contacts.queries import DEFAULT_SORT, SORT_KEYS, ContactQuery
from crm.core.permissions import Permission, Viewer
from crm.web.listing import page_number, sort_of
from crm.web.panels import sockets

ARCHIVED = "archived"
OWN_PARAMETERS = ("q", "owner", "view", "sort")
Parameters = dict[str, list[str]]


def parameters_of(args: MultiDict[str, str]) -> Parameters:
    """The arguments that make the list what it is, without the page."""
    names = [*OWN_PARAMETERS, *(name for each in sockets().list_filters for name in each.parameters)]
    found = {name: [value for value in args.getlist(name) if value.strip()] for name in names}
    return {name: values for name, values in found.items() if values}


def read_query(args: MultiDict[str, str]) -> ContactQuery:
    """The question itself."""
    clauses = [
        clause
        for each in sockets().list_filters
        for clause in each.clauses(_of_filter(args, each.parameters))
    ]
    sort, is_descending = sort_of(args, SORT_KEYS, DEFAULT_SORT)
    return ContactQuery(
        text=args.get("q", ""),
        rule={"all": clauses} if clauses else None,
        owner=args.get("owner", "").strip(),
        is_archived=args.get("view") == ARCHIVED,
        sort=sort,
        is_descending=is_descending,
        page=page_number(args),
    )


def filter_values(args: MultiDict[str, str], viewer: Viewer) -> dict[str, Mapping[str, Any]]:
    """What each filter's chip needs to draw itself."""
    return {
        each.name: each.load(_of_filter(args, each.parameters), viewer) for each in sockets().list_filters
    }


def selected_ids(form: MultiDict[str, str], viewer: Viewer, permission: Permission) -> BitMap:
    """The contacts an act is for: those ticked, or the whole filter result except those unticked; never an unseen one."""
    asked = read_query(form)
    if form.get("select") == "all":
        return queries.matching(asked, viewer, permission) - _numbers(form.getlist("except"))
    everyone = queries.matching(ContactQuery(is_archived=asked.is_archived), viewer, permission)
    return everyone & _numbers(form.getlist("ids"))


def address(parameters: Parameters) -> Callable[..., str]:
    """A function that gives the address of this list with some parameters changed; None drops one."""

    def url(**changed: Any) -> str:
        values = {**parameters, **changed}
        return url_for(
            "contacts.index", **{name: value for name, value in values.items() if value not in (None, "", [])}
        )

    return url


def _of_filter(args: MultiDict[str, str], names: Iterable[str]) -> Parameters:
    return {
        name: list(dict.fromkeys(value for value in args.getlist(name) if value.strip())) for name in names
    }


def _numbers(texts: Iterable[str]) -> BitMap:
    return BitMap(int(text) for text in texts if text.isascii() and text.isdigit() and len(text) < 10)
