"""What makes two messages the same one, or nearly: their text as written, folded, merge fields unrendered."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from difflib import SequenceMatcher

from crm.core.text import fold

NEARLY_THE_SAME = 0.85

_FIELD = re.compile(r"\{\{-?[ \t]*([^{}]*?)[ \t]*-?\}\}")
_SHORT = 300
_GRAM = 3


def fingerprint(subject: str, body: str) -> str:
    """64 hex digits, equal for two spellings of one message whatever white space, letter forms and digits."""
    # The zero sign keeps what is moved from the subject to the body another message.
    return hashlib.sha256(f"{_folded(subject)}\0{_folded(body)}".encode()).hexdigest()


def similarity(a: str, b: str) -> float:
    """How much of two texts is the same, 0 to 1; a text is a subject and a body with a line break between.

    Exact on short texts; on longer ones the share of three-letter pieces in common, which is linear in time.
    """
    a, b = _folded(a), _folded(b)
    if a == b:
        return 1.0
    if len(a) + len(b) <= 2 * _SHORT:
        return SequenceMatcher(None, a, b, autojunk=False).ratio()
    grams_a, grams_b = _grams(a), _grams(b)
    return 2 * (grams_a & grams_b).total() / (grams_a.total() + grams_b.total())


def _folded(text: str) -> str:
    return fold(_FIELD.sub(r"{{ \1 }}", text)).encode("utf-8", "replace").decode()


def _grams(text: str) -> Counter[str]:
    return Counter(text[at : at + _GRAM] for at in range(max(1, len(text) - _GRAM + 1)))
