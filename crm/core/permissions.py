"""What a permission is, how far it reaches, and the registry of permissions and roles."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import IntEnum, StrEnum
from typing import Protocol


class Reach(IntEnum):
    """How far a permission goes. Own is what the user owns; team adds what teammates own and what nobody owns."""

    NONE = 0
    OWN = 1
    TEAM = 2
    ALL = 3


class Permission(StrEnum):
    """Base of each feature's permissions; values read `resource:action`, a member's `about` is shown to admins."""

    about: str

    def __new__(cls, value: str, about: str = "") -> Permission:
        member = str.__new__(cls, value)
        member._value_ = value
        member.about = about
        return member


class Viewer(Protocol):
    """Whoever looks: a signed-in user, a token, or the system itself."""

    @property
    def id(self) -> int | None: ...

    @property
    def name(self) -> str: ...

    def reach(self, permission: Permission) -> Reach: ...

    def can(self, permission: Permission) -> bool: ...


class System:
    """The product itself at work: jobs and commands. It may do everything and is nobody's user."""

    id: int | None = None
    name = "Peyvand"

    def reach(self, permission: Permission) -> Reach:
        return Reach.ALL

    def can(self, permission: Permission) -> bool:
        return True


SYSTEM = System()

_permissions: dict[str, Permission] = {}
_roles: dict[str, dict[str, Reach]] = {}
_role_words: dict[str, tuple[str, str]] = {}


def register_permissions(*kinds: type[Permission]) -> None:
    """Make a feature's permissions known, in the order an admin reads them."""
    for kind in kinds:
        _permissions.update({member.value: member for member in kind})


def register_roles(
    table: Mapping[str, Mapping[Permission, Reach]], words: Mapping[str, tuple[str, str]]
) -> None:
    """Make the built-in roles known; replaces an earlier table. `words`: role → (label, what it is for), both msgids."""
    _roles.clear()
    _role_words.update(words)
    for role, row in table.items():
        _roles[role] = {permission.value: reach for permission, reach in row.items()}


def all_permissions() -> list[Permission]:
    return list(_permissions.values())


def find_permission(name: str) -> Permission | None:
    return _permissions.get(name)


def role_names() -> list[str]:
    return list(_roles)


def role_label(role: str) -> str:
    """A msgid; a role without words is called by its name."""
    return _role_words.get(role, (role, ""))[0]


def role_about(role: str) -> str:
    return _role_words.get(role, (role, ""))[1]


def role_reach(role: str, permission: Permission) -> Reach:
    return _roles.get(role, {}).get(permission.value, Reach.NONE)


def widest_reach(roles: Iterable[str], permission: Permission) -> Reach:
    """The widest reach any of the roles gives."""
    return max((role_reach(role, permission) for role in roles), default=Reach.NONE)
