"""What may be done with the timeline and with taking things back."""

from __future__ import annotations

from crm.core.messages import N_
from crm.core.permissions import Permission


class Activities(Permission):
    VIEW = "activities:view", N_("See what happened with a contact")
    CREATE = "activities:create", N_("Write notes and record what happened")


class Changes(Permission):
    VIEW = "changes:view", N_("See recent changes and take back one's own")
    UNDO_ALL = "changes:undo_all", N_("Take back what others did")
