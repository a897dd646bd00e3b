"""Pure facts about contacts: what is searched, how a search is read, who a name belongs to."""

from __future__ import annotations

import re
from collections.abc import Iterable

from phonenumbers import COUNTRY_CODE_TO_REGION_CODE as COUNTRY_CODES

from crm.core.text import ascii_digits, fold

LONGEST_SEARCH = 200
MOST_WORDS = 8
_NUMBER = re.compile(r"[+(]?[0-9][0-9()./+-]*")
_NOT_DIGITS = re.compile(r"[^0-9]")


def search_text(texts: Iterable[str | None], phones: Iterable[str | None] = ()) -> str:
    """The folded words of a contact, each with two blanks before it; phone numbers as digits, whole and as dialled at home."""
    words = fold(" ".join(text for text in texts if text)).split()
    for phone in phones:
        words += _dialled(phone) if phone else []
    return "".join(f"  {word}" for word in dict.fromkeys(words))


def _dialled(phone: str) -> list[str]:
    """The digits with the country's code, and as dialled inside most countries: with a nought instead of it."""
    digits = _NOT_DIGITS.sub("", ascii_digits(phone))
    if not phone.startswith("+"):
        return [digits] if digits else []
    code = next((length for length in (1, 2, 3) if int(digits[:length] or 0) in COUNTRY_CODES), 0)
    return [digits, f"0{digits[code:]}"] if digits else []


def search_patterns(text: str) -> list[str]:
    """What must occur in the search text: each word somewhere, a word of one or two signs at the beginning of a word."""
    patterns = []
    for word in fold(text[:LONGEST_SEARCH]).split()[:MOST_WORDS]:
        wanted = _NOT_DIGITS.sub("", word) if _NUMBER.fullmatch(word) else word
        if wanted:
            patterns.append(wanted if len(wanted) > 2 else f"  {wanted}")
    return list(dict.fromkeys(patterns))


def full_name(name: str | None, first: str | None, last: str | None) -> str:
    """The name as given, else put together from its parts. A name is never taken apart."""
    return (name or " ".join(part for part in (first, last) if part)).strip()


TEXT_FACTS = (
    "name", "first_name", "last_name", "job_title", "country", "region", "city", "postal_code", "address", "language",
    "timezone", "source", "external_id",
)  # fmt: skip
LEAD_FACTS = (
    "status",
    "budget",
    "need",
    "timeline",
    "decision_makers",
    "authority",
    "competitors",
    "objections",
)
FACTS = (*TEXT_FACTS, "email", "phone", "company", "owner_id", "birthday", "email_status", *LEAD_FACTS)
"""What can be said of a contact, by field key; `company` is its name, `owner_id` a user's number."""
