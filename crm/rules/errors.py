"""What is wrong with a rule, and in which clause."""

from __future__ import annotations

import json
import re

from crm.core.errors import Invalid

SHOWN_LENGTH = 60
# Python refuses to write out numbers of some thousand digits.
_LONGEST_NUMBER_IN_BITS = 1_000
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


class RuleError(Invalid):
    """A rule cannot be understood. `path` names the clause, as `all[2].field`; empty for the whole rule.

    Every message begins with `%(path)s`, so that it is clear wherever it is shown.
    """

    def __init__(self, message: str, path: str, **params: object) -> None:
        super().__init__(message, field=path, path=path or "rule", **params)
        self.path = path


def below(path: str, step: str | int) -> str:
    """The path of a part: `all` and 2 give `all[2]`, and that with `field` gives `all[2].field`."""
    if isinstance(step, int):
        return f"{path}[{step}]"
    step = shown(step)
    return f"{path}.{step}" if path else step


def shown(found: object) -> str:
    """What somebody wrote, short enough and harmless enough to stand in a message."""
    if isinstance(found, list | tuple | dict):
        return "[…]" if isinstance(found, list | tuple) else "{…}"
    if isinstance(found, int) and found.bit_length() > _LONGEST_NUMBER_IN_BITS:
        return "…"
    text = found if isinstance(found, str) else json.dumps(found, default=str)
    text = _UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", text)
    return text if len(text) <= SHOWN_LENGTH else text[:SHOWN_LENGTH] + "…"
