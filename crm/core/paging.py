"""Pages of lists as plain data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Row = TypeVar("Row")

PAGE_SIZE = 50


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Some rows of a list, and where they stand in it. Numbers start at 1."""

    rows: Sequence[Row]
    total: int
    number: int = 1
    size: int = PAGE_SIZE

    @property
    def count(self) -> int:
        """How many pages there are; an empty list has one."""
        return max(1, -(-self.total // self.size))

    @property
    def first(self) -> int:
        return (self.number - 1) * self.size + 1 if self.total else 0

    @property
    def last(self) -> int:
        return min(self.number * self.size, self.total)


def offset_of(number: int, size: int = PAGE_SIZE) -> int:
    return (max(1, number) - 1) * size
