"""Tables of tags, their groups, and who carries them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.core import clock
from crm.core.db import Model
from crm.core.types import UtcDateTime, enum_column


class TagSource(StrEnum):
    """How a tag came to a contact."""

    HAND = "hand"
    IMPORT = "import"
    CAMPAIGN = "campaign"
    API = "api"
    RULE = "rule"
    SAMPLE = "sample"


class TagGroup(Model):
    """Tags that answer one question."""

    __tablename__ = "tag_group"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    position: Mapped[int] = mapped_column(default=0)
    is_exclusive: Mapped[bool] = mapped_column(default=False)
    """A contact holds at most one tag of the group."""


class Tag(Model):
    """A label. The slug is made once and stays when the name changes."""

    __tablename__ = "tag"
    __table_args__ = (CheckConstraint("hue BETWEEN 1 AND 8", name="hue"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    name_key: Mapped[str] = mapped_column(String(80), unique=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    hue: Mapped[int] = mapped_column(default=6)
    description: Mapped[str] = mapped_column(String(300), default="")
    group_id: Mapped[int | None] = mapped_column(ForeignKey("tag_group.id", ondelete="SET NULL"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)

    group: Mapped[TagGroup | None] = relationship(lazy="raise_on_sql")


class ContactTag(Model):
    """A contact carries a tag: since when, and by whom or what."""

    __tablename__ = "contact_tag"
    __table_args__ = (
        Index("ix_contact_tag_tag_id_contact_id", "tag_id", "contact_id"),
        {"sqlite_with_rowid": False},
    )

    contact_id: Mapped[int] = mapped_column(ForeignKey("contact.id", ondelete="CASCADE"), primary_key=True)
    tag_id: Mapped[int] = mapped_column(ForeignKey("tag.id", ondelete="CASCADE"), primary_key=True)
    added_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    added_by: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    source: Mapped[TagSource] = mapped_column(enum_column(TagSource), default=TagSource.HAND)
