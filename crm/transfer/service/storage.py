"""Where uploaded files lie: under the data directory, with names of our own."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from pathlib import Path

from crm.core.settings import current_settings
from crm.transfer.models import Import

FOLDER = "imports"


def store(save: Callable[[Path], object]) -> str:
    """Let `save` write the file to a new place; returns its path relative to the data directory."""
    folder = _data_dir() / FOLDER
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    place = f"{FOLDER}/{secrets.token_hex(16)}.csv"
    try:
        save(_data_dir() / place)
    except OSError:
        remove(path_of(place))
        raise
    return place


def path_of(place: str) -> Path:
    return _data_dir() / place


def remove(path: Path) -> None:
    """Throw the file away; one that is gone already is fine."""
    path.unlink(missing_ok=True)


def failures_path(record: Import) -> Path:
    """Where the command line puts the rows that did not go in."""
    return _data_dir() / FOLDER / f"import-{record.id}-failed.csv"


def _data_dir() -> Path:
    return current_settings().data_dir
