"""Preparing, serving, working: init, run, serve, worker, tick."""

from __future__ import annotations

import os
import sys

import click
from flask import current_app

from crm.accounts import queries as accounts_queries
from crm.accounts import service as accounts
from crm.accounts.models import LinkPurpose
from crm.cli.speaking import json_option, parse_moment, plain_errors, settings, tell
from crm.core import clock, setup
from crm.core.db import reading, unit_of_work
from crm.core.server import serve as serve_forever
from crm.core.server import stopped_by_signals
from crm.core.ticking import tick as pass_time
from crm.core.worker import run_worker

DEMO_ADMIN = "olivia@peyvand.example"


@click.command()
@click.option("--demo", is_flag=True, help="Put in sample data.")
@plain_errors
def init(demo: bool) -> None:
    """Migrate and put in the starter set; safe to run again."""
    _prepare(demo)
    click.echo("Ready.", err=True)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option(
    "--port", default=lambda: int(os.environ.get("PORT") or 8000), show_default="PORT or 8000", type=int
)
@plain_errors
def serve(host: str, port: int) -> None:
    """Production server, and the sending processes beside it (PEYVAND_WORKERS)."""
    serve_forever(current_app._get_current_object(), host, port, workers=settings().workers)  # type: ignore[attr-defined]


@click.command()
@plain_errors
def run() -> None:
    """Prepare everything, say how to sign in, and serve: what `make run` calls."""
    _prepare(_wants_demo())
    base = settings().base_url
    click.echo(f"\n  Peyvand runs at {base}\n  {way_in(base)}")
    click.echo("  Stop with Ctrl-C.\n")
    sys.stdout.flush()
    # A fresh process: what preparing needed (Alembic, sample data) would stay in memory for good.
    os.execv(sys.executable, [sys.executable, "-c", "from crm.factory import main; main()", "serve"])  # noqa: S606


@click.command()
@click.option("--with-parent", type=int, hidden=True, help="Stop when this process is gone.")
@plain_errors
def worker(with_parent: int | None) -> None:
    """One worker process; any number may run on any number of machines (PostgreSQL)."""
    run_worker(stopped_by_signals(), parent=with_parent)


@click.command()
@click.option(
    "--at", "at", help="The moment to work at, ISO 8601; without an offset in the workspace's time zone."
)
@json_option
@plain_errors
def tick(at: str | None, as_json: bool) -> None:
    """Do once everything due at that moment, mail included, then stop."""
    moment = parse_moment(at) if at else clock.now()
    done = pass_time(moment) if at else pass_time()
    tell(as_json, {"at": moment.isoformat(), "done": done}, f"{done} things done at {moment.isoformat()}.")


def way_in(base: str) -> str:
    """How to sign in, in words: a one-time link while nobody has a password, else the door."""
    with unit_of_work():
        if not accounts_queries.has_users():
            return f"Make the first admin here: {base}/setup/{accounts.make_link(LinkPurpose.SETUP, None)}"
        admin = accounts_queries.find_user_by_email(DEMO_ADMIN)
        if admin and not admin.password_hash:
            token = accounts.make_link(LinkPurpose.SIGN_IN, admin)
            return f"Sign in as {admin.name}, admin of the sample data: {base}/sign-in/link/{token}"
    return f"Sign in at {base}/sign-in"


def _prepare(demo: bool) -> None:
    config = settings()
    setup.migrate_database()
    with unit_of_work():
        accounts.create_workspace(
            name="Peyvand", locale=config.locale, timezone=config.timezone, calendar=config.calendar
        )
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
    setup.migrate_database()
    with reading():
        return not accounts_queries.has_users()


COMMANDS = [init, serve, run, worker, tick]
