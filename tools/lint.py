"""All checks of the source, one line each; what they find is printed, and any finding fails.

Everything runs to the end, so that one run tells all there is to mend.
"""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sysconfig.get_path("scripts"))

CHECKS = {
    "code": ["ruff", "check", "--quiet", "."],
    "format": ["ruff", "format", "--check", "--quiet", "."],
    "types": ["mypy", "--no-error-summary"],
    "import contracts": ["lint-imports"],
    "templates": ["djlint", "--quiet", "--lint", "templates"],
    "translations": ["python", "tools/translations.py", "check"],
    "vendored files": ["python", "tools/vendor.py", "--check"],
    "dependency audit": ["python", "tools/audit.py"],
}


def main() -> int:
    failed = [name for name, command in CHECKS.items() if not passes(name, command)]
    print(f"lint: {', '.join(failed)} to mend" if failed else "lint: all good")
    return int(bool(failed))


def passes(name: str, command: list[str]) -> bool:
    """Run one check quietly; show what it said when it did not pass, or when it has something to tell."""
    started = time.monotonic()
    done = subprocess.run(
        [str(BIN / command[0]), *command[1:]], cwd=ROOT, capture_output=True, text=True, check=False
    )
    said = (done.stdout + done.stderr).strip()
    verdict = "ok" if done.returncode == 0 else "TO MEND"
    print(f"{name:18} {verdict}  ({time.monotonic() - started:.1f} s)", flush=True)
    if said and (done.returncode or command[0] == "python"):
        print("  " + said.replace("\n", "\n  "), flush=True)
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
