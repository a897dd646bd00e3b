"""What may be done with the tags themselves; putting one on a person is changing the person."""

from __future__ import annotations

from crm.core.messages import N_
from crm.core.permissions import Permission


class Tags(Permission):
    VIEW = "tags:view", N_("See tags and their groups")
    MANAGE = "tags:manage", N_("Make, rename, merge and delete tags")
