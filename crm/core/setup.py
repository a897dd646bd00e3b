"""Bringing a database up to date, and the starter sets features put into a new one."""

from __future__ import annotations

import logging
from collections.abc import Callable

from alembic import command
from flask import current_app

from crm.config import Settings

_starters: list[Callable[[], None]] = []


def starter_set(install: Callable[[], None]) -> Callable[[], None]:
    """Register what a new installation begins with; it must bear being run again."""
    if install not in _starters:
        _starters.append(install)
    return install


def install_starter_sets() -> None:
    """In the caller's unit of work."""
    for install in _starters:
        install()


def migrate_database(_settings: Settings) -> None:
    """Run every migration that is missing."""
    logging.getLogger("alembic").setLevel(logging.WARNING)
    config = current_app.extensions["migrate"].migrate.get_config()
    command.upgrade(config, "head")
