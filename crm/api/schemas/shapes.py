"""Shapes that all resources share: lists and their windows, moments, problems."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from typing import Any

from marshmallow import RAISE, Schema, fields, validate

from crm.api.cursors import LARGEST
from crm.core.messages import N_

MOST_ROWS = 200
ROWS = 50


def number(**more: Any) -> fields.Integer:
    """An id in a body or a query."""
    return fields.Integer(
        strict=True, validate=validate.Range(1, LARGEST, error=N_("There is no such number.")), **more
    )


def asked_number(about: str) -> fields.Integer:
    """An id that narrows a list."""
    there_is = validate.Range(1, LARGEST, error=N_("There is no such number."))
    return fields.Integer(load_default=lambda: None, validate=there_is, metadata={"description": about})


def text(
    length: int | None = None, *, example: str | None = None,
    validate_also: Callable[[str], Any] | None = None, **more: Any
) -> fields.String:  # fmt: skip
    """A text of at most so many signs."""
    metadata = {"examples": [example]} if example is not None else {}
    limits: list[Any] = [validate.Length(max=length, error=N_("This text is too long."))] if length else []
    if validate_also is not None:
        limits.append(validate_also)
    return fields.String(validate=limits, metadata=metadata | more.pop("metadata", {}), **more)


class Moment(fields.AwareDateTime):
    """Taken with any offset, kept and given in UTC."""

    def _serialize(
        self, value: datetime | None, attr: str | None, obj: Any, **kwargs: Any
    ) -> str | float | None:
        return super()._serialize(value.astimezone(UTC) if value else None, attr, obj, **kwargs)

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> datetime:
        try:
            return super()._deserialize(value, *args, **kwargs).astimezone(UTC)
        except OverflowError as error:
            raise self.make_error("invalid", input=value, obj_type=self.OBJ_TYPE) from error


def moment(**more: Any) -> Moment:
    """A moment in UTC."""
    metadata = {"examples": ["2026-05-06T09:00:00+00:00"]} | more.pop("metadata", {})
    return Moment(format="iso", metadata=metadata, **more)


def choice(choices: Any, **more: Any) -> fields.String:
    """One of some words."""
    words = [str(each) for each in choices]
    one_of = validate.OneOf(words, error=N_("This is none of the words that may stand here."))
    return fields.String(validate=one_of, **more)


class Body(Schema):
    """What is sent: no name may stand there that is not known."""

    class Meta:
        unknown = RAISE


class Answer(Schema):
    """What is answered: every field is always there, save those that say otherwise."""

    HIDEABLE: frozenset[str] = frozenset()
    """Left out for those who may not see them."""

    def on_bind_field(self, field_name: str, field_obj: Any) -> None:
        field_obj.required = field_name not in self.HIDEABLE


class Window(Body):
    """Which part of a list is wanted."""

    limit = fields.Integer(
        load_default=ROWS,
        validate=validate.Range(1, MOST_ROWS, error=N_("Between 1 and 200.")),
        metadata={"description": "How many rows at most."},
    )
    cursor = fields.String(
        load_default=lambda: None, metadata={"description": "The `next` of the part before."}
    )


@cache
def list_of(row: type[Schema]) -> type[Schema]:
    """The answer of a list of these."""
    parts = {
        "data": fields.List(fields.Nested(row)),
        "next": fields.String(
            allow_none=True, metadata={"description": "Send it as `cursor`; null at the end."}
        ),
        "total": fields.Integer(metadata={"description": "Exactly how many match, on all parts."}),
    }
    return type(row.__name__.removesuffix("Schema") + "ListSchema", (Answer,), parts)


class FaultSchema(Answer):
    path = fields.String(metadata={"examples": ["steps[0].email.subject"]})
    place = fields.String(data_key="in", validate=validate.OneOf(["body", "query", "header"]))
    detail = fields.String()


class ProblemSchema(Answer):
    """RFC 9457."""

    HIDEABLE = frozenset(("reference", "errors"))

    type = fields.String(metadata={"examples": ["about:blank"]})
    title = fields.String(metadata={"examples": ["Unprocessable Entity"]})
    status = fields.Integer(metadata={"examples": [422]})
    detail = fields.String()
    reference = fields.String(metadata={"description": "For the log, when something broke."})
    errors = fields.List(fields.Nested(FaultSchema), metadata={"description": "Each wrong field."})
