"""Signed tokens of public links: which message a link belongs to, provable without a table of tokens."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from enum import StrEnum
from functools import lru_cache

MAC_BYTES = 16
LONGEST_TOKEN = 32

# At most 8 bytes of number and 16 of signature: a List-Unsubscribe header must not need folding.
_TOKEN = re.compile(r"[A-Za-z0-9_-]{23,32}")


class Purpose(StrEnum):
    """What a link is for; a token made for one purpose opens no other door."""

    UNSUBSCRIBE = "unsubscribe"
    CLICK = "click"
    OPEN = "open"
    CONFIRM = "confirm"


def make(purpose: Purpose, number: int, secret: str) -> str:
    """A token of at most 32 URL-safe signs for a number below 2^64; links never expire."""
    octets = number.to_bytes(max(1, (number.bit_length() + 7) // 8), "big")
    if len(octets) > 8:
        raise ValueError("a link's number has at most 64 bits")
    token = base64.urlsafe_b64encode(octets + _signature(purpose, octets, secret))
    return token.decode("ascii").rstrip("=")


def read(purpose: Purpose, token: str, secret: str) -> int | None:
    """The number in a token we made for this purpose with this secret; None for any other text."""
    if not _TOKEN.fullmatch(token):
        return None
    try:
        raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except binascii.Error:
        return None
    octets, signature = raw[:-MAC_BYTES], raw[-MAC_BYTES:]
    number = int.from_bytes(octets, "big")
    genuine = hmac.compare_digest(signature, _signature(purpose, octets, secret))
    # One number has one token: leading zeros and stray bits of the last sign are refused.
    return number if genuine and hmac.compare_digest(make(purpose, number, secret), token) else None


def _signature(purpose: Purpose, octets: bytes, secret: str) -> bytes:
    return hmac.digest(_key(purpose, secret), octets, "sha256")[:MAC_BYTES]


@lru_cache(maxsize=16)
def _key(purpose: Purpose, secret: str) -> bytes:
    return hmac.digest(secret.encode("utf-8"), b"peyvand link: " + purpose.encode("ascii"), hashlib.sha256)
