"""The one place that asks what time it is, so that tests and dry runs can set it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

# A module variable and not a context variable: the threads of the server and the worker share one clock.
_set_to: datetime | None = None


def now() -> datetime:
    """Aware, in UTC; the set time while one is set."""
    return datetime.now(UTC) if _set_to is None else _set_to


def set_time(at: datetime | None) -> None:
    """Stops the clock of this process at a moment, or lets it run again with None."""
    global _set_to
    if at is not None and at.tzinfo is None:
        raise ValueError("the clock needs a time with an offset")
    _set_to = None if at is None else at.astimezone(UTC)


@contextmanager
def frozen(at: datetime) -> Iterator[None]:
    """Stops the clock inside the block; `set_time` may move it there, leaving the block puts it back."""
    before = _set_to
    set_time(at)
    try:
        yield
    finally:
        set_time(before)
