"""The only commit of a request: below 400 keeps, anything else takes back."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from flask import Flask, Response, g, request

from crm.core.db import commit_or_roll_back, unit_of_work, writing

SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}


def init_transactions(app: Flask) -> None:
    app.before_request(_begin)
    app.after_request(_end)
    app.teardown_request(_leave)


def after_commit(verb: Callable[..., None], *arguments: Any) -> None:
    """Call this in a unit of its own once the request has ended well: for what a reading request notes down."""

    def task() -> None:
        with unit_of_work():
            verb(*arguments)

    g.setdefault("after_commit", []).append(task)


def _begin() -> None:
    g.writing = writing(request.method not in SAFE_METHODS, durable=True)
    g.writing.__enter__()


def _end(response: Response) -> Response:
    commit_or_roll_back(keep=response.status_code < 400)
    tasks: list[Callable[[], None]] = g.pop("after_commit", [])
    for task in tasks:
        task()
    return response


def _leave(_error: BaseException | None) -> None:
    unit: AbstractContextManager[None] | None = g.pop("writing", None)
    if unit is not None:
        unit.__exit__(None, None, None)
