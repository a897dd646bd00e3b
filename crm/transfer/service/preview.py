"""What a person sees while matching: what each column holds, how sure we are, and a row as it will look."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import Any

from crm.accounts import queries as accounts
from crm.core.errors import Invalid
from crm.transfer.drafts import Draft
from crm.transfer.mapping import CHOSEN, LEFT_OUT, SURE, ColumnGuess, guess
from crm.transfer.models import Import
from crm.transfer.reading import rows
from crm.transfer.service.meeting import draft_reader, plan_of

EXAMPLES = 2
EXAMPLE_LETTERS = 40
SAMPLES = 20


@dataclass(frozen=True)
class Column:
    """A column of the file: two of its values, what it becomes, and why."""

    name: str
    examples: list[str]
    field: str | None
    why: str
    """A msgid."""
    kind: str
    """good, half (to be looked at), hollow (left out): how the status is drawn."""


@dataclass(frozen=True)
class Preview:
    """One row as the contact will look; `problem` when it would fail."""

    number: int
    count: int
    facts: list[tuple[str, Any]]
    tags: tuple[str, ...]
    notes: list[str]
    problem: Invalid | None


def columns_of(record: Import) -> list[Column]:
    """Raises Unreadable when the file is no longer what it was."""
    plan = plan_of(record)
    samples = [row.cells for row in islice(rows(plan.path, plan.shape), SAMPLES)]
    guesses = guess(plan.shape.header, samples)
    return [
        _column(one, field, [row[position] for row in samples if position < len(row)])
        for position, (one, field) in enumerate(zip(guesses, record.mapping, strict=True))
    ]


def preview_of(record: Import, number: int) -> Preview:
    """The row of this number among the first ones; a number past the end is the last."""
    plan = plan_of(record)
    drafts = draft_reader(plan).read_all(islice(rows(plan.path, plan.shape), SAMPLES))
    place = min(max(number, 1), len(drafts))
    draft = drafts[place - 1]
    return Preview(place, len(drafts), _facts(draft), draft.tags, draft.notes, draft.problem)


def _column(one: ColumnGuess, field: str | None, cells: list[str]) -> Column:
    examples = list(dict.fromkeys(cell.strip() for cell in cells if cell.strip()))[:EXAMPLES]
    short = [text if len(text) <= EXAMPLE_LETTERS else text[:EXAMPLE_LETTERS] + "…" for text in examples]
    if field != one.field:
        return Column(one.column, short, field, CHOSEN if field else LEFT_OUT, "good" if field else "hollow")
    if field is None:
        return Column(one.column, short, None, one.why, "hollow")
    return Column(one.column, short, field, one.why, "good" if one.confidence >= SURE else "half")


def _facts(draft: Draft) -> list[tuple[str, Any]]:
    facts = dict(draft.facts)
    owner_id = facts.pop("owner_id", None)
    if owner_id is not None:
        facts["owner"] = accounts.get_user(owner_id).name
    return list(facts.items())
