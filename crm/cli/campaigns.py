"""Campaigns: import, export, list, start, pause, resume, finish, preview, report."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click

from crm.campaigns.queries import find_campaign, list_all_campaigns
from crm.campaigns.service.checks import refuse_unready
from crm.campaigns.service.text_file import export_campaign, import_campaign
from crm.cli.speaking import json_option, parse_moment, plain_errors, tell
from crm.contacts.queries import find_by_email
from crm.core import clock
from crm.core.db import reading, unit_of_work
from crm.core.errors import NotFound
from crm.core.messages import N_
from crm.core.permissions import SYSTEM
from crm.core.text import email_key
from crm.sequences.models import Sequence
from crm.sequences.queries.foreseeing import PlannedMessage, preview
from crm.sequences.queries.report import report_of
from crm.sequences.service import lifecycle

DAYS_AHEAD = 120


@click.group()
def campaign() -> None:
    """Nurture campaigns as text files, and their way through time."""


@campaign.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@json_option
@plain_errors
def import_(file: Path, as_json: bool) -> None:
    """Make a draft of a YAML file, or make the draft of that name anew."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise click.ClickException(f"{file} is not text in UTF-8.") from error
    with unit_of_work():
        made = import_campaign(text, actor=SYSTEM)
        result = {
            "campaign": made.campaign.id,
            "slug": made.campaign.slug,
            "name": made.campaign.name,
            "new": made.is_new,
        }
    tell(as_json, result, f"{'Made' if made.is_new else 'Made anew'}: {result['name']} ({result['slug']})")


@campaign.command()
@click.argument("name")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@json_option
@plain_errors
def export(name: str, file: Path, as_json: bool) -> None:
    """Write a campaign as a YAML file that makes it again."""
    with reading():
        found = _named(name)
        file.write_text(export_campaign(found), encoding="utf-8")
        result = {"campaign": found.id, "slug": found.slug, "file": str(file)}
    tell(as_json, result, f"Written to {file}")


@campaign.command("list")
@json_option
@plain_errors
def list_(as_json: bool) -> None:
    """Every campaign with its state."""
    with reading():
        rows = [
            {"slug": each.slug, "name": each.name, "status": each.status.value}
            for each in list_all_campaigns()
        ]
    tell(
        as_json,
        {"campaigns": rows},
        "\n".join(f"{row['slug']:40} {row['status']:10} {row['name']}" for row in rows),
    )


@campaign.command()
@click.argument("name")
@json_option
@plain_errors
def start(name: str, as_json: bool) -> None:
    """Let it run; the first people come in at the next tick."""
    _change(name, as_json, refuse_unready, lifecycle.start)


@campaign.command()
@click.argument("name")
@json_option
@plain_errors
def pause(name: str, as_json: bool) -> None:
    """Stop the clocks."""
    _change(name, as_json, lifecycle.pause)


@campaign.command()
@click.argument("name")
@json_option
@plain_errors
def resume(name: str, as_json: bool) -> None:
    """Go on where it stood; what waited waits for as long as was left."""
    _change(name, as_json, lifecycle.resume)


@campaign.command()
@click.argument("name")
@json_option
@plain_errors
def finish(name: str, as_json: bool) -> None:
    """End it for everybody."""
    _change(name, as_json, lifecycle.finish)


@campaign.command("preview")
@click.argument("name")
@click.option("--from", "since", help="The moment to begin at, ISO 8601; now if not given.")
@click.option("--days", type=click.IntRange(1, 3660), default=DAYS_AHEAD, show_default=True)
@click.option("--contact", "email", help="Only this person.")
@json_option
@plain_errors
def preview_(name: str, since: str | None, days: int, email: str | None, as_json: bool) -> None:
    """What will be sent, held or skipped, when and why: one line a planned message."""
    moment = parse_moment(since) if since else clock.now()
    with reading():
        people = None if email is None else [_person(email)]
        lines = [_line(each) for each in preview(_named(name), since=moment, days=days, contact_ids=people)]
    words = (
        f"{line['at']}  {line['contact']:40} {line['step']:24} {line['outcome']:9} {line['reason'] or ''}"
        for line in lines
    )
    tell(as_json, {"messages": lines}, "\n".join(words))


@campaign.command()
@click.argument("name")
@json_option
@plain_errors
def report(name: str, as_json: bool) -> None:
    """How it went so far, by step, outcome and reason."""
    with reading():
        result = report_of(_named(name)).as_json()
    tell(as_json, result, json.dumps(result, ensure_ascii=False, indent=2))


def _change(name: str, as_json: bool, *verbs: Callable[[Sequence], Any]) -> None:
    with unit_of_work():
        found = _named(name)
        for verb in verbs:
            verb(found)
        result = {"campaign": found.id, "slug": found.slug, "status": found.status.value}
    tell(as_json, result, f"{found.name}: {result['status']}")


def _named(name: str) -> Sequence:
    found = find_campaign(name)
    if found is None:
        raise NotFound(N_("There is no campaign called %(name)s."), name=name)
    return found


def _person(email: str) -> int:
    found = find_by_email(email_key(email))
    if found is None:
        raise NotFound(N_("There is no contact with the address %(email)s."), email=email)
    return found.id


def _line(each: PlannedMessage) -> dict[str, Any]:
    at = each.at.astimezone(ZoneInfo(each.timezone)).isoformat(timespec="seconds")
    reason = each.reason.value if each.reason else None
    return {
        "contact": each.contact,
        "step": each.step,
        "at": at,
        "outcome": each.outcome.value,
        "reason": reason,
    }


COMMANDS = [campaign]
