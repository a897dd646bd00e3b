"""Who has a reason to leave a sequence: seen before the next step, in the same tick."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any, Protocol

from pyroaring import BitMap
from sqlalchemy import select

from crm.activity.models import Activity
from crm.core.db import session
from crm.core.dialect import one_of
from crm.delivery.reasons import Reason
from crm.sequences.queries.audience import audience_of, ids_of_rule
from crm.sequences.queries.loading import Loaded
from crm.sequences.queries.people import Person

# Facts on the timeline that make people leave, wherever they were recorded.
FACTS = {
    "unsubscribed": Reason.UNSUBSCRIBED,
    "complained": Reason.COMPLAINED,
    "bounced": Reason.BOUNCED,
    "deal_won": Reason.DEAL_WON,
    "replied": Reason.REPLIED,
}
_BARS = {Reason.UNSUBSCRIBED, Reason.COMPLAINED, Reason.BOUNCED}


class OnTheWay(Protocol):
    """What of an enrolment this needs: `id`, `sequence_id`, `contact_id` and `enrolled_at`."""

    @property
    def id(self) -> int: ...
    @property
    def sequence_id(self) -> int: ...
    @property
    def contact_id(self) -> int: ...
    @property
    def enrolled_at(self) -> datetime: ...


class Exits:
    """The reasons of a batch of people, each question asked once."""

    def __init__(
        self,
        rows: Collection[Any],
        sequences: Mapping[int, Loaded],
        people: Mapping[int, Person],
        now: datetime,
    ) -> None:
        self._people = people
        self._sequences = sequences
        self._facts = _facts([row.contact_id for row in rows], sequences.values())
        contact_ids: dict[int, BitMap] = defaultdict(BitMap)
        for row in rows:
            contact_ids[row.sequence_id].add(row.contact_id)
        self._at_goal: dict[int, BitMap] = {}
        self._in_audience: dict[int, BitMap] = {}
        for sequence_id, ids in contact_ids.items():
            loaded = sequences[sequence_id]
            if Reason.GOAL in loaded.exits and loaded.row.goal:
                self._at_goal[sequence_id] = ids_of_rule(loaded.row.goal, now, ids)
            if Reason.LEFT_AUDIENCE in loaded.exits:
                self._in_audience[sequence_id] = audience_of(loaded.row, now, ids)

    def reason(self, row: OnTheWay) -> Reason | None:
        """Why this person leaves now, or None."""
        loaded, person = self._sequences[row.sequence_id], self._people[row.contact_id]
        if person.barred in _BARS and person.barred in loaded.exits:
            return person.barred
        for reason, at in self._facts.get(row.contact_id, ()):
            if reason in loaded.exits and at >= row.enrolled_at:
                return reason
        if row.contact_id in self._at_goal.get(row.sequence_id, ()):
            return Reason.GOAL
        if person.is_archived:
            return Reason.ARCHIVED
        audience = self._in_audience.get(row.sequence_id)
        return Reason.LEFT_AUDIENCE if audience is not None and row.contact_id not in audience else None


def _facts(
    contact_ids: Collection[int], sequences: Iterable[Loaded]
) -> dict[int, list[tuple[Reason, datetime]]]:
    wanted = [kind for kind, reason in FACTS.items() if any(reason in loaded.exits for loaded in sequences)]
    found: dict[int, list[tuple[Reason, datetime]]] = defaultdict(list)
    if wanted and contact_ids:
        rows = select(Activity.contact_id, Activity.kind, Activity.at).where(
            Activity.kind.in_(wanted), one_of(session, Activity.contact_id, contact_ids)
        )
        for contact_id, kind, at in session.execute(rows):
            found[contact_id].append((FACTS[kind], at))
    return found
