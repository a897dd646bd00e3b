"""Looking into the installation: doctor, routes, hooks."""

from __future__ import annotations

import json

import click
from flask import current_app

from crm.cli.speaking import json_option, plain_errors
from crm.core.events import subscriptions
from crm.core.jobs import due_work_names, job_kinds
from crm.web.access import access_of
from crm.web.panels import sockets


@click.command()
@json_option
@plain_errors
def doctor(as_json: bool) -> None:
    """Check the installation: every line says what is well or what to do; exits 1 when something is wrong."""
    from crm.core import doctor as doctors

    findings = doctors.examine()
    if as_json:
        rows = [{"check": each.check, "ok": each.is_well, "words": each.words} for each in findings]
        click.echo(json.dumps({"ok": all(each.is_well for each in findings), "checks": rows}))
    else:
        for each in findings:
            click.echo(f"{'ok  ' if each.is_well else 'BAD '} {each.check}: {each.words}")
    if not all(each.is_well for each in findings):
        raise SystemExit(1)


@click.command()
@plain_errors
def routes() -> None:
    """Every address and what it asks for."""
    for rule in sorted(current_app.url_map.iter_rules(), key=lambda each: each.rule):
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            click.echo(
                f"{method:6} {rule.rule:50} {access_of(current_app, rule.endpoint, method) or 'public'}"
            )


@click.command()
@plain_errors
def hooks() -> None:
    """Every socket and who is plugged into it."""
    for name, parts in vars(sockets()).items():
        click.echo(name)
        for part in parts:
            click.echo(f"  {part.order:4} {getattr(part, 'endpoint', None) or part.name}")
    for event, reactions in sorted(subscriptions().items()):
        click.echo(f"event {event}\n  " + "\n  ".join(reactions))
    click.echo("jobs\n  " + "\n  ".join(job_kinds()))
    click.echo("due work\n  " + "\n  ".join(due_work_names()))


COMMANDS = [doctor, routes, hooks]
