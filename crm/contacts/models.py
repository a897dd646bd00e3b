"""Tables of people, companies, and the compressed sets of contact ids that lists are answered from."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    Connection,
    Date,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Table,
    Text,
    event,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.accounts.models import User
from crm.core import clock
from crm.core.db import Model
from crm.core.dialect import ChangeStamp, by_code_point, create_search_index, drop_search_index
from crm.core.types import UtcDateTime, enum_column


class EmailStatus(StrEnum):
    """What is known about an address. Opted out and bounced are never undone by an import."""

    UNVERIFIED = "unverified"
    VALID = "valid"
    BOUNCED = "bounced"
    OPTED_OUT = "opted_out"
    INVALID = "invalid"


class LeadStatus(StrEnum):
    """How far we are with a person who may buy (mission 4.2)."""

    NOT_CONTACTED = "not_contacted"
    ATTEMPTING_CONTACT = "attempting_contact"
    CONTACTED = "contacted"
    CONTACT_LATER = "contact_later"
    EAGER = "eager"
    INTERESTED = "interested"
    PRE_QUALIFIED = "pre_qualified"
    QUALIFIED = "qualified"
    NOT_INTERESTED = "not_interested"
    LOST = "lost"
    JUNK = "junk"


class Company(Model):
    """An organisation contacts belong to."""

    __tablename__ = "company"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    name_key: Mapped[str] = mapped_column(String(200), unique=True)
    sort_key: Mapped[str] = mapped_column(String(120), default="")
    domain: Mapped[str | None] = mapped_column(String(200))
    website: Mapped[str | None] = mapped_column(String(500))
    industry: Mapped[str | None] = mapped_column(String(120))
    size: Mapped[int | None]
    revenue: Mapped[int | None] = mapped_column(BigInteger)
    country: Mapped[str | None] = mapped_column(String(2))
    city: Mapped[str | None] = mapped_column(String(120))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)


ARCHIVED = text("archived_at IS NOT NULL")


class Contact(Model):
    """A person we know. Folded twins of what is searched and sorted stand beside what was typed."""

    __tablename__ = "contact"
    __table_args__ = (
        Index("ix_contact_sort_key_id", "sort_key", "id"),
        Index("ix_contact_created_at_id", "created_at", "id"),
        Index("ix_contact_last_activity_at_id", "last_activity_at", "id"),
        Index("ix_contact_email_key_id", "email_key", "id"),
        Index("ix_contact_phone_key", "phone_key"),
        Index("ix_contact_change_seq", "change_seq"),
        Index("ix_contact_owner_id", "owner_id"),
        Index("ix_contact_company_id", "company_id"),
        Index("uq_contact_external_id", "external_id", unique=True),
        Index("ix_contact_archived_at", "archived_at", sqlite_where=ARCHIVED, postgresql_where=ARCHIVED),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(300), default="")
    first_name: Mapped[str | None] = mapped_column(String(150))
    last_name: Mapped[str | None] = mapped_column(String(150))
    email: Mapped[str | None] = mapped_column(String(254))
    email_key: Mapped[str | None] = mapped_column(by_code_point(254))
    email_status: Mapped[EmailStatus] = mapped_column(
        enum_column(EmailStatus), default=EmailStatus.UNVERIFIED
    )
    phone: Mapped[str | None] = mapped_column(String(40))
    phone_key: Mapped[str | None] = mapped_column(String(40))
    company_id: Mapped[int | None] = mapped_column(ForeignKey("company.id", ondelete="SET NULL"))
    job_title: Mapped[str | None] = mapped_column(String(200))
    country: Mapped[str | None] = mapped_column(String(2))
    region: Mapped[str | None] = mapped_column(String(120))
    city: Mapped[str | None] = mapped_column(String(120))
    postal_code: Mapped[str | None] = mapped_column(String(20))
    address: Mapped[str | None] = mapped_column(String(500))
    language: Mapped[str | None] = mapped_column(String(10))
    timezone: Mapped[str | None] = mapped_column(String(60))
    birthday: Mapped[date | None] = mapped_column(Date)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    source: Mapped[str | None] = mapped_column(String(200))
    external_id: Mapped[str | None] = mapped_column(String(200))
    status: Mapped[LeadStatus | None] = mapped_column(enum_column(LeadStatus))
    budget: Mapped[str | None] = mapped_column(String(200))
    need: Mapped[str | None] = mapped_column(Text)
    timeline: Mapped[str | None] = mapped_column(String(200))
    decision_makers: Mapped[str | None] = mapped_column(String(500))
    authority: Mapped[str | None] = mapped_column(String(200))
    competitors: Mapped[str | None] = mapped_column(String(500))
    objections: Mapped[str | None] = mapped_column(Text)
    score: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    last_activity_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_purchase_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sort_key: Mapped[str] = mapped_column(by_code_point(120), default="")
    search_text: Mapped[str] = mapped_column(Text, default="", deferred=True)
    """Folded words, two blanks before each, so that an index of three letters also knows where words begin."""
    change_seq: Mapped[int] = mapped_column(
        BigInteger, default=ChangeStamp(), onupdate=ChangeStamp(), deferred=True
    )
    """Grows with every change, so that what a process keeps in memory can be kept fresh."""
    version: Mapped[int] = mapped_column(default=1)
    """Counts saves, so that two people editing at once notice each other."""

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - as SQLAlchemy wants it

    company: Mapped[Company | None] = relationship(lazy="raise_on_sql")
    owner: Mapped[User | None] = relationship(lazy="raise_on_sql")

    @property
    def label(self) -> str:
        """What stands for this person on a page: name, else address, else number."""
        return self.name or self.email or self.phone or f"#{self.id}"

    @property
    def may_be_emailed(self) -> bool:
        barred = {EmailStatus.BOUNCED, EmailStatus.OPTED_OUT, EmailStatus.INVALID}
        return bool(self.email) and self.email_status not in barred and self.archived_at is None


class ContactSet(Model):
    """A set of contact ids as compressed bitmaps, cut in chunks of 65,536 ids, kept in step by the writing transaction.

    Names: `live` (not archived), `tag:ID`, `owner:ID`. `seq` grows with every change, so that other processes
    can ask for what changed since they last looked.
    """

    __tablename__ = "contact_set"
    __table_args__ = (Index("ix_contact_set_seq", "seq"),)

    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    chunk: Mapped[int] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger)
    """When it changed. Rows are emptied, never deleted: a number must not come back with other ids."""
    ids: Mapped[bytes] = mapped_column(LargeBinary)


@event.listens_for(Contact.__table__, "after_create")
def _create_search_index(_table: Table, connection: Connection, **_: Any) -> None:
    create_search_index(connection)


@event.listens_for(Contact.__table__, "before_drop")
def _drop_search_index(_table: Table, connection: Connection, **_: Any) -> None:
    drop_search_index(connection)
