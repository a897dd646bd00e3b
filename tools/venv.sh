#!/bin/sh
# Makes .venv with the newest suitable Python of this machine, and says what to install when that cannot be.
set -eu

suits='import sys, venv; sys.exit(not (3, 11) <= sys.version_info < (4,))'
chosen=
bare=
for candidate in ${PYTHON:-} python3.13 python3.12 python3.11 python3 python; do
  "$candidate" -c "$suits" >/dev/null 2>&1 || continue
  if "$candidate" -c 'import ensurepip' >/dev/null 2>&1; then
    chosen=$candidate
    break
  fi
  bare=${bare:-$candidate}
done

if [ -n "$chosen" ]; then
  echo "Making .venv with $("$chosen" --version)"
  "$chosen" -m venv --clear .venv
elif [ -n "$bare" ] && "$bare" -m pip --version >/dev/null 2>&1; then
  # Debian keeps ensurepip in a package of its own; the system's pip can put a pip into .venv as well.
  echo "Making .venv with $("$bare" --version)"
  "$bare" -m venv --clear --without-pip .venv
  grep -A 2 '^pip==' dev.lock > .venv/pip.lock
  "$bare" -m pip --python .venv/bin/python install -qq --require-hashes --no-deps -r .venv/pip.lock
elif [ -n "$bare" ]; then
  version=$("$bare" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
  echo "Python $version is here, but without the part that makes environments (venv, ensurepip)." >&2
  echo "On Debian and Ubuntu: apt install python3-venv   (or python$version-venv). Then run make again." >&2
  exit 1
else
  found=$(python3 --version 2>/dev/null || echo "no python3")
  echo "Peyvand needs Python 3.11 or newer; found: $found." >&2
  echo "Install it (python.org, apt install python3 python3-venv, brew install python), or name it: make PYTHON=/path/to/python3.12 …" >&2
  exit 1
fi
pwd > .venv/place
touch .venv/pyvenv.cfg
