"""Sockets: what features plug into pages below them – navigation, contact panels, list parts, search."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from crm.core.permissions import Permission, Viewer


@dataclass(frozen=True)
class NavigationEntry:
    """One line of the side navigation. `group` is '', 'People', 'Outreach', 'Sales' or 'Settings'; labels are msgids."""

    label: str
    endpoint: str
    icon: str
    permission: Permission | None
    group: str = ""
    order: int = 100
    key: str | None = None
    """The letter after `g` that jumps here."""
    on_phone: bool = False


@dataclass(frozen=True)
class ContactPanel:
    """A part of the contact page. `load` answers the template's context, or None when there is nothing to draw."""

    name: str
    title: str
    template: str
    permission: Permission | None
    load: Callable[[int, Viewer], Mapping[str, Any] | None]
    order: int = 100
    place: str = "aside"
    """'facts' (first column), 'main' (middle) or 'aside' (last)."""


@dataclass(frozen=True)
class ListColumn:
    """A column of the contact list: one loader for all ids of the page, one macro to draw a cell."""

    name: str
    title: str
    template: str
    load: Callable[[Sequence[int], Viewer], Mapping[int, Any]]
    order: int = 100


@dataclass(frozen=True)
class ListFilter:
    """A filter of the contact list: query parameters → rule clauses, and what its chip needs to draw itself."""

    name: str
    parameters: tuple[str, ...]
    clauses: Callable[[Mapping[str, Sequence[str]]], list[dict[str, Any]]]
    template: str
    load: Callable[[Mapping[str, Sequence[str]], Viewer], Mapping[str, Any]]
    order: int = 100


@dataclass(frozen=True)
class BulkAction:
    """A button of the selection bar: `template` draws its popover, the form posts to `endpoint`."""

    name: str
    label: str
    icon: str
    permission: Permission
    template: str
    load: Callable[[Viewer], Mapping[str, Any]] = field(default=lambda viewer: {})
    order: int = 100


@dataclass(frozen=True)
class ListAction:
    """A button in the head of the contact list; `takes_filter` sends the present filter along."""

    name: str
    label: str
    icon: str
    permission: Permission
    endpoint: str
    takes_filter: bool = False
    order: int = 100


@dataclass(frozen=True)
class Hit:
    """Something the palette or /search found."""

    label: str
    url: str
    detail: str = ""
    icon: str = "search"


@dataclass(frozen=True)
class SearchSource:
    """What may be found by typing: `find(text, viewer, limit)`."""

    name: str
    title: str
    permission: Permission
    find: Callable[[str, Viewer, int], list[Hit]]
    order: int = 100


@dataclass
class Sockets:
    """Everything that is plugged in, sorted by `order` when read."""

    navigation: list[NavigationEntry] = field(default_factory=list)
    contact_panels: list[ContactPanel] = field(default_factory=list)
    list_columns: list[ListColumn] = field(default_factory=list)
    list_filters: list[ListFilter] = field(default_factory=list)
    bulk_actions: list[BulkAction] = field(default_factory=list)
    list_actions: list[ListAction] = field(default_factory=list)
    search_sources: list[SearchSource] = field(default_factory=list)


_sockets = Sockets()


def sockets() -> Sockets:
    return _sockets


def plug(
    *parts: NavigationEntry | ContactPanel | ListColumn | ListFilter | BulkAction | ListAction | SearchSource,
) -> None:
    """Plug parts in; the same name again replaces the former one."""
    homes: dict[type[Any], tuple[list[Any], str]] = {
        NavigationEntry: (_sockets.navigation, "endpoint"),
        ContactPanel: (_sockets.contact_panels, "name"),
        ListColumn: (_sockets.list_columns, "name"),
        ListFilter: (_sockets.list_filters, "name"),
        BulkAction: (_sockets.bulk_actions, "name"),
        ListAction: (_sockets.list_actions, "name"),
        SearchSource: (_sockets.search_sources, "name"),
    }
    for part in parts:
        home, key = homes[type(part)]
        home[:] = [other for other in home if getattr(other, key) != getattr(part, key)] + [part]
        home.sort(key=lambda each: each.order)


def for_viewer(parts: Sequence[Any], viewer: Viewer) -> list[Any]:
    """Those parts this viewer may see."""
    return [part for part in parts if part.permission is None or viewer.can(part.permission)]
