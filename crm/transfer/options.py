"""How an import is to go: whom a row is about, what happens to people who are here already, tags for everybody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from crm.core.calendars import Calendar
from crm.transfer.dates import DateOrder


class MatchBy(StrEnum):
    """What says that a row is about somebody who is here."""

    EMAIL = "email"
    PHONE = "phone"
    EXTERNAL_ID = "external_id"


class Mode(StrEnum):
    """Which rows go in: those about new people, about known ones, or both."""

    CREATE = "create"
    UPDATE = "update"
    BOTH = "both"


@dataclass(frozen=True)
class Options:
    """What a person chose for one import."""

    match: MatchBy = MatchBy.EMAIL
    mode: Mode = Mode.BOTH
    fills_only: bool = False
    """Known people keep what they have; only what is empty is filled."""
    tags: tuple[str, ...] = ()
    """For everybody the file brings or changes: slugs or names."""
    region: str = ""
    """Country of phone numbers without one, as `IR`."""
    calendar: Calendar = Calendar.GREGORIAN
    """What years of two digits mean."""
    date_order: DateOrder | None = None
    """Whether the column of birthdays writes the day or the month first."""

    def stored(self) -> dict[str, Any]:
        return asdict(self) | {"tags": list(self.tags)}


def read_options(stored: Mapping[str, Any]) -> Options:
    """What `Options.stored` gave; what is missing is as usual."""
    order = stored.get("date_order")
    return Options(
        match=MatchBy(stored.get("match", MatchBy.EMAIL)),
        mode=Mode(stored.get("mode", Mode.BOTH)),
        fills_only=bool(stored.get("fills_only")),
        tags=tuple(stored.get("tags", ())),
        region=stored.get("region", ""),
        calendar=Calendar(stored.get("calendar", Calendar.GREGORIAN)),
        date_order=DateOrder(order) if order else None,
    )
