"""Rows of the file turned into facts about people, before anything is known about who is here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from crm.contacts.logic import full_name
from crm.core.errors import Invalid
from crm.core.messages import N_
from crm.core.text import fold
from crm.transfer.cells import CellProblem, longest_value, read_cell
from crm.transfer.dates import NO_YEAR
from crm.transfer.options import MatchBy, Options
from crm.transfer.reading import Row

NO_SUCH_OWNER = N_("The owner has no account here, so the contact was left without one.")
BIRTHDAY_WITHOUT_YEAR = N_("A birthday without a year was left out.")

# What a person types once and a file repeats thousands of times; everything else would only fill the memory.
_REPEATED = frozenset(
    {"company", "job_title", "country", "region", "city", "language", "timezone", "owner", "source", "status",
     "email_status", "timeline", "authority", "tags", "budget"}
)  # fmt: skip
_MOST_REMEMBERED = 5_000
_SHORT = 200


@dataclass(slots=True)
class Draft:
    """What one row says about a person: only what it says, empty cells are not in it."""

    line: int
    cells: Sequence[str]
    facts: dict[str, Any] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    notes: list[str] = field(default_factory=list)
    problem: Invalid | None = None

    def key(self, by: MatchBy) -> str | None:
        """What tells who this is; for addresses and names of other programs case does not count."""
        value = self.facts.get(by)
        return None if value is None else value.lower() if by is MatchBy.EMAIL else str(value)

    @property
    def is_empty(self) -> bool:
        return not self.facts and not self.tags

    @property
    def is_somebody(self) -> bool:
        """Whether there is enough to know a person by."""
        return any(self.facts.get(key) for key in ("name", "first_name", "last_name", "email", "phone"))


class DraftReader:
    """Reads rows by one mapping; remembers the values that repeat."""

    def __init__(
        self, mapping: Sequence[str | None], options: Options, find_owner: Callable[[str], int | None]
    ) -> None:
        columns = [(position, key) for position, key in enumerate(mapping) if key is not None]
        # A row's own country says more about its phone number than the country of the whole file.
        self._columns = sorted(columns, key=lambda column: column[1] == "phone")
        self._options = options
        self._find_owner = find_owner
        self._remembered: dict[tuple[str, str], Any] = {}

    def read(self, row: Row) -> Draft:
        draft = Draft(row.line_number, row.cells)
        if row.problem is not None:
            draft.problem = row.problem
            return draft
        try:
            for position, key in self._columns:
                text = row.cells[position]
                if text:
                    self._put(draft, key, text)
            _check_name(draft.facts)
        except CellProblem as problem:
            draft.problem = problem
        return draft

    def read_all(self, rows: Iterable[Row]) -> list[Draft]:
        return [self.read(row) for row in rows]

    def _put(self, draft: Draft, key: str, text: str) -> None:
        try:
            value = self._phone(draft, text) if key == "phone" else self._value(key, text)
        except CellProblem as problem:
            if problem.message != NO_YEAR:
                raise
            draft.notes.append(BIRTHDAY_WITHOUT_YEAR)
            return
        if key == "tags":
            draft.tags = tuple(
                {fold(tag): tag for tag in (*draft.tags, *(value or ())) if fold(tag)}.values()
            )
        elif key == "owner" and value is not None:
            owner = self._find_owner(value)
            if owner is None:
                draft.notes.append(NO_SUCH_OWNER)
            else:
                draft.facts["owner_id"] = owner
        elif value is not None and (key != "company" or fold(value)):
            draft.facts[key] = value

    def _value(self, key: str, text: str) -> Any:
        if key not in _REPEATED or len(text) > _SHORT:
            return self._read(key, text)
        asked = (key, text)
        if asked not in self._remembered:
            if len(self._remembered) >= _MOST_REMEMBERED:
                self._remembered.clear()
            self._remembered[asked] = self._read(key, text)
        return self._remembered[asked]

    def _phone(self, draft: Draft, text: str) -> Any:
        region = draft.facts.get("country")
        if region is not None and region != self._options.region:
            with suppress(CellProblem):
                return self._read("phone", text, region)
        return self._read("phone", text)

    def _read(self, key: str, text: str, region: str | None = None) -> Any:
        chosen = self._options
        return read_cell(
            key,
            text,
            region=region or chosen.region or None,
            calendar=chosen.calendar,
            date_order=chosen.date_order,
        )


def _check_name(facts: Mapping[str, Any]) -> None:
    """First and last name together may be longer than a name can be."""
    limit = longest_value("name")
    if len(full_name(facts.get("name"), facts.get("first_name"), facts.get("last_name"))) > limit:
        raise CellProblem(
            N_("This text is longer than %(limit)s characters. Shorten it."), field="name", limit=limit
        )
