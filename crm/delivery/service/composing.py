"""A message row as bytes for the wire: the same words for the preview, the test and the real thing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from crm.accounts.queries import find_workspace
from crm.core.language import language_of, sentence
from crm.core.messages import N_
from crm.core.settings import current_settings
from crm.delivery import links
from crm.delivery.content import Content, Footer, Rendered, compile_content, render
from crm.delivery.mime import Envelope, build
from crm.delivery.outcomes import Letter
from crm.delivery.states import MessageKind

UNSUBSCRIBE = N_("Unsubscribe")


@dataclass(frozen=True, slots=True)
class Composable:
    """What of a message row its bytes depend on."""

    id: int
    kind: MessageKind
    sequence_id: int | None
    content_id: int
    subject: str
    body: str
    merge: Mapping[str, Any]
    sender: Mapping[str, Any]
    to_name: str
    address: str
    locale: str
    message_id: str


@dataclass(frozen=True, slots=True)
class Stationery:
    """What is the same under every message of this workspace."""

    base_url: str
    secret_key: str
    postal_address: str


def stationery() -> Stationery:
    settings, workspace = current_settings(), find_workspace()
    return Stationery(settings.base_url, settings.secret_key, workspace.postal_address if workspace else "")


def compose(message: Composable, paper: Stationery, now: datetime) -> Letter:
    """Ready for the wire; raises MissingField, UndeliverableAddress or another Invalid where it cannot be put together."""
    envelope = _envelope(message, paper, now)
    data = build(envelope, rendered(message, paper))
    return Letter(envelope.envelope_from, envelope.envelope_to, data)


def rendered(message: Composable, paper: Stationery) -> Rendered:
    """Subject, text and HTML as the recipient gets them."""
    content = compiled(message.subject, message.body)
    footer = None
    if message.kind is not MessageKind.TRANSACTIONAL:
        language = language_of(message.locale or content.language, "en")
        footer = Footer(
            paper.postal_address,
            unsubscribe_url(message.id, paper),
            sentence(UNSUBSCRIBE, language),
            language,
        )
    return render(content, message.merge, footer)


@lru_cache(maxsize=256)
def compiled(subject: str, body: str) -> Content:
    """Compiling costs a hundred times what filling in costs, and a campaign has a handful of contents."""
    return compile_content(subject, body)


def unsubscribe_url(message_id: int, paper: Stationery) -> str:
    return f"{paper.base_url}/u/{links.make(links.Purpose.UNSUBSCRIBE, message_id, paper.secret_key)}"


def message_of_unsubscribe_token(token: str) -> int | None:
    """The number of the message whose link this is; None for any other text."""
    return links.read(links.Purpose.UNSUBSCRIBE, token, current_settings().secret_key)


def host_of_base_url() -> str:
    host = urlsplit(current_settings().base_url).hostname or "localhost"
    return host if "." in host and not host.replace(".", "").isdigit() else "peyvand.invalid"


def _envelope(message: Composable, paper: Stationery, now: datetime) -> Envelope:
    is_marketing = message.kind is not MessageKind.TRANSACTIONAL
    host = message.sender["email"].rpartition("@")[2]
    return Envelope(
        from_name=message.sender.get("name") or "",
        from_email=message.sender["email"],
        to_email=message.address,
        to_name=message.to_name or None,
        message_id=message.message_id,
        date=now,
        reply_to=message.sender.get("reply_to") or None,
        list_id=f"campaign-{message.sequence_id}.{host}" if message.sequence_id and host.isascii() else None,
        list_unsubscribe_url=unsubscribe_url(message.id, paper) if is_marketing else None,
        headers={} if is_marketing else {"Auto-Submitted": "auto-generated"},
    )
