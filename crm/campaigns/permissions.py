"""What may be done with campaigns; sending to many is a right of its own."""

from __future__ import annotations

from crm.core.messages import N_
from crm.core.permissions import Permission


class Campaigns(Permission):
    VIEW = "campaigns:view", N_("See campaigns, their calendar and report")
    CREATE = "campaigns:create", N_("Make campaigns")
    EDIT = "campaigns:edit", N_("Change campaigns and their mails")
    DELETE = "campaigns:delete", N_("Delete campaigns that have sent nothing")
    SEND_MANY = "campaigns:send_many", N_("Start, pause and resume campaigns: mail to many")
