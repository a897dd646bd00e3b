"""What becomes of a row: compared with who is here and who came earlier in the same file. Nothing is written here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from crm.contacts.logic import full_name
from crm.contacts.models import EmailStatus
from crm.contacts.service.upkeep import RANK
from crm.core.errors import Invalid
from crm.core.messages import N_
from crm.core.text import fold
from crm.transfer.drafts import Draft
from crm.transfer.options import MatchBy, Mode, Options

KNOWN_ALREADY = N_("Here already, and only new people were wanted.")
NOT_KNOWN = N_("Not here yet, and only known people were wanted.")
IN_ARCHIVE = N_("In the archive. Restore the contact first, then import the row again.")
NOT_YOURS = N_("Belongs to a colleague whose contacts you may not change.")
NOTHING_IN_IT = N_("Nothing in the columns that are imported.")
NOBODY = N_("A contact needs a name, an email address or a phone number.")
TAKEN = N_(
    "Another contact has the external ID “%(value)s” already. Match by external ID to change that one."
)

_AFTER_A_NEW_ADDRESS = {EmailStatus.VALID, EmailStatus.INVALID}


class Outcome(StrEnum):
    """What became of a row. The values name the counts of an import."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    SKIPPED = "skipped"
    FAILED = "failed"


@dataclass(slots=True, eq=False)
class Person:
    """Somebody a row may be about: here already, or come with this file (`id` is None)."""

    id: int | None
    facts: dict[str, Any] = field(default_factory=dict)
    tags: set[str] = field(default_factory=set)
    """Keys of tags: the folded name."""
    version: int = 0
    closed: str | None = None
    """Why this person cannot be changed: a msgid."""
    changes: dict[str, Any] = field(default_factory=dict)
    new_tags: dict[str, str] = field(default_factory=dict)
    """Key → name, of the tags to be put on."""
    line: int = 0

    @property
    def is_touched(self) -> bool:
        return bool(self.id is None or self.changes or self.new_tags)


class People:
    """Who is known, by what tells people apart."""

    def __init__(self) -> None:
        self._found: dict[tuple[MatchBy, str], Person] = {}
        self.by_id: dict[int, Person] = {}

    def add(self, person: Person) -> None:
        """Under everything that tells who it is. Who was there first stays."""
        for by in MatchBy:
            value = person.facts.get(by)
            if value:
                self._found.setdefault((by, value.lower() if by is MatchBy.EMAIL else value), person)

    def put(self, by: MatchBy, key: str, person: Person) -> None:
        """Under one thing that tells who it is."""
        self._found.setdefault((by, key), person)

    def find(self, by: MatchBy, key: str | None) -> Person | None:
        return self._found.get((by, key)) if key else None

    def about(self, draft: Draft, match: MatchBy) -> Person | None:
        """Whom a row is about.

        Only a row without the value asked for is looked up by its others, a phone number then only together with
        the name, since families and offices share one.
        """
        key = draft.key(match)
        if key:
            return self.find(match, key)
        for by in (MatchBy.EXTERNAL_ID, MatchBy.EMAIL, MatchBy.PHONE):
            person = self.find(by, draft.key(by))
            if person is not None and (by is not MatchBy.PHONE or _same_name(person.facts, draft.facts)):
                return person
        return None


