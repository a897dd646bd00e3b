"""A small world to ask rules about: contacts with all kinds of fields, tags, segments and facts, on a database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from pyroaring import BitMap
from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Date,
    Engine,
    Integer,
    MetaData,
    Select,
    String,
    Table,
    Text,
    create_engine,
    select,
)
from sqlalchemy.pool import StaticPool

import crm.core.db  # noqa: F401 - prepares SQLite connections, with our folding as a function
from crm.core.dialect import create_fold
from crm.core.text import fold
from crm.core.types import UtcDateTime
from crm.rules.days import RuleContext
from crm.rules.operators import Kind
from crm.rules.parse import parse, read
from crm.rules.tree import FieldIs, Rule
from crm.rules.vocabulary import Attribute, Fact, Field, Many, Segment, Single, Tag, Vocabulary, own_column

metadata = MetaData()


def _table(name: str, *columns: Column) -> Table:
    return Table(f"rules_{name}", metadata, Column("id", Integer, primary_key=True), *columns)


company = _table("company", Column("name", String), Column("size", Integer))
contact = _table(
    "contact",
    Column("name", String),
    Column("name_folded", String),
    Column("city", String),
    Column("score", Integer),
    Column("budget", Integer),
    Column("birthday", Date),
    Column("seen_at", UtcDateTime),
    Column("country", String),
    Column("owner", String),
    Column("is_vip", Boolean),
    Column("company_id", Integer),
)
email = _table("email", Column("contact_id", Integer), Column("address", String), Column("folded", String))
level = _table("level", Column("contact_id", Integer), Column("value", Integer))
renewal = _table("renewal", Column("contact_id", Integer), Column("day", Date))
contact_tag = _table("contact_tag", Column("contact_id", Integer), Column("tag", String))
listed = _table("listed", Column("contact_id", Integer))
activity = _table(
    "activity",
    Column("contact_id", Integer),
    Column("kind", String),
    Column("at", UtcDateTime),
    Column("campaign", Text),
    Column("amount", Integer),
)

TAGS = ("newsletter", "competitor", "خبرنامه")
COUNTRIES = {"IR": "Iran", "DE": "Germany", "TR": "Türkiye"}


@dataclass(frozen=True)
class Happening:
    kind: str
    at: datetime
    campaign: str | None = None
    amount: int | None = None


@dataclass(frozen=True)
class Person:
    """A contact; what is not given is not known. Budget is in cents."""

    name: str | None = None
    city: str | None = None
    score: int | None = None
    budget: int | None = None
    birthday: date | None = None
    seen_at: datetime | None = None
    country: str | None = None
    owner: str | None = None
    is_vip: bool | None = None
    emails: tuple[str | None, ...] = ()
    levels: tuple[int | None, ...] = ()
    renewals: tuple[date, ...] = ()
    company: tuple[str | None, int | None] | None = None
    tags: frozenset[str] = frozenset()
    is_listed: bool = False
    happenings: tuple[Happening, ...] = ()


@dataclass
class World:
    """The database, its people by id, and the words rules may use."""

    connection: Connection
    vocabulary: Vocabulary
    segments: dict[str, object] = field(default_factory=dict)
    """Slug → document; parsed when asked for, as the feature would."""
    people: dict[int, Person] = field(default_factory=dict)
    remembers: bool = False
    """Whether tags and some fields answer from memory."""
    statements: int = 0

    def fill(self, people: Iterable[Person]) -> None:
        for table in reversed(metadata.sorted_tables):
            self.connection.execute(table.delete())
        self.people = dict(enumerate(people, start=1))
        rows = _rows(self.people)
        for table, values in rows.items():
            if values:
                self.connection.execute(table.insert(), values)

    def rule(self, document: object) -> Rule:
        return parse(document, self.vocabulary)

    def run(self, condition: ColumnElement[bool]) -> BitMap:
        self.statements += 1
        return BitMap(self.connection.scalars(select(contact.c.id).where(condition)))

    def everyone(self) -> BitMap:
        return BitMap(self.people)


@contextmanager
def world_on(engine: Engine) -> Iterator[World]:
    """The world in a transaction that leaves nothing behind."""
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            # Compiling a statement of many clauses takes longer than asking it of a few people.
            connection.exec_driver_sql("SET LOCAL jit = off")
            create_fold(connection)
        metadata.create_all(connection)
        world = World(connection, Vocabulary())
        _teach(world)
        yield world
        connection.rollback()


def engine_for(database_url: str) -> Engine:
    if database_url.startswith("sqlite"):
        return create_engine("sqlite://", poolclass=StaticPool)
    return create_engine(database_url)


def at(moment: str, timezone: str = "UTC") -> RuleContext:
    return RuleContext(now=datetime.fromisoformat(moment).replace(tzinfo=UTC), timezone=timezone)


def _rows(people: Mapping[int, Person]) -> dict[Table, list[dict[str, object]]]:
    rows: dict[Table, list[dict[str, object]]] = {table: [] for table in metadata.sorted_tables}
    for number, person in people.items():
        own = ("name", "city", "score", "budget", "birthday", "seen_at", "country", "owner", "is_vip")
        values: dict[str, object] = {key: getattr(person, key) for key in own}
        values["name_folded"] = None if person.name is None else fold(person.name)
        rows[contact].append({"id": number, "company_id": number if person.company else None, **values})
        if person.company:
            rows[company].append({"id": number, "name": person.company[0], "size": person.company[1]})
        rows[email] += [
            {"contact_id": number, "address": address, "folded": None if address is None else fold(address)}
            for address in person.emails
        ]
        rows[level] += [{"contact_id": number, "value": value} for value in person.levels]
        rows[renewal] += [{"contact_id": number, "day": day} for day in person.renewals]
        rows[contact_tag] += [{"contact_id": number, "tag": tag} for tag in sorted(person.tags)]
        rows[listed] += [{"contact_id": number}] if person.is_listed else []
        rows[activity] += [{"contact_id": number, **vars(happening)} for happening in person.happenings]
    # Facts about nobody must not make conditions unknown.
    nobody = Happening("opened", datetime(2024, 1, 1, tzinfo=UTC), "welcome", 5)
    rows[activity].append({"contact_id": None, **vars(nobody)})
    rows[email].append({"contact_id": None, "address": "nobody@example.com", "folded": "nobody@example.com"})
    return rows


def _teach(world: World) -> None:
    own = {column.name: own_column(contact.c.id, column) for column in contact.c}
    works_at = select(contact.c.id.label("contact_id")).join(company, company.c.id == contact.c.company_id)
    world.vocabulary.add_fields(
        Field(key="name", label="Name", kind=Kind.TEXT, stored=Single(own["name"], own["name_folded"])),
        Field(key="city", label="City", kind=Kind.TEXT, stored=Single(own["city"])),
        Field(
            key="score", label="Score", kind=Kind.NUMBER, stored=Single(own["score"]), ids=_score_ids(world)
        ),
        Field(key="budget", label="Budget", kind=Kind.NUMBER, stored=Single(own["budget"]), scale=100),
        Field(key="birthday", label="Birthday", kind=Kind.DATE, stored=Single(own["birthday"])),
        Field(key="seen_at", label="Last seen", kind=Kind.DATETIME, stored=Single(own["seen_at"])),
        Field(
            key="country",
            label="Country",
            kind=Kind.CHOICE,
            stored=Single(own["country"]),
            choices=lambda: COUNTRIES,
        ),
        Field(key="owner", label="Owner", kind=Kind.CHOICE, stored=Single(own["owner"])),
        Field(key="is_vip", label="VIP", kind=Kind.YES_NO, stored=Single(own["is_vip"])),
        Field(
            key="email",
            label="Email",
            kind=Kind.TEXT,
            stored=Many(select(email.c.contact_id, email.c.address.label("value"), email.c.folded)),
        ),
        Field(
            key="level",
            label="Level",
            kind=Kind.NUMBER,
            stored=Many(select(level.c.contact_id, level.c.value)),
        ),
        Field(
            key="renewal",
            label="Renewal",
            kind=Kind.DATE,
            stored=Many(select(renewal.c.contact_id, renewal.c.day.label("value"))),
        ),
        Field(
            key="company",
            label="Company",
            kind=Kind.TEXT,
            stored=Many(works_at.add_columns(company.c.name.label("value"))),
        ),
        Field(
            key="company.size",
            label="Company size",
            kind=Kind.NUMBER,
            stored=Many(works_at.add_columns(company.c.size.label("value"))),
        ),
    )
    world.vocabulary.add_facts(*(_fact(kind) for kind in ("opened", "clicked", "purchased")))
    world.vocabulary.find_tags_with(lambda slug: _tag(world, slug))
    world.vocabulary.find_segments_with(lambda slug: _segment(world, slug))


def _fact(kind: str) -> Fact:
    columns = (activity.c.contact_id, activity.c.at, activity.c.campaign, activity.c.amount)
    return Fact(
        name=kind,
        label=kind.capitalize(),
        did=f"who {kind} something",
        did_not=f"who never {kind} anything",
        rows=select(*columns).where(activity.c.kind == kind),
        attributes=(
            Attribute(key="campaign", label="Campaign", kind=Kind.TEXT, column="campaign"),
            Attribute(key="amount", label="Amount", kind=Kind.NUMBER, column="amount"),
        ),
        ids=None,
    )


def _score_ids(world: World):
    def ids(clause: FieldIs, _context: RuleContext) -> BitMap | None:
        if not world.remembers or clause.operator != "gte":
            return None
        people = world.people.items()
        return BitMap(
            number for number, person in people if person.score is not None and person.score >= clause.value
        )

    return ids


def _tag(world: World, slug: str) -> Tag | None:
    if slug not in TAGS:
        return None

    def ids() -> BitMap | None:
        # Archived contacts may stand in a feature's sets; here that is number 9,000.
        carriers = BitMap(number for number, person in world.people.items() if slug in person.tags)
        return carriers | BitMap([9_000]) if world.remembers and slug != "competitor" else None

    rows: Select = select(contact_tag.c.contact_id).where(contact_tag.c.tag == slug)
    return Tag(slug=slug, label=slug.capitalize(), rows=rows, ids=ids, evidence=lambda number: f"on {number}")


def _segment(world: World, slug: str) -> Segment | None:
    if slug == "friends":
        return Segment(slug=slug, label="Friends", members=select(listed.c.contact_id))
    if slug not in world.segments:
        return None
    document = world.segments[slug]
    return Segment(slug=slug, label=slug.capitalize(), members=read(document, world.vocabulary))
