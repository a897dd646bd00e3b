"""Settings: one frozen dataclass, read from the environment and `.env` once, validated at start."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

ROOT = Path(__file__).resolve().parent.parent
PREFIX = "PEYVAND_"
SECRET_NAMES = {"SECRET_KEY", "SMTP_URL", "DATABASE_URL"}


class ConfigError(Exception):
    """One or more settings are wrong; the text names each, its value and what is accepted."""


@dataclass(frozen=True)
class Settings:
    """How this installation runs. Field names are the variables of `interfaces.md` without the prefix."""

    database_url: str
    """`sqlite:///path` or `postgresql://…`."""
    secret_key: str
    """Signs cookies and links; made once and kept in the data directory when not given."""
    base_url: str
    """Stands in mailed links; https makes cookies Secure."""
    smtp_url: str | None
    """None keeps mail in the outbox page: nothing leaves."""
    mail_rate: int | None
    """Ceiling of messages an hour; None is no ceiling."""
    data_dir: Path
    """Uploads, exports, the SQLite file and the secret key."""
    locale: str
    timezone: str
    calendar: str
    workers: int
    """Sending processes started beside the web server; 0 means they are run by hand."""

    @property
    def is_sqlite(self) -> bool:
        return self.database_url.startswith("sqlite")

    @property
    def is_https(self) -> bool:
        return self.base_url.startswith("https://")

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Read and check all settings; raises ConfigError listing every wrong one at once."""
    source = dict(environ) if environ is not None else {**_read_env_file(ROOT / ".env"), **os.environ}
    given = {key.removeprefix(PREFIX): value for key, value in source.items() if key.startswith(PREFIX)}
    given = {key: value for key, value in given.items() if not key.startswith("TEST_")}
    problems = [
        f"{PREFIX}{key} is not a setting of Peyvand" for key in sorted(given.keys() - _READERS.keys())
    ]
    data_dir = Path(given.get("DATA_DIR") or ROOT / "instance").expanduser()
    defaults = {
        "DATABASE_URL": f"sqlite:///{data_dir / 'peyvand.db'}",
        "SECRET_KEY": "",
        "BASE_URL": f"http://127.0.0.1:{source.get('PORT') or 8000}",
        "SMTP_URL": "",
        "MAIL_RATE": "",
        "DATA_DIR": str(data_dir),
        "LOCALE": "en",
        "TIMEZONE": "UTC",
        "CALENDAR": "auto",
        "WORKERS": "1",
    }
    values: dict[str, object] = {}
    for key, reader in _READERS.items():
        text = given.get(key) or defaults[key]
        try:
            values[key.lower()] = reader(text)
        except ValueError as accepted:
            shown = "(hidden)" if key in SECRET_NAMES else repr(text)
            problems.append(f"{PREFIX}{key} is {shown}; accepted: {accepted}")
    if problems:
        raise ConfigError("\n".join(problems))
    if not values["secret_key"]:
        values["secret_key"] = _kept_secret(data_dir)
    return Settings(**values)  # type: ignore[arg-type]


def _read_env_file(path: Path) -> dict[str, str]:
    if not path.is_file():
        return {}
    pairs = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        match = re.fullmatch(r"\s*(?:export\s+)?([A-Z_]+)\s*=\s*(.*?)\s*", line)
        if match:
            pairs[match[1]] = match[2].strip("'\"")
    return pairs


def _kept_secret(data_dir: Path) -> str:
    data_dir.mkdir(parents=True, exist_ok=True)
    path = data_dir / "secret_key"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(48))
    return path.read_text(encoding="ascii")


def _database_url(text: str) -> str:
    text = re.sub(r"^postgres://", "postgresql://", text)
    if text.startswith("sqlite:///") and not text.startswith("sqlite:////"):
        path = text.removeprefix("sqlite:///")
        return text if path in {"", ":memory:"} else f"sqlite:///{(ROOT / path).resolve()}"
    if not text.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
        raise ValueError("sqlite:///path/to/file.db or postgresql://user:password@host/name")
    return text


def _base_url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.netloc or parts.query or parts.fragment:
        raise ValueError("an address such as https://crm.example.com")
    return text.rstrip("/")


def _smtp_url(text: str) -> str | None:
    if not text:
        return None
    parts = urlsplit(text)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise ValueError("smtp://user:password@host:587?starttls=1 or smtps://user:password@host")
    return text


def _secret_key(text: str) -> str:
    if text and len(text) < 16:
        raise ValueError("at least 16 characters")
    return text


def _mail_rate(text: str) -> int | None:
    return _whole(text, 1, 10_000_000, "a whole number of messages an hour, at least 1") if text else None


def _workers(text: str) -> int:
    return _whole(text, 0, 32, "a whole number from 0 to 32")


def _whole(text: str, low: int, high: int, accepted: str) -> int:
    if not text.isascii() or not text.isdigit() or not low <= int(text) <= high:
        raise ValueError(accepted)
    return int(text)


def _one_of(*choices: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in choices:
            raise ValueError(", ".join(choices))
        return text

    return read


def _timezone(text: str) -> str:
    if text not in available_timezones():
        raise ValueError("a time zone name such as Europe/Berlin or Asia/Tehran")
    return text


_READERS: dict[str, Callable[[str], object]] = {
    "DATABASE_URL": _database_url,
    "SECRET_KEY": _secret_key,
    "BASE_URL": _base_url,
    "SMTP_URL": _smtp_url,
    "MAIL_RATE": _mail_rate,
    "DATA_DIR": lambda text: Path(text).resolve(),
    "LOCALE": _one_of("en", "fa"),
    "TIMEZONE": _timezone,
    "CALENDAR": _one_of("auto", "gregorian", "jalali"),
    "WORKERS": _workers,
}
