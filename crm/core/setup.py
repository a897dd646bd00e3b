"""Bringing a database up to date, and the starter sets features put into a new one."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from crm.config import ROOT

if TYPE_CHECKING:
    from alembic.config import Config

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


def migrate_database() -> None:
    """Run every migration that is missing; needs an app context."""
    from alembic import command  # noqa: PLC0415 - 11 MB that serving and working do without

    logging.getLogger("alembic").setLevel(logging.WARNING)
    command.upgrade(alembic_config(), "head")


def alembic_config() -> Config:
    """Where the migrations lie; `migrations/env.py` takes the engine from the app."""
    from alembic.config import Config  # noqa: PLC0415 - as above

    return Config(str(ROOT / "migrations" / "alembic.ini"))
