"""The people of the tests: the same names play the same parts everywhere."""

from __future__ import annotations

from functools import cached_property

from crm.accounts.models import User
from tests.factories.accounts import make_user


class Cast:
    """Olivia (admin), Max (manager), Mina (marketing), Sara and Sam (sales), Sue (support), Vic (viewer)."""

    @cached_property
    def olivia(self) -> User:
        return _person("Olivia Owens", "admin")

    @cached_property
    def max(self) -> User:
        return _person("Max Meyer", "manager")

    @cached_property
    def mina(self) -> User:
        return _person("Mina Moradi", "marketing")

    @cached_property
    def sara(self) -> User:
        return _person("Sara Sorensen", "sales")

    @cached_property
    def sam(self) -> User:
        """In sales too, and in another team than Sara."""
        return _person("Sam Santos", "sales")

    @cached_property
    def sue(self) -> User:
        return _person("Sue Sato", "support")

    @cached_property
    def vic(self) -> User:
        return _person("Vic Virtanen", "viewer")


def _person(name: str, role: str) -> User:
    first = name.partition(" ")[0].lower()
    return make_user(role, name=name, email=f"{first}@example.com")
