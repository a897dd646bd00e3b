"""The commands of `peyvand`; thin, like views."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

import click
from flask import Flask, current_app
from flask.cli import FlaskGroup, ScriptInfo, with_appcontext

from crm.accounts import queries as accounts_queries
from crm.accounts import service as accounts
from crm.accounts.models import LinkPurpose
from crm.config import Settings
from crm.core import clock, setup
from crm.core.db import reading, unit_of_work
from crm.core.errors import DomainError

json_option = click.option("--json", "as_json", is_flag=True, help="Print exactly one JSON object.")


def group(create_app: Callable[[], Flask]) -> FlaskGroup:
    return FlaskGroup(create_app=lambda: create_app(), add_default_commands=False, add_version_option=False, load_dotenv=False)


def register(app: Flask) -> None:
    """Hang every command on the app, for `peyvand` and `flask --app app` alike."""
    for command in COMMANDS:
        app.cli.add_command(command)


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


@click.command()
@click.option("--demo", is_flag=True, help="Put in sample data.")
@plain_errors
def init(demo: bool) -> None:
    """Migrate and put in the starter set; safe to run again."""
    _prepare(demo)
    click.echo("Ready.", err=True)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=lambda: int(os.environ.get("PORT") or 8000), show_default="PORT or 8000", type=int)
@plain_errors
def serve(host: str, port: int) -> None:
    """Production server, and the sending processes beside it (PEYVAND_WORKERS)."""
    _serve(host, port)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=lambda: int(os.environ.get("PORT") or 8000), show_default="PORT or 8000", type=int)
@plain_errors
def run(host: str, port: int) -> None:
    """Prepare everything, say how to sign in, and serve: what `make run` calls."""
    _prepare(_wants_demo())
    base = settings().base_url
    with reading():
        new = not accounts_queries.has_users()
        admin = accounts_queries.find_user_by_email("olivia@peyvand.example")
    click.echo(f"\n  Peyvand runs at {base}")
    if new:
        with unit_of_work():
            click.echo(f"  Make the first admin here: {base}/setup/{accounts.make_link(LinkPurpose.SETUP, None)}")
    elif admin and not admin.password_hash:
        with unit_of_work():
            token = accounts.make_link(LinkPurpose.SIGN_IN, accounts_queries.get_user(admin.id))
            click.echo(f"  Sign in as {admin.name}, admin of the sample data: {base}/sign-in/link/{token}")
    else:
        click.echo(f"  Sign in at {base}/sign-in")
    click.echo("  Stop with Ctrl-C.\n")
    _serve(host, port)


@click.group()
def user() -> None:
    """People who sign in."""


@user.command("add")
@click.argument("email")
@click.option("--name", required=True)
@click.option("--role", "roles", multiple=True, required=True, help="May be given several times.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@json_option
@plain_errors
def user_add(email: str, name: str, roles: tuple[str, ...], password_stdin: bool, as_json: bool) -> None:
    """Make an account; prints a one-time sign-in link when no password is given."""
    password = sys.stdin.readline().rstrip("\n") if password_stdin else None
    with unit_of_work():
        person = accounts.create_user(name=name, email=email, roles=roles, password=password)
        link = None
        if password is None:
            link = f"{settings().base_url}/sign-in/link/{accounts.make_link(LinkPurpose.SIGN_IN, person)}"
        result = {"user": person.id, "email": person.email, "roles": person.roles, "link": link}
    tell(as_json, result, link or f"{result['email']} can sign in now.")


@click.group()
def token() -> None:
    """API tokens."""


@token.command("add")
@click.option("--user", "email", required=True, help="Email of the user it belongs to.")
@click.option("--name", required=True)
@click.option("--scope", "scopes", multiple=True, help="A permission such as contacts:view; none is all the user may do.")
@json_option
@plain_errors
def token_add(email: str, name: str, scopes: tuple[str, ...], as_json: bool) -> None:
    """Make an API token and print it once."""
    with unit_of_work():
        person = accounts_queries.find_user_by_email(email)
        if person is None:
            raise click.ClickException(f"There is no user {email}.")
        made = accounts.create_token(person, name=name, scopes=scopes or None)
    tell(as_json, {"token": made}, made)


@click.command()
@click.option("--with-parent", type=int, hidden=True, help="Stop when this process is gone.")
@plain_errors
def worker(with_parent: int | None) -> None:
    """One worker process; any number may run on any number of machines (PostgreSQL)."""
    from crm.core.worker import run_worker

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    run_worker(stop, parent=with_parent)


@click.command()
@click.option("--at", "at", help="The moment to work at, ISO 8601; without an offset in the workspace's time zone.")
@json_option
@plain_errors
def tick(at: str | None, as_json: bool) -> None:
    """Do once everything due at that moment, mail included, then stop."""
    from crm.core.jobs import run_everything_due

    moment = parse_moment(at) if at else clock.now()
    with clock.frozen(moment):
        done = run_everything_due(moment)
    tell(as_json, {"at": moment.isoformat(), "done": done}, f"{done} things done at {moment.isoformat()}.")


def parse_moment(text: str) -> datetime:
    """An ISO moment; without an offset it is in the workspace's time zone."""
    from zoneinfo import ZoneInfo

    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise click.UsageError(f"{text!r} is not a time such as 2026-05-06T09:00.") from error
    if moment.tzinfo is None:
        with reading():
            moment = moment.replace(tzinfo=ZoneInfo(accounts_queries.get_workspace().timezone))
    return moment


@click.command()
@plain_errors
def routes() -> None:
    """Every address and what it asks for."""
    from crm.web.access import access_of

    for rule in sorted(current_app.url_map.iter_rules(), key=lambda each: each.rule):
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            click.echo(f"{method:6} {rule.rule:50} {access_of(current_app, rule.endpoint, method) or 'public'}")


def _prepare(demo: bool) -> None:
    config = settings()
    setup.migrate_database(config)
    with unit_of_work():
        accounts.create_workspace(name="Peyvand", locale=config.locale, timezone=config.timezone, calendar=config.calendar)
        setup.install_starter_sets()
    if demo:
        with reading():
            empty = not accounts_queries.has_users()
        if not empty:
            raise click.ClickException("Sample data only goes into an empty installation.")
        from crm.demo import install_demo

        install_demo()


def _wants_demo() -> bool:
    if os.environ.get("DEMO") not in {None, "", "0"}:
        return _is_empty()
    if not sys.stdin.isatty() or not _is_empty():
        return False
    return click.confirm("Put in sample data to look around?", default=False)


def _is_empty() -> bool:
    setup.migrate_database(settings())
    with reading():
        return not accounts_queries.has_users()


def _serve(host: str, port: int) -> None:
    from crm.core.server import serve as serve_forever

    serve_forever(current_app._get_current_object(), host, port, workers=settings().workers)  # type: ignore[attr-defined]


COMMANDS = [init, serve, run, user, token, worker, tick, routes]
