"""Mail that belongs to what somebody did: invitations, resets, confirmations. Exempt from caps and suppressions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crm.accounts.queries import find_workspace
from crm.core.text import normalise_email
from crm.delivery.models import Message
from crm.delivery.service.composing import host_of_base_url
from crm.delivery.service.queue import keep_content, queue_single
from crm.delivery.states import MessageKind, WhenUncertain


def send_transactional(
    to: str,
    *,
    subject: str,
    body: str,
    merge: Mapping[str, Any] | None = None,
    locale: str = "en",
    to_name: str = "",
) -> Message:
    """Queue one message; the body is Markdown with merge fields. Handed over twice when nobody knows: better two than none."""
    message = queue_single(
        MessageKind.TRANSACTIONAL, keep_content(subject, body), to=normalise_email(to), to_name=to_name,
        merge=dict(merge or {}), sender=workspace_sender(), locale=locale,
    )  # fmt: skip
    message.when_uncertain = WhenUncertain.RESEND
    return message


def workspace_sender() -> dict[str, Any]:
    """Who writes when nobody else is named; on a new installation an address that at least says where it is from."""
    workspace = find_workspace()
    name = (workspace and (workspace.sender_name or workspace.name)) or "Peyvand"
    email = (workspace and workspace.sender_email) or f"no-reply@{host_of_base_url()}"
    return {"name": name, "email": email}
