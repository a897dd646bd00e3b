"""A PostgreSQL server for the length of a test run: the one of the environment, else a throw-away one of its own."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import OperationalError

URL_VARIABLE = "PEYVAND_TEST_POSTGRES_URL"
# Nothing here has to survive a power cut, and C.UTF-8 knows the letters of every script.
SPEED = [
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "max_connections=80",
    "shared_buffers=64MB",
]


def find_initdb() -> Path | None:
    """`initdb` on the path, or where Debian puts it; the newest wins."""
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path)
    found = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    return max(found, key=lambda path: float(path.parts[-3]), default=None)


def why_not() -> str | None:
    """The reason that PostgreSQL cannot be tested here, or None when it can."""
    if os.environ.get(URL_VARIABLE) or find_initdb():
        return None
    return f"no server: set {URL_VARIABLE}, or install PostgreSQL (apt install postgresql)"


@dataclass
class Cluster:
    """A running server in a temporary folder, reached through its socket."""

    folder: Path
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        return f"postgresql://postgres@/postgres?host={self.folder}"

    def stop(self) -> None:
        self.process.kill() if self.process.poll() is None and not _quit(self.process) else None
        shutil.rmtree(self.folder, ignore_errors=True)


def start_cluster() -> Cluster:
    """Make and start a server; well under a second."""
    initdb = find_initdb()
    if initdb is None:
        raise RuntimeError(why_not())
    folder = Path(tempfile.mkdtemp(prefix="peyvand-pg-"))
    owner = _unprivileged_user()
    if owner:
        shutil.chown(folder, owner)
    identity = {"user": owner, "group": pwd.getpwnam(owner).pw_gid, "extra_groups": []} if owner else {}
    making = [
        initdb,
        "-D",
        folder / "db",
        "-U",
        "postgres",
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--locale=C.UTF-8",
        "--no-sync",
    ]
    subprocess.run(making, check=True, stdout=subprocess.DEVNULL, cwd="/", **identity)  # type: ignore[call-overload]
    settings = [f"unix_socket_directories={folder}", "listen_addresses=", *SPEED]
    running = [
        initdb.parent / "postgres",
        "-D",
        folder / "db",
        *(part for each in settings for part in ("-c", each)),
    ]
    log = (folder / "log").open("wb")
    process = subprocess.Popen(running, stdout=log, stderr=log, cwd="/", **identity)  # type: ignore[call-overload]
    log.close()
    cluster = Cluster(folder, process)
    try:
        _await_answer(cluster)
    except BaseException:
        cluster.stop()
        raise
    return cluster


def fresh_database(server_url: str, name: str) -> str:
    """An empty database of this name on the server; its address."""
    engine = create_engine(server_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    engine.dispose()
    return make_url(server_url).set(database=name).render_as_string(hide_password=False)


def drop_database(server_url: str, name: str) -> None:
    engine = create_engine(server_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
    engine.dispose()


def _unprivileged_user() -> str | None:
    """PostgreSQL refuses to run as root; whom to run it as then."""
    if os.geteuid() != 0:
        return None
    names = {user.pw_name for user in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def _await_answer(cluster: Cluster) -> None:
    engine = create_engine(cluster.url)
    until = time.monotonic() + 20
    while True:
        try:
            engine.connect().close()
        except OperationalError:
            if cluster.process.poll() is not None or time.monotonic() > until:
                log = (cluster.folder / "log").read_text(errors="replace")
                raise RuntimeError(f"PostgreSQL did not start:\n{log}") from None
            time.sleep(0.02)
        else:
            engine.dispose()
            return


def _quit(process: subprocess.Popen[bytes]) -> bool:
    process.send_signal(3)  # SIGQUIT: at once, without tidying up
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        return False
    return True
