"""Asks pip-audit for known holes in the locked dependencies; goes on, and says so, where its source is out of reach."""

from __future__ import annotations

import json
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 120  # seconds


def main() -> int:
    program = Path(sysconfig.get_path("scripts"), "pip-audit")
    command = [str(program), "--requirement", "run.lock", "--disable-pip", "--no-deps", "--format", "json"]
    try:
        done = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE, check=False
        )
        found: dict[str, Any] = json.loads(done.stdout)
    except (subprocess.TimeoutExpired, ValueError):
        print("not audited: the list of known holes cannot be reached from here")
        return 0
    holes = [
        f"{package['name']} {package['version']}: {hole['id']}, fixed in {_fixed_in(hole)}"
        for package in found["dependencies"]
        for hole in package.get("vulns", ())
    ]
    print("\n".join(holes) if holes else f"{len(found['dependencies'])} packages, no known hole")
    return int(bool(holes))


def _fixed_in(hole: dict[str, Any]) -> str:
    return ", ".join(hole["fix_versions"]) or "no version yet"


if __name__ == "__main__":
    sys.exit(main())
