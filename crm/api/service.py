"""Verbs of Idempotency-Keys: reserve one, keep the answer, forget old ones."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, update

from crm.api import queries
from crm.api.models import StoredAnswer
from crm.core import clock
from crm.core.db import reading, session, unit_of_work
from crm.core.dialect import insert_ignoring
from crm.core.errors import Invalid
from crm.core.messages import N_

KEPT_FOR = timedelta(hours=24)


def reserve_key(user_id: int, key: str, request_hash: str) -> StoredAnswer | None:
    """Take a key for this request; None when it is taken now, else the answer it got before.

    Raises Invalid when the key belongs to another request. On PostgreSQL a second request with the key waits here
    until the first is through, since both would insert the same row.
    """
    now = clock.now()
    mine = (StoredAnswer.user_id == user_id, StoredAnswer.key == key)
    session.execute(delete(StoredAnswer).where(*mine, StoredAnswer.created_at < now - KEPT_FOR))
    row = {
        "user_id": user_id,
        "key": key,
        "request_hash": request_hash,
        "status": 0,
        "body": "",
        "created_at": now,
    }
    statement = insert_ignoring(session, StoredAnswer.__table__, row)  # type: ignore[arg-type]
    if session.scalar(statement.returning(StoredAnswer.id)) is not None:
        return None
    stored = queries.get_answer(user_id, key)
    if stored.request_hash != request_hash:
        raise Invalid(
            N_("This Idempotency-Key was used for another request. Use a new one."), field="Idempotency-Key"
        )
    return stored


def keep_answer(user_id: int, key: str, *, status: int, body: str, location: str | None) -> None:
    """Write down what the request with this key answered."""
    mine = (StoredAnswer.user_id == user_id, StoredAnswer.key == key)
    session.execute(update(StoredAnswer).where(*mine).values(status=status, body=body, location=location))


def forget_old_answers(now: datetime) -> int:
    """Drop answers older than a day; returns how many."""
    with reading():
        if not queries.has_answers_before(now - KEPT_FOR):
            return 0
    with unit_of_work():
        old = delete(StoredAnswer).where(StoredAnswer.created_at < now - KEPT_FOR)
        return int(session.execute(old).rowcount)  # type: ignore[attr-defined]
