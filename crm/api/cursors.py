"""Where a list goes on: an opaque text that names the order and the place in it."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass

from flask_babel import gettext as _

from crm.api.problems import Fault, WrongFields

LARGEST = 2**31 - 1


@dataclass(frozen=True)
class Place:
    """After which row (an id) or how far in (a count) the next part of a list begins."""

    order: str
    after: int

    def __str__(self) -> str:
        plain = json.dumps([self.order, self.after], separators=(",", ":")).encode()
        return base64.urlsafe_b64encode(plain).rstrip(b"=").decode()


def place_of(cursor: str | None, order: str) -> int:
    """The place a cursor names, 0 without one; raises WrongFields for one that belongs elsewhere."""
    if not cursor:
        return 0
    try:
        read = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error, RecursionError):
        read = None
    match read:
        case [str(named), int(after)] if (
            named == order and 0 <= after <= LARGEST and not isinstance(after, bool)
        ):
            return after
    raise WrongFields(Fault("cursor", _("This cursor does not belong to this list."), "query"))
