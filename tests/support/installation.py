"""A whole installation of its own: a data directory, the real commands, the real server."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from http.client import HTTPConnection
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COMMAND = [sys.executable, "-c", "from crm.factory import main; main()"]
PATIENCE = 60  # seconds until a server has to answer


class Installation:
    """What someone has who typed `make run`, in a temporary folder."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.settings = {
            "PEYVAND_DATA_DIR": str(folder),
            "PEYVAND_BASE_URL": self.url,
            "PEYVAND_WORKERS": "0",
            "PORT": str(self.port),
            **{f"PEYVAND_{name.upper()}": value for name, value in settings.items()},
        }
        self._server: subprocess.Popen[bytes] | None = None

    def run(self, *arguments: str, given: str = "", fails: bool = False) -> str:
        """Run `peyvand …` to its end and answer what it printed; a failure fails the test unless it is expected."""
        done = subprocess.run(
            [*COMMAND, *arguments],
            cwd=ROOT,
            env=self._environment(),
            input=given,
            capture_output=True,
            text=True,
            check=False,
        )
        assert bool(done.returncode) == fails, (
            f"peyvand {' '.join(arguments)}: {done.returncode}\n{done.stdout}{done.stderr}"
        )
        return done.stderr if fails else done.stdout

    def start(self, *command: str) -> None:
        """Start `peyvand serve` (or another command that stays) and wait until the web answers."""
        log = (self.folder / "server.log").open("ab")
        words = command or ("serve", "--port", str(self.port))
        self._server = subprocess.Popen(
            [*COMMAND, *words],
            cwd=ROOT,
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
        log.close()
        self._await_answer()

    def stop(self) -> None:
        """End the server as a service manager would."""
        if self._server is not None and self._server.poll() is None:
            self._server.terminate()
            self._server.wait(15)
        self._server = None

    def kill(self) -> None:
        """End the server as a power cut would."""
        assert self._server is not None
        self._server.kill()
        self._server.wait(15)

    def sign_in_link(self, email: str, *, name: str = "Olivia Owens", role: str = "admin") -> str:
        """Make someone and answer the link that lets them in once."""
        said = self.run("user", "add", email, "--name", name, "--role", role)
        found = re.search(r"https?://\S+", said)
        assert found, f"no link in {said!r}"
        return found.group()

    @property
    def log(self) -> str:
        return (self.folder / "server.log").read_text(encoding="utf-8", errors="replace")

    def _environment(self) -> Mapping[str, str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("PEYVAND_")}
        return inherited | self.settings

    def _await_answer(self) -> None:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            assert self._server is not None
            assert self._server.poll() is None, f"the server ended:\n{self.log}"
            try:
                connection = HTTPConnection("127.0.0.1", self.port, timeout=2)
                connection.request("GET", "/healthz")
                connection.getresponse().read()
                connection.close()
            except OSError:
                time.sleep(0.05)
            else:
                return
        raise AssertionError(f"the server did not answer within {PATIENCE} s:\n{self.log}")


def free_port() -> int:
    """A port nobody listens on. Chromium refuses some fixed ones, so the system chooses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
