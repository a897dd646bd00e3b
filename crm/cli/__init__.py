"""The commands of `peyvand`; thin, like views."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask
from flask.cli import FlaskGroup

from crm.cli import campaigns, checking, contacts, people, serving


def group(create_app: Callable[[], Flask]) -> FlaskGroup:
    """The console script's commands, on an app that is made when one of them runs."""
    return FlaskGroup(
        create_app=create_app,
        add_default_commands=False,
        add_version_option=False,
        load_dotenv=False,
    )


def register(app: Flask) -> None:
    """Hang every command on the app, for `peyvand` and `flask --app app` alike."""
    for module in (serving, people, contacts, campaigns, checking):
        for command in module.COMMANDS:
            app.cli.add_command(command)
