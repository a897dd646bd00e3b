"""Whom a rule means, now: everyone, or some among people who are named."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from pyroaring import BitMap
from sqlalchemy import ColumnElement, select

from crm.accounts.queries import get_workspace
from crm.contacts import sets
from crm.contacts.models import Contact
from crm.core.db import session
from crm.rules.answer import matching_ids
from crm.rules.days import RuleContext
from crm.rules.parse import parse
from crm.rules.vocabulary import VOCABULARY


def ids_of_rule(document: Mapping[str, Any], now: datetime, among: Iterable[int] | None = None) -> BitMap:
    """The contacts that match and are not archived; raises RuleError for a rule that cannot be understood."""
    live = sets.ids_of(sets.LIVE)
    universe = live & BitMap(among) if among is not None else live
    context = RuleContext(now, get_workspace().timezone)
    return matching_ids(
        parse(document, VOCABULARY),
        VOCABULARY,
        context,
        over=Contact.__table__.c.id,
        universe=universe,
        run=_run,
    )


def audience_of(sequence: Any, now: datetime, among: Iterable[int] | None = None) -> BitMap:
    """Whom a sequence takes in: its audience without those it excludes."""
    taken = ids_of_rule(sequence.audience, now, among)
    return taken - ids_of_rule(sequence.exclude, now, taken) if sequence.exclude and taken else taken


def _run(condition: ColumnElement[bool]) -> BitMap:
    return BitMap(session.scalars(select(Contact.__table__.c.id).where(condition)))
