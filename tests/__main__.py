"""Everything that can run here, one part after the other; the last lines say what was left out and why.

With CI set in the environment, a part or a test that was left out makes the run fail.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree as ET

from tests.support import postgres
from tests.support.running import find_chromium

ROOT = Path(__file__).resolve().parent.parent
WORKERS = max(2, min(4, os.cpu_count() or 2))
NO_TESTS = 5
"""What pytest exits with when a selection holds no test."""


@dataclass
class Part:
    """One run of pytest, and what came of it."""

    name: str
    arguments: Sequence[str]
    left_out: str | None = None
    """Why this part cannot run here."""
    exit_code: int = 0
    summary: str = ""
    skipped: list[str] = field(default_factory=list)

    def run(self, more: Sequence[str]) -> None:
        print(f"\n== {self.name} ==", flush=True)
        with tempfile.TemporaryDirectory() as folder:
            report = Path(folder, "report.xml")
            command = [sys.executable, "-m", "pytest", "-q", *self.arguments, f"--junitxml={report}", *more]
            self.exit_code = subprocess.run(command, cwd=ROOT, check=False).returncode
            if self.exit_code == NO_TESTS and more:
                self.exit_code = 0
            if report.exists():
                self._read(report)

    def _read(self, report: Path) -> None:
        suite = ET.parse(report).getroot().find("testsuite")  # noqa: S314 - pytest wrote it a moment ago
        if suite is None:
            return
        count = {name: int(suite.get(name, 0)) for name in ("tests", "failures", "errors", "skipped")}
        bad = count["failures"] + count["errors"]
        passed = count["tests"] - bad - count["skipped"]
        words = [
            f"{passed} passed",
            f"{bad} failed" if bad else "",
            f"{count['skipped']} skipped" if count["skipped"] else "",
        ]
        self.summary = f"{', '.join(filter(None, words))} in {float(suite.get('time', 0)):.0f} s"
        for case in suite.iter("testcase"):
            for skip in case.iter("skipped"):
                self.skipped.append(f"{case.get('classname')}.{case.get('name')}: {skip.get('message')}")


def parts() -> list[Part]:
    """What a whole run consists of."""
    spread = ["-n", str(WORKERS), "-m", "not browser"]
    chromium = (
        None if find_chromium() else "no Chromium: set PEYVAND_CHROMIUM, or install it (apt install chromium)"
    )
    return [
        Part("SQLite", [*spread, "--database=sqlite"]),
        Part("PostgreSQL", [*spread, "--database=postgres"], postgres.why_not()),
        Part("Browser", ["-m", "browser"], chromium),
    ]


def main(more: Sequence[str]) -> int:
    """Run the parts and sum up; `more` goes to each pytest."""
    everything = parts()
    for part in everything:
        if part.left_out is None:
            part.run(more)
    print("\n== Summary ==")
    for part in everything:
        print(f"{part.name:12} {part.summary or part.left_out or f'pytest ended with {part.exit_code}'}")
    left_out = [f"{part.name} was left out ({part.left_out})" for part in everything if part.left_out]
    left_out += [f"skipped on {part.name}: {skip}" for part in everything for skip in part.skipped]
    print("\n".join(left_out) if left_out else "Nothing was left out.")
    failed = any(part.exit_code for part in everything)
    if left_out and os.environ.get("CI"):
        print("On CI nothing may be left out, so this run fails.")
        failed = True
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
