"""The settings this process runs with, for domain code that is not handed them."""

from __future__ import annotations

from flask import current_app

from crm.config import Settings


def current_settings() -> Settings:
    found: Settings = current_app.config["PEYVAND"]
    return found
