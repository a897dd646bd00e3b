"""Messages: what left, what waits, and what became of it."""

from __future__ import annotations

from typing import Any

from crm.api import queries
from crm.api.blueprint import NUMBER, Resource, asks, bp, gives
from crm.api.cursors import Place, place_of
from crm.api.schemas.messages import MessageFilters, MessageSchema, WholeMessageSchema, shown
from crm.api.schemas.shapes import list_of
from crm.delivery.permissions import Messages
from crm.delivery.queries import get_message
from crm.web.access import requires, viewer

ORDER = "message"


@bp.route("/messages", endpoint="messages", tags=["Messages"])
class MessageList(Resource):
    @requires(Messages.VIEW)
    @asks(MessageFilters)
    @gives(200, list_of(MessageSchema))
    def get(self, asked: dict[str, Any]) -> dict[str, Any]:
        """List messages, the last made first."""
        part = queries.list_messages(
            viewer(), contact_id=asked["contact"], campaign_id=asked["campaign"], state=asked["state"],
            before=place_of(asked["cursor"], ORDER), limit=asked["limit"],
        )  # fmt: skip
        following = str(Place(ORDER, part.after)) if part.after else None
        return {"data": [shown(row) for row in part.rows], "next": following, "total": part.total}


@bp.route(f"/messages/<{NUMBER}:message_id>", endpoint="message", tags=["Messages"])
class OneMessage(Resource):
    @requires(Messages.VIEW)
    @gives(200, WholeMessageSchema)
    def get(self, message_id: int) -> Any:
        """Read one message."""
        message = get_message(message_id, viewer())
        return {**shown(message), "body": message.content.body}
