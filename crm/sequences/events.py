"""What happened to sequences."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class SequenceStarted:
    sequence_id: int


@dataclass(frozen=True)
class SequenceFinished:
    sequence_id: int
