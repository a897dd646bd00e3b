"""The only commit of a request: below 400 keeps, anything else takes back."""

from __future__ import annotations

from contextlib import AbstractContextManager

from flask import Flask, Response, g, request

from crm.core.db import commit_or_roll_back, writing

SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}


def init_transactions(app: Flask) -> None:
    app.before_request(_begin)
    app.after_request(_end)
    app.teardown_request(_leave)


def _begin() -> None:
    g.writing = writing(request.method not in SAFE_METHODS, durable=True)
    g.writing.__enter__()


def _end(response: Response) -> Response:
    commit_or_roll_back(keep=response.status_code < 400)
    after: list[object] = g.pop("after_commit", [])
    for task in after:
        task()  # type: ignore[operator]
    return response


def _leave(_error: BaseException | None) -> None:
    unit: AbstractContextManager[None] | None = g.pop("writing", None)
    if unit is not None:
        unit.__exit__(None, None, None)
