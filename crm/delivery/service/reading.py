"""A message as a person reads it in the outbox: the same words its recipient gets."""

from __future__ import annotations

from crm.core.errors import Invalid
from crm.delivery.content import Rendered
from crm.delivery.models import Message
from crm.delivery.service.composing import Composable, rendered, stationery


def read_message(message: Message) -> Rendered | None:
    """Subject, text and HTML; None where it cannot be put together, which its reason says too."""
    try:
        return rendered(
            Composable(
                id=message.id,
                kind=message.kind,
                sequence_id=message.sequence_id,
                content_id=message.content_id,
                subject=message.content.subject,
                body=message.content.body,
                merge=message.merge,
                sender=message.sender,
                to_name=message.to_name,
                address=message.address,
                locale=message.locale,
                message_id=message.message_id,
            ),
            stationery(),
        )
    except Invalid:
        return None
