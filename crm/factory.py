"""create_app(): the only module that knows every feature. Also the entry of the console script."""

from __future__ import annotations

import logging
import os
import sys
from importlib import import_module
from importlib.util import find_spec

from flask import Flask

from crm import cli
from crm.accounts import hooks as accounts_hooks
from crm.config import ROOT, ConfigError, Settings, load_settings
from crm.core.db import db, engine_options
from crm.roles import install_roles
from crm.web import access, errors, health, htmx, i18n, search, security, shell, transaction, ui

FEATURES = (
    "accounts",
    "activity",
    "contacts",
    "tags",
    "delivery",
    "sequences",
    "campaigns",
    "transfer",
    "api",
)


def create_app(settings: Settings | None = None) -> Flask:
    """The whole app for these settings. Raises ConfigError for bad ones, UnguardedRoute for a route without a guard."""
    settings = settings or load_settings()
    app = Flask(
        "crm",
        root_path=str(ROOT),
        template_folder="templates",
        static_folder=None,
        instance_path=str(settings.data_dir),
    )
    app.config.update(
        PEYVAND=settings,
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(settings.database_url),
    )
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    db.init_app(app)
    transaction.init_transactions(app)
    security.init_security(app, is_https=settings.is_https)
    htmx.init_htmx(app)
    i18n.init_i18n(
        app,
        accounts_hooks.preferences,
        elsewhere=i18n.Preferences(settings.locale, settings.timezone, settings.calendar),
    )
    shell.init_shell(app)
    ui.init_ui(app)
    access.init_access(app)
    errors.init_errors(app)
    install_roles()
    for feature in FEATURES:
        _plug_in(app, feature)
    for blueprint in (health.bp, search.bp):
        app.register_blueprint(blueprint)
    cli.register(app)
    access.refuse_unguarded(app)
    return app


def _plug_in(app: Flask, feature: str) -> None:
    for drawer in ("models", "jobs", "hooks", "views"):
        name = f"crm.{feature}.{drawer}"
        if find_spec(name) is None:
            continue
        module = import_module(name)
        if drawer == "hooks":
            module.plug_in(app)
        elif drawer == "views":
            app.register_blueprint(module.bp)


def main() -> None:
    """The console script `peyvand`."""
    logging.basicConfig(
        stream=sys.stderr,
        level=os.environ.get("LOG_LEVEL", "WARNING"),
        format="%(levelname)s %(name)s: %(message)s",
    )
    try:
        cli.group(create_app).main(prog_name="peyvand")
    except ConfigError as error:
        print(error, file=sys.stderr)
        sys.exit(1)
