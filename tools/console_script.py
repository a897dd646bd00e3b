"""Puts the project on the path of its .venv and writes the console script `peyvand` beside Python.

An editable install would do the same with a build backend, which would have to be locked and installed first.
"""

import sys
import sysconfig
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# The second line is for the shell, which bears blanks and long paths where `#!` does not; Python reads it as text.
SCRIPT = """#!/bin/sh
'''exec' "{python}" "$0" "$@"
' '''
import sys

from crm.factory import main

if __name__ == "__main__":
    sys.exit(main())
"""


def write() -> None:
    Path(sysconfig.get_path("purelib"), "peyvand.pth").write_text(f"{ROOT}\n", encoding="utf-8")
    script = Path(sys.prefix, "bin", "peyvand")
    script.write_text(SCRIPT.format(python=Path(sys.prefix, "bin", "python")), encoding="utf-8")
    script.chmod(0o755)


if __name__ == "__main__":
    write()
