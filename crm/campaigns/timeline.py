"""The sequence as its screen draws it: numbered steps on the days somebody who joins on one day gets them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from crm.core.calendars import at_local, local_date
from crm.sequences.logic.schedule import Planned, Timetable, Wait, WaitUnit, plan_all
from crm.sequences.models import Step

HUES = (6, 5, 7, 3, 8, 2, 4, 1)
FOLDS_FROM = 3
"""So many monthly steps on end, with nothing else between, are drawn as one card."""


@dataclass(frozen=True, slots=True)
class Card:
    """One step, with when it would go to the person of the example."""

    step: Step
    number: int
    wait: Wait
    planned: Planned
    joined_on: date
    timezone: str

    @property
    def hue(self) -> int:
        return hue_of(self.number)

    @property
    def due_on(self) -> date:
        return local_date(self.planned.due_at, self.timezone)

    @property
    def goes_on(self) -> date:
        return local_date(self.planned.at, self.timezone)

    @property
    def goes_at(self) -> datetime:
        return self.planned.at

    @property
    def day(self) -> int:
        """How many days after joining it is due; the day of joining is 0."""
        return (self.due_on - self.joined_on).days

    @property
    def is_moved(self) -> bool:
        return self.goes_on != self.due_on


@dataclass(frozen=True, slots=True)
class Place:
    """One place on the rail: a step, or several monthly ones that fold into one card."""

    cards: tuple[Card, ...]

    @property
    def first(self) -> Card:
        return self.cards[0]

    @property
    def is_folded(self) -> bool:
        return len(self.cards) > 1


def hue_of(number: int) -> int:
    """The colour that ties a step to its days in the calendar."""
    return HUES[(number - 1) % len(HUES)]


def joining_at(day: date, timetable: Timetable) -> datetime:
    """The moment the example's person joins: when the window opens that day."""
    return at_local(day, timetable.window.opens, timetable.timezone)


def cards_of(steps: Sequence[Step], timetable: Timetable, joined_on: date) -> list[Card]:
    """Every step for somebody who joins on a day, moved by window and holidays alone."""
    waits = [Wait.of(step.wait) for step in steps]
    plans = plan_all(timetable, waits, joining_at(joined_on, timetable))
    return [
        Card(step, number, wait, planned, joined_on, timetable.timezone)
        for number, (step, wait, planned) in enumerate(zip(steps, waits, plans, strict=True), start=1)
    ]


def places_of(cards: Iterable[Card], *, open_key: str | None, unfolded: bool) -> list[Place]:
    """The rail from top to bottom; monthly runs are folded unless one of them is open or all are asked for."""
    places: list[Place] = []
    for wait, run in groupby(cards, key=lambda card: card.wait):
        together = tuple(run)
        is_monthly = wait.unit is WaitUnit.MONTHS and wait.amount > 0
        holds_open = any(card.step.key == open_key for card in together)
        if is_monthly and len(together) >= FOLDS_FROM and not holds_open and not unfolded:
            places.append(Place(together))
        else:
            places += [Place((card,)) for card in together]
    return places
