"""Checking: what an import would do, row by row, without writing anything about anybody."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from crm.core.db import reading, session, unit_of_work
from crm.transfer.models import Import, ImportState
from crm.transfer.outcomes import Outcome, People, Tally
from crm.transfer.queries import imports
from crm.transfer.reading import Row, Unreadable, count_rows, rows
from crm.transfer.service.meeting import Plan, actor_of, draft_reader, judge_for, plan_of
from crm.transfer.service.uploads import refuse_nameless

AT_ONCE = 1_000
IN_REQUEST = 2_000
"""Files of up to so many rows are checked while the person waits."""
LOOKED_AT = 100_000
"""The page checks so many rows; those after them are only counted."""
PROBLEMS_SHOWN = 20


@dataclass
class Forecast:
    """What would become of the rows that were looked at."""

    total: int
    tally: Tally = field(default_factory=Tally)
    problems: list[dict[str, Any]] = field(default_factory=list)
    """The first rows that would fail: line, cells, reason, params."""

    def stored(self) -> dict[str, Any]:
        counts = {outcome.value: number for outcome, number in self.tally.counts.items()}
        return {**counts, "rows": self.tally.total, "notes": self.tally.notes, "problems": self.problems}


def foresee(
    plan: Plan, *, most: int | None = LOOKED_AT, tell: Callable[[int, int], object] | None = None
) -> Forecast:
    """Raises Unreadable when the file breaks anywhere. `tell` hears (rows done, rows in all) now and then."""
    forecast = Forecast(count_rows(plan.path, plan.shape))
    people, source = People(), islice(rows(plan.path, plan.shape), most)
    with reading():
        reader = draft_reader(plan)
    for part in _parts(source):
        drafts = reader.read_all(part)
        with reading():
            judge = judge_for(drafts, people, plan.options, forecast.tally, actor=actor_of(plan.actor_id))
        for draft in drafts:
            outcome, _person = judge.decide(draft)
            if (
                outcome is Outcome.FAILED
                and draft.problem is not None
                and len(forecast.problems) < PROBLEMS_SHOWN
            ):
                problem = draft.problem
                forecast.problems.append(
                    {
                        "line": draft.line,
                        "reason": problem.message,
                        "params": plain(problem.params),
                        "field": problem.field,
                    }
                )
        if tell is not None:
            tell(forecast.tally.total, forecast.total)
    return forecast


def begin_check(record: Import) -> None:
    """Check a small file now; a large one is the worker's. Raises Unreadable, and Invalid for columns that name nobody."""
    refuse_nameless(record)
    if record.total <= IN_REQUEST:
        _keep(record, foresee(plan_of(record)))
    else:
        record.state, record.forecast = ImportState.CHECKING, {"rows": 0}
    session.flush()


def check(import_id: int) -> int:
    """Check a file in the background, telling how far it is; returns how many rows were looked at."""
    with reading():
        record = imports.get_import(import_id)
        plan, asked = plan_of(record), (record.mapping, record.options)

    def tell(done: int, total: int) -> None:
        with unit_of_work():
            held = imports.lock_import(import_id, waits=True)
            if held is not None and held.state is ImportState.CHECKING:
                held.forecast, held.total = {"rows": done}, total

    try:
        forecast = foresee(plan, tell=tell)
    except Unreadable as error:
        with unit_of_work():
            held = imports.lock_import(import_id, waits=True)
            if held is not None:
                held.state, held.error, held.error_params = (
                    ImportState.UPLOADED,
                    error.message,
                    plain(error.params),
                )
        return 1
    with unit_of_work():
        held = imports.lock_import(import_id, waits=True)
        if held is not None and held.state is ImportState.CHECKING and (held.mapping, held.options) == asked:
            _keep(held, forecast)
    return forecast.tally.total or 1


def _keep(record: Import, forecast: Forecast) -> None:
    record.state, record.forecast, record.total = ImportState.CHECKED, forecast.stored(), forecast.total


def plain(params: dict[str, object]) -> dict[str, Any]:
    """Values of a sentence as they can be stored."""
    return {key: value if isinstance(value, int | str) else str(value) for key, value in params.items()}


def _parts(source: Iterator[Row]) -> Iterator[list[Row]]:
    while part := list(islice(source, AT_ONCE)):
        yield part
