"""Broken rules as exceptions: a sentence to translate, its values, and the field it belongs to."""

from __future__ import annotations


class DomainError(Exception):
    """A rule of the domain was broken.

    `message` is a msgid with %(name)s places, `params` fills them; the web translates and shows it.
    `field` names the form field or JSON key the sentence belongs to.
    """

    def __init__(self, message: str, *, field: str | None = None, **params: object) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.params = params

    def __str__(self) -> str:
        return self.message % self.params if self.params else self.message


class NotFound(DomainError):
    """There is no such thing, or the viewer may not know that there is."""

    def __init__(self, message: str = "This page or record does not exist.", **params: object) -> None:
        super().__init__(message, field=None, **params)


class NotAllowed(DomainError):
    """The viewer sees the thing but may not do this with it."""


class Invalid(DomainError):
    """What was asked for cannot be, whoever asks."""


class Conflict(DomainError):
    """Somebody or something else got there first."""
