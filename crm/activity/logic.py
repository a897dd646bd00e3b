"""The kinds of facts: how each is drawn, which of them show life, and how a timeline is cut into days."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import TypeVar

from crm.core.messages import N_


@dataclass(frozen=True)
class Kind:
    """One kind of fact. `is_lively` ones move a contact's last activity; `group` is what the timeline filters by."""

    name: str
    icon: str
    hue: int
    title: str
    group: str = "changes"
    is_lively: bool = False


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("created", "plus", 4, N_("Added")),
        Kind("changed", "pencil", 8, N_("Changed")),
        Kind("archived", "archive", 7, N_("Archived")),
        Kind("restored", "undo-2", 4, N_("Restored")),
        Kind("tagged", "tag", 6, N_("Tag added")),
        Kind("untagged", "tag", 7, N_("Tag removed")),
        Kind("imported", "download", 3, N_("Imported")),
        Kind("note", "sticky-note", 3, N_("Note"), "notes", is_lively=True),
        Kind("called", "phone", 4, N_("Call"), "notes", is_lively=True),
        Kind("sent", "send", 6, N_("Email sent"), "emails"),
        Kind("delivered", "mail", 6, N_("Email delivered"), "emails"),
        Kind("opened", "mail-open", 5, N_("Email opened"), "emails", is_lively=True),
        Kind("clicked", "mouse-pointer-click", 5, N_("Link clicked"), "emails", is_lively=True),
        Kind("replied", "reply", 1, N_("Replied"), "emails", is_lively=True),
        Kind("bounced", "circle-alert", 1, N_("Email bounced"), "emails"),
        Kind("unsubscribed", "ban", 1, N_("Unsubscribed"), "emails", is_lively=True),
        Kind("visited", "mouse-pointer-click", 5, N_("Page visited"), "visits", is_lively=True),
        Kind("submitted", "square-pen", 3, N_("Form sent in"), "visits", is_lively=True),
        Kind("purchased", "check", 4, N_("Bought"), "visits", is_lively=True),
    )
}
UNKNOWN = Kind("", "info", 6, N_("Happened"))
GROUPS = {
    "": N_("All"),
    "emails": N_("Emails"),
    "notes": N_("Notes"),
    "changes": N_("Changes"),
}


def kind_of(name: str) -> Kind:
    """The kind by name; facts recorded by other programs may have names of their own."""
    return KINDS.get(name, UNKNOWN)


def kinds_in(group: str) -> list[str] | None:
    """The kinds a timeline shows under this heading, None for all."""
    return (
        [kind.name for kind in KINDS.values() if kind.group == group] if group in GROUPS and group else None
    )


Entry = TypeVar("Entry")


def by_day(entries: Iterable[Entry], day_of: Callable[[Entry], date]) -> list[tuple[date, list[Entry]]]:
    """Entries that come in order, cut into days."""
    return [(day, list(rows)) for day, rows in groupby(entries, key=day_of)]
