"""How a run is set up: which database, in which order, with the network closed. A pytest plugin."""

from __future__ import annotations

import os
import random
import shutil
from typing import Any

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from tests.support import postgres
from tests.support.network import close_network
from tests.support.translations import compile_catalogues

DATABASES = ("sqlite", "postgres")

cluster = pytest.StashKey[postgres.Cluster]()
server_url = pytest.StashKey[str]()
seed = pytest.StashKey[int]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=DATABASES, default="sqlite", help="which database the tests use")
    parser.addoption(
        "--seed", type=int, default=None, help="order of the tests; printed in the head of each run"
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "browser: needs a real Chromium and a running server")
    config.addinivalue_line("markers", "only(database, reason): runs on one database alone")
    # Another machine's settings must not change what is tested.
    for name in [
        name for name in os.environ if name.startswith("PEYVAND_") and not name.startswith("PEYVAND_TEST_")
    ]:
        if name != "PEYVAND_CHROMIUM":
            del os.environ[name]
    hypothesis_settings.register_profile(
        "peyvand", deadline=None, derandomize=bool(os.environ.get("CI")), database=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )  # fmt: skip
    hypothesis_settings.load_profile("peyvand")
    worker: dict[str, Any] | None = getattr(config, "workerinput", None)
    if worker is None:
        _configure_controller(config)
    else:
        config.stash[seed] = worker["peyvand_seed"]
        config.stash[server_url] = worker["peyvand_server_url"]
    close_network()


def _configure_controller(config: pytest.Config) -> None:
    asked = config.getoption("--seed")
    config.stash[seed] = random.randrange(100_000) if asked is None else asked  # noqa: S311 - an order, no secret
    config.stash[server_url] = ""
    if config.getoption("--help") or config.getoption("--collect-only"):
        return
    compile_catalogues()
    if config.getoption("--database") == "postgres":
        given = os.environ.get(postgres.URL_VARIABLE)
        if not given:
            config.stash[cluster] = postgres.start_cluster()
        config.stash[server_url] = given or config.stash[cluster].url


def pytest_unconfigure(config: pytest.Config) -> None:
    started = config.stash.get(cluster, None)
    if started:
        started.stop()


@pytest.fixture(scope="session")
def postgres_server(pytestconfig: pytest.Config) -> str | None:
    """Address of the PostgreSQL server of this run, None when it is on SQLite."""
    return pytestconfig.stash[server_url] or None


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    node.workerinput["peyvand_seed"] = node.config.stash[seed]
    node.workerinput["peyvand_server_url"] = node.config.stash[server_url]


def pytest_report_header(config: pytest.Config) -> str:
    return f"database: {config.getoption('--database')}, order: --seed {config.stash[seed]}"


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Random order, so that no test leans on another; what is only for the other database is left away."""
    database = config.getoption("--database")
    elsewhere = [
        item for item in items if any(mark.args[0] != database for mark in item.iter_markers("only"))
    ]
    if elsewhere:
        config.hook.pytest_deselected(items=elsewhere)
        items[:] = [item for item in items if item not in elsewhere]
    random.Random(config.stash[seed]).shuffle(items)  # noqa: S311 - an order, no secret


def find_chromium() -> str | None:
    """The browser of the environment variable, or one on the path."""
    given = os.environ.get("PEYVAND_CHROMIUM")
    names = [given] if given else ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
    return next((path for name in names if (path := shutil.which(name))), None)
