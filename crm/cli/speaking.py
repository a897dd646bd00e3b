"""How commands speak: one JSON object or plain words, one clear line for a broken rule, times in the workspace's zone."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any
from zoneinfo import ZoneInfo

import click
from flask import current_app
from flask.cli import with_appcontext

from crm.accounts import queries as accounts_queries
from crm.config import Settings
from crm.core.db import reading
from crm.core.errors import DomainError

json_option = click.option("--json", "as_json", is_flag=True, help="Print exactly one JSON object.")


def plain_errors(function: Callable[..., Any]) -> Callable[..., Any]:
    """A broken rule is one clear line and exit 1."""

    @wraps(function)
    def run(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except DomainError as error:
            raise click.ClickException(str(error)) from error

    return with_appcontext(run)


def settings() -> Settings:
    return current_app.config["PEYVAND"]  # type: ignore[no-any-return]


def tell(as_json: bool, result: dict[str, Any], words: str) -> None:
    click.echo(json.dumps(result, ensure_ascii=False, default=str) if as_json else words)


def parse_moment(text: str) -> datetime:
    """An ISO moment; without an offset it is in the workspace's time zone."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise click.UsageError(f"{text!r} is not a time such as 2026-05-06T09:00.") from error
    if moment.tzinfo is None:
        with reading():
            moment = moment.replace(tzinfo=ZoneInfo(accounts_queries.get_workspace().timezone))
    return moment
