"""People leave a sequence at once because of something that happened elsewhere, or because somebody takes them out."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from crm.core.db import session
from crm.delivery.events import AddressBarred
from crm.delivery.reasons import Reason
from crm.sequences.models import Enrolment, EnrolmentStatus
from crm.sequences.queries.loading import load_sequences
from crm.sequences.service.advancing import leave


def leave_barred(event: AddressBarred) -> None:
    """An unsubscribe, bounce or complaint ends every sequence that names it as an exit, before its next step."""
    if not event.contact_ids:
        return
    reason = event.reason.outcome
    rows = session.execute(
        select(Enrolment.id, Enrolment.sequence_id).where(
            Enrolment.contact_id.in_(event.contact_ids), Enrolment.status == EnrolmentStatus.ACTIVE
        )
    ).all()
    sequences = load_sequences({row.sequence_id for row in rows})
    leave([row.id for row in rows if reason in sequences[row.sequence_id].exits], reason)


def take_out(enrolment_ids: Collection[int]) -> int:
    """A person takes people out of the sequences they are in."""
    active = select(Enrolment.id).where(
        Enrolment.id.in_(enrolment_ids), Enrolment.status == EnrolmentStatus.ACTIVE
    )
    return leave(list(session.scalars(active)), Reason.EXITED)
