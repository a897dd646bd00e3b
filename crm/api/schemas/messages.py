"""Messages as JSON."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from crm.api.schemas.shapes import Answer, Window, asked_number, choice, moment, text
from crm.delivery.models import Message
from crm.delivery.states import MessageKind, MessageState


class MessageFilters(Window):
    campaign = asked_number("Id of a campaign.")
    contact = asked_number("Id of a contact.")
    state = choice(MessageState, load_default=lambda: None)


class MessageSchema(Answer):
    """One email to one address, and what became of it."""

    id = fields.Integer()
    kind = choice(MessageKind)
    state = choice(MessageState)
    reason = fields.String(
        allow_none=True, metadata={"description": "Reason code, when it is neither on the way nor sent."}
    )
    response = fields.String(allow_none=True, metadata={"description": "What the server said last."})
    contact = fields.Integer(allow_none=True)
    enrolment = fields.Integer(allow_none=True)
    campaign = fields.String(allow_none=True, metadata={"description": "Its slug."})
    step = fields.String(allow_none=True, metadata={"description": "Key of the step."})
    address = text(example="sara@example.com")
    subject = fields.String(metadata={"description": "As written, with merge fields."})
    message_id = fields.String()
    planned_at = moment()
    run_at = moment()
    settled_at = moment(allow_none=True)
    created_at = moment()


class WholeMessageSchema(MessageSchema):
    body = fields.String(metadata={"description": "As written, with merge fields."})


def shown(message: Message) -> dict[str, Any]:
    """A message with its content loaded."""
    same = MessageSchema().fields.keys() - {"contact", "enrolment", "subject"}
    plain = {key: getattr(message, key) for key in same}
    return {
        **plain,
        "contact": message.contact_id,
        "enrolment": message.enrolment_id,
        "subject": message.content.subject,
    }
