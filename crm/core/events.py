"""Publish and subscribe inside the transaction: what one feature did, another writes down or acts on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any, TypeVar

Event = TypeVar("Event")

_subscribers: dict[type[Any], list[Callable[[Any], None]]] = defaultdict(list)


def subscribe(kind: type[Event], react: Callable[[Event], None]) -> None:
    """Call `react` for each event of this class, in the order of subscription; twice the same is once."""
    if react not in _subscribers[kind]:
        _subscribers[kind].append(react)


def publish(event: object) -> None:
    """Tell every subscriber now, in this transaction; one that raises undoes the whole."""
    for react in _subscribers[type(event)]:
        react(event)


def subscriptions() -> dict[str, list[str]]:
    """Event class → names of who reacts, for `peyvand hooks`."""
    return {
        kind.__name__: [f"{react.__module__}.{react.__qualname__}" for react in reactions]
        for kind, reactions in _subscribers.items()
        if reactions
    }
