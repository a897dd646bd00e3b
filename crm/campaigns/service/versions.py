"""Two people at one campaign notice each other, and so does the engine."""

from __future__ import annotations

from crm.core import clock
from crm.core.db import session
from crm.core.errors import Conflict
from crm.core.messages import N_
from crm.sequences.models import Sequence, SequenceStatus


def check_version(campaign: Sequence, version: int) -> None:
    if campaign.version != version:
        raise Conflict(
            N_("Somebody else changed this campaign meanwhile. Look at it again and repeat your change.")
        )


def refuse_finished(campaign: Sequence) -> None:
    if campaign.status is SequenceStatus.FINISHED:
        raise Conflict(N_("A finished campaign stays as it was. Copy it to begin anew."))


def touch(campaign: Sequence) -> None:
    """Every change makes a new version: that is how the engine and other people notice."""
    campaign.version += 1
    campaign.updated_at = clock.now()
    session.flush()
