"""Fetch the browser libraries that are kept in static/vendor, and check what is there.

python tools/vendor.py            fetch every library of the manifest from npm and write its checksum
python tools/vendor.py --check    compare the files with the checksums; touches no network
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import TypedDict

VENDOR = Path(__file__).resolve().parent.parent / "static" / "vendor"
MANIFEST = VENDOR / "manifest.json"


class Library(TypedDict):
    """One file of one npm package. To upgrade, change `version` and `file`, then run this script."""

    name: str
    version: str
    licence: str
    source: str
    file: str
    sha256: str


def main(arguments: list[str]) -> int:
    libraries: list[Library] = json.loads(MANIFEST.read_text(encoding="utf-8"))
    if "--check" in arguments:
        return check(libraries)

    for library in libraries:
        fetch(library)
    MANIFEST.write_text(json.dumps(libraries, indent=2) + "\n", encoding="utf-8")
    return check(libraries)


def fetch(library: Library) -> None:
    """Take one file and the licence out of the npm package, and note its checksum."""
    with tempfile.TemporaryDirectory() as folder:
        package = f"{library['name']}@{library['version']}"
        # The package name comes from our own manifest, and npm checks the archive against its registry.
        subprocess.run(
            ["npm", "pack", "--silent", package], cwd=folder, check=True, stdout=subprocess.DEVNULL
        )
        (archive,) = Path(folder).glob("*.tgz")
        content = _member(archive, f"package/{library['source']}")
        licence = _member(archive, "package/LICENSE")
    (VENDOR / library["file"]).write_bytes(content)
    (VENDOR / f"LICENSE-{library['name']}.txt").write_bytes(licence)
    library["sha256"] = hashlib.sha256(content).hexdigest()


def check(libraries: list[Library]) -> int:
    """How many files differ from the manifest; each is named."""
    wrong = [library["file"] for library in libraries if _checksum(library) != library["sha256"]]
    for name in wrong:
        print(f"{name}: does not match static/vendor/manifest.json", file=sys.stderr)
    return len(wrong)


def _member(archive: Path, name: str) -> bytes:
    with tarfile.open(archive) as files:
        member = files.extractfile(name)
        if member is None:
            raise FileNotFoundError(f"{name} is not in {archive.name}")
        return member.read()


def _checksum(library: Library) -> str:
    return hashlib.sha256((VENDOR / library["file"]).read_bytes()).hexdigest()


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
