"""What the stream of facts tells others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pyroaring import BitMap


@dataclass(frozen=True)
class ActivityRecorded:
    """A fact about one or many contacts was written down."""

    contact_ids: BitMap
    kind: str
    at: datetime
    is_lively: bool
    """Whether it shows that something goes on between the person and us."""