@dataclass
class Tally:
    """What came of the rows looked at so far."""

    counts: dict[Outcome, int] = field(default_factory=lambda: dict.fromkeys(Outcome, 0))
    notes: dict[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    def count(self, outcome: Outcome, notes: Iterable[str]) -> None:
        self.counts[outcome] += 1
        for note in notes:
            self.notes[note] = self.notes.get(note, 0) + 1


@dataclass(frozen=True)
class Judge:
    """Decides row after row; `people` grows with those the file brings."""

    people: People
    options: Options
    slugs: Mapping[str, str]
    """Slug of a tag → its key."""
    barred: Mapping[str, EmailStatus]
    """Addresses that must not be written to, and why: an import never makes them writable again."""
    tally: Tally

    def decide(self, draft: Draft) -> tuple[Outcome, Person | None]:
        """Counts the row and keeps what it changes on the person it is about."""
        try:
            outcome, person, note = self._judge(draft)
        except Invalid as problem:
            draft.problem = problem
            outcome, person, note = Outcome.FAILED, None, None
        kept = outcome in {Outcome.CREATED, Outcome.UPDATED, Outcome.UNCHANGED}
        self.tally.count(outcome, [*(draft.notes if kept else ()), *([note] if note else ())])
        return outcome, person

    def _judge(self, draft: Draft) -> tuple[Outcome, Person | None, str | None]:
        if draft.problem is not None:
            raise draft.problem
        if draft.is_empty:
            return Outcome.SKIPPED, None, NOTHING_IN_IT
        person = self.people.about(draft, self.options.match)
        if person is None:
            return self._new(draft)
        if self.options.mode is Mode.CREATE:
            return Outcome.SKIPPED, None, KNOWN_ALREADY
        if person.closed:
            return Outcome.SKIPPED, None, person.closed
        return self._known(draft, person)

    def _new(self, draft: Draft) -> tuple[Outcome, Person | None, str | None]:
        if self.options.mode is Mode.UPDATE:
            return Outcome.SKIPPED, None, NOT_KNOWN
        if not draft.is_somebody:
            raise Invalid(NOBODY)
        self._refuse_taken_id(draft, None)
        facts = dict(draft.facts)
        facts["name"] = full_name(facts.get("name"), facts.get("first_name"), facts.get("last_name"))
        status = self._status(draft, EmailStatus.UNVERIFIED)
        if status is not EmailStatus.UNVERIFIED:
            facts["email_status"] = status
        person = Person(None, facts, line=draft.line)
        self._tag(person, draft)
        self.people.add(person)
        return Outcome.CREATED, person, None

    def _known(self, draft: Draft, person: Person) -> tuple[Outcome, Person | None, str | None]:
        changes = {key: value for key, value in draft.facts.items() if self._differs(person, key, value)}
        if "external_id" in changes:
            self._refuse_taken_id(draft, person)
        _follow_name(changes, person.facts)
        changes |= self._new_status(draft, person, changes)
        has_new_tags = self._tag(person, draft)
        if not changes and not has_new_tags:
            return Outcome.UNCHANGED, person, None
        person.facts |= changes
        if person.id is not None:
            person.changes |= changes
        person.line = person.line or draft.line
        self.people.add(person)
        return Outcome.UPDATED, person, None

    def _differs(self, person: Person, key: str, value: Any) -> bool:
        held = person.facts.get(key)
        if key == "email_status":
            return False
        if held and self.options.fills_only:
            return False
        if held and key == "email":
            return bool(held.lower() != value.lower())
        if held and key == "company":
            return fold(held) != fold(value)
        return bool(held != value)

    def _tag(self, person: Person, draft: Draft) -> bool:
        wanted = {self.slugs.get(name) or fold(name): name for name in (*draft.tags, *self.options.tags)}
        new = {key: name for key, name in wanted.items() if key not in person.tags}
        person.tags.update(new)
        person.new_tags |= new
        return bool(new)

    def _new_status(self, draft: Draft, person: Person, changes: Mapping[str, Any]) -> dict[str, Any]:
        held = before = EmailStatus(person.facts.get("email_status") or EmailStatus.UNVERIFIED)
        if "email" in changes and held in _AFTER_A_NEW_ADDRESS:
            held = EmailStatus.UNVERIFIED
        status = self._status(draft, held)
        return {"email_status": status} if status is not before else {}

    def _status(self, draft: Draft, held: EmailStatus) -> EmailStatus:
        """The strictest of what is held, what the file says and what is known of the address."""
        said = EmailStatus(draft.facts.get("email_status") or EmailStatus.UNVERIFIED)
        known = self.barred.get(draft.key(MatchBy.EMAIL) or "", EmailStatus.UNVERIFIED)
        return max((held, said, known), key=RANK.__getitem__)

    def _refuse_taken_id(self, draft: Draft, person: Person | None) -> None:
        value = draft.facts.get("external_id")
        other = self.people.find(MatchBy.EXTERNAL_ID, value)
        if other is not None and other is not person:
            raise Invalid(TAKEN, field="external_id", value=value)


def _follow_name(changes: dict[str, Any], held: Mapping[str, Any]) -> None:
    """A full name that was put together from its parts goes with them."""
    if "name" in changes or not {"first_name", "last_name"} & changes.keys():
        return
    if held.get("name", "") == full_name(None, held.get("first_name"), held.get("last_name")):
        merged = {**held, **changes}
        changes["name"] = full_name(None, merged.get("first_name"), merged.get("last_name"))


def _same_name(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    names = [
        fold(full_name(each.get("name"), each.get("first_name"), each.get("last_name")))
        for each in (one, other)
    ]
    return names[0] == names[1] and bool(names[0])
