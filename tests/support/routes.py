"""The list of all addresses and who may call them, kept in the repository so that a change shows as a diff.

python -m tests.support.routes    writes it anew
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from flask import Flask

from crm.core.permissions import Permission, role_names, role_reach
from crm.web.access import access_of

LIST = Path(__file__).resolve().parents[1] / "architecture" / "routes.txt"


def route_lines(app: Flask) -> list[str]:
    """One line a route and method: what it asks for, and how far each role gets."""
    roles = role_names()
    lines = [f"{'':6} {'':56} {'':20} {' '.join(f'{role:9}' for role in roles)}".rstrip()]
    for rule in sorted(app.url_map.iter_rules(), key=lambda each: (each.rule, each.endpoint)):
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            access = access_of(app, rule.endpoint, method)
            shown = " ".join(f"{_reach(role, access):9}" for role in roles)
            lines.append(f"{method:6} {rule.rule:56} {access or 'public':20} {shown}".rstrip())
    return lines


def _reach(role: str, access: Permission | str | None) -> str:
    return role_reach(role, access).name.lower() if isinstance(access, Permission) else "any"


def main() -> None:
    from crm.factory import create_app
    from tests.conftest import settings_for

    with tempfile.TemporaryDirectory() as folder:
        app = create_app(settings_for("sqlite:///:memory:", Path(folder)))
    LIST.write_text("\n".join(route_lines(app)) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
