"""The socket features plug into: which fields, facts, tags and segments there are, and where they stand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any

from pyroaring import BitMap
from sqlalchemy import ColumnElement, FromClause, Select, select

from crm.core import text
from crm.core.permissions import Permission, Viewer
from crm.rules.days import RuleContext
from crm.rules.operators import Kind
from crm.rules.tree import Did, FieldIs, Rule

Builder = Callable[[ColumnElement[int]], ColumnElement[Any]]
"""Given the column that holds the id of a contact, the value that belongs to this contact."""
Choices = Callable[[], Mapping[str, str]]
"""The values that are stored, each with its label (a msgid, or what an admin wrote)."""


@dataclass(frozen=True, slots=True)
class Single:
    """One value a contact. Text is compared folded: `folded` is where `crm.core.text.fold(value)` is kept.

    Without it the database folds while it asks, by its function `peyvand_fold`, which means the same and
    reads every contact; hence a twin for each text that large lists are filtered by. Empty text is unknown.
    """

    value: Builder
    folded: Builder | None = None


@dataclass(frozen=True, slots=True)
class Many:
    """Any number of values a contact: a select of `contact_id`, `value` and, for text, maybe `folded`.

    Also right for one value that stands in another table (company attributes, custom fields), since it lets
    the database start from the value. Rows without a contact or with an empty value count as absent.
    """

    rows: Select[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """Something known of contacts that rules can compare."""

    key: str
    label: str
    kind: Kind
    stored: Single | Many
    choices: Choices | None = None
    """Without choices a value of kind choice is compared like text."""
    permission: Permission | None = None
    """What a person needs to build rules with it."""
    scale: int = 1
    """How many stored units make one: 100 for money kept in cents."""
    fold: Callable[[str], str] = text.fold
    """How the value in a rule is folded; must give what stands in the folded column."""
    ids: Callable[[FieldIs, RuleContext], BitMap | None] | None = None
    """Answers a clause from memory as the database would, archived contacts or not; None where it cannot."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    """Something known of a fact, for `where`: `column` and `folded` name columns of the fact's rows."""

    key: str
    label: str
    kind: Kind
    column: str
    folded: str | None = None
    choices: Choices | None = None
    scale: int = 1
    fold: Callable[[str], str] = text.fold


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Something that happens to contacts. `rows` selects `contact_id`, `at` and the attributes' columns."""

    name: str
    label: str
    did: str
    """A msgid that goes on from “Everyone”: who opened an email."""
    did_not: str
    rows: Select[Any]
    attributes: tuple[Attribute, ...] = ()
    permission: Permission | None = None
    ids: Callable[[Did, RuleContext], BitMap | None] | None = None

    def attribute(self, key: str) -> Attribute | None:
        return next((attribute for attribute in self.attributes if attribute.key == key), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """A tag as rules see it. `rows` selects the `contact_id` of those who carry it."""

    slug: str
    label: str
    rows: Select[Any]
    ids: Callable[[], BitMap | None] | None = None
    evidence: Callable[[int], object | None] | None = None
    """What is known about how one contact came to it, for explanations."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A saved rule, or (static lists and snapshots) `rows` that select the `contact_id` of its members."""

    slug: str
    label: str
    members: Rule | Select[Any]
    ids: Callable[[], BitMap | None] | None = None
    """For members that are rows."""


class Vocabulary:
    """Everything rules can speak of. Features add their words at start; a key added again replaces the former."""

    def __init__(self) -> None:
        self._fields: dict[str, Field] = {}
        self._facts: dict[str, Fact] = {}
        self._find_field: list[Callable[[str], Field | None]] = []
        self._list_fields: list[Callable[[], Iterable[Field]]] = []
        self._find_tag: Callable[[str], Tag | None] = lambda _slug: None
        self._find_segment: Callable[[str], Segment | None] = lambda _slug: None
        self.viewer: Viewer | None = None

    def add_fields(self, *fields: Field) -> None:
        self._fields.update({field.key: field for field in fields})

    def add_field_source(
        self, find: Callable[[str], Field | None], every: Callable[[], Iterable[Field]]
    ) -> None:
        """Fields that come and go while the product runs, as custom fields do."""
        if find not in self._find_field:
            self._find_field.append(find)
            self._list_fields.append(every)

    def add_facts(self, *facts: Fact) -> None:
        self._facts.update({fact.name: fact for fact in facts})

    def find_tags_with(self, find: Callable[[str], Tag | None]) -> None:
        """The function takes a slug or an exact name."""
        self._find_tag = find

    def find_segments_with(self, find: Callable[[str], Segment | None]) -> None:
        """The function takes a slug or an exact name, and reads a stored rule with `crm.rules.parse.read`."""
        self._find_segment = find

    def seen_by(self, viewer: Viewer) -> Vocabulary:
        """The words this person may build rules with; what asks and explains takes the whole vocabulary."""
        narrowed = copy(self)
        narrowed.viewer = viewer
        return narrowed

    def field(self, key: str) -> Field | None:
        found = self._fields.get(key) or next(filter(None, (find(key) for find in self._find_field)), None)
        return found if found and self._may_use(found.permission) else None

    def fields(self) -> Sequence[Field]:
        every = [*self._fields.values(), *(field for source in self._list_fields for field in source())]
        return [field for field in every if self._may_use(field.permission)]

    def fact(self, name: str) -> Fact | None:
        found = self._facts.get(name)
        return found if found and self._may_use(found.permission) else None

    def facts(self) -> Sequence[Fact]:
        return [fact for fact in self._facts.values() if self._may_use(fact.permission)]

    def tag(self, slug: str) -> Tag | None:
        return self._find_tag(slug)

    def segment(self, slug: str) -> Segment | None:
        return self._find_segment(slug)

    def _may_use(self, permission: Permission | None) -> bool:
        return permission is None or self.viewer is None or self.viewer.can(permission)


VOCABULARY = Vocabulary()
"""What the features of this process have plugged in."""


def own_column(key: ColumnElement[int], column: ColumnElement[Any]) -> Builder:
    """A column beside `key`, its table's primary key; read in place where the question is about that table."""
    table = plain(key).table

    def build(contact_id: ColumnElement[int]) -> ColumnElement[Any]:
        standing_on: FromClause | None = getattr(plain(contact_id), "table", None)
        beside = None
        if standing_on is not None and standing_on.corresponding_column(plain(key)) is plain(contact_id):
            beside = standing_on.corresponding_column(plain(column))
        if beside is not None:
            return beside
        other = table.alias()
        own, wanted = other.corresponding_column(plain(key)), other.corresponding_column(plain(column))
        return select(wanted).where(own == contact_id).correlate_except(other).scalar_subquery()

    return build


def plain(column: ColumnElement[Any]) -> Any:
    """The column itself, also where a model's attribute is given."""
    clause = getattr(column, "__clause_element__", None)
    return (clause() if clause else column)._deannotate()  # noqa: SLF001 - has no public name
