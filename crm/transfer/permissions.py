"""What may be done with files of contacts."""

from __future__ import annotations

from crm.core.messages import N_
from crm.core.permissions import Permission


class Imports(Permission):
    VIEW = "imports:view", N_("See imports and what came of them")
    CREATE = "imports:create", N_("Bring contacts in from a file")
