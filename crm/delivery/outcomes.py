"""What can become of a message that is handed to a server, and whose fault it is."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Stage(StrEnum):
    """How far a conversation had come."""

    CONNECT = "connect"
    GREETING = "greeting"
    TLS = "tls"
    LOGIN = "login"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"
    CONTENT = "content"
    """The text was on its way; without the final dot no server has accepted it."""
    DOT = "dot"
    NOT_TRIED = "not tried"
    """A message before this one in the group found the sender at fault."""


@dataclass(frozen=True, slots=True)
class Sent:
    """The server took it."""

    code: int
    text: str


@dataclass(frozen=True, slots=True)
class Refused:
    """For good, because of this recipient or this message; nobody else is touched."""

    code: int
    enhanced: str
    """RFC 3463 status such as 5.1.1, or empty."""
    text: str


@dataclass(frozen=True, slots=True)
class Deferred:
    """Not now, because of this recipient; costs an attempt."""

    code: int
    enhanced: str
    text: str


@dataclass(frozen=True, slots=True)
class SenderFault:
    """Our side or the way to the server is at fault: back off, no recipient loses an attempt.

    `code` is 0 where no answer came. The message whose turn it was has the stage reached: a queue that sees
    one break the connection again and again may set it aside.
    """

    stage: Stage
    code: int
    enhanced: str
    text: str
    needs_person: bool = False
    """Trying again changes nothing until somebody mends the settings or the server."""


@dataclass(frozen=True, slots=True)
class Uncertain:
    """The connection died between the final dot and the answer: nobody knows."""

    text: str


Outcome = Sent | Refused | Deferred | SenderFault | Uncertain


@dataclass(frozen=True, slots=True)
class Letter:
    """One message to one address, ready for the wire; addresses in ASCII."""

    envelope_from: str
    to: str
    data: bytes


class Sender(Protocol):
    """A way out for mail. One thread uses one sender."""

    @property
    def server_name(self) -> str:
        """Where it goes, to show to people; never with a password."""

    @property
    def leaves(self) -> bool:
        """Whether mail really goes to its recipients."""

    def open(self) -> SenderFault | None:
        """Get ready; None when messages can be handed over. Sending opens by itself where needed."""

    def send(self, envelope_from: str, to: str, data: bytes, *, at_wire: Callable[[], None]) -> Outcome:
        """Hand one message over, calling `at_wire` when it is all there but the final dot.

        What `at_wire` raises is passed on, and the message has not been handed over.
        """

    def send_group(self, letters: Sequence[Letter], *, at_wire: Callable[[], None]) -> list[Outcome]:
        """The same for several, with one call of `at_wire` for all before the first final dot.

        The outcomes are in the order of the letters. Where one finds the sender at fault, those after it are
        not tried and say so.
        """

    def close(self) -> None:
        """Say goodbye; may be called twice."""


_ENHANCED = re.compile(r"\s*([245]\.\d{1,3}\.\d{1,3})\b")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_LONGEST_TEXT = 400
# Authentication wanted, commands unknown or out of order: nothing a recipient could cause.
_OUR_CODES = {421, 454, 500, 502, 503, 504, 530, 534, 535, 538}
_ABOUT_US = re.compile(r"(?i)client|host|relay|bl(?:ock|ack) ?list|blocked|authenticat|not permitted|\bip\b")
_ABOUT_RECIPIENT = re.compile(r"(?i)gr[ea]y-?list|recipient|mailbox|\buser\b|\bspam\b|content|virus")
_ABOUT_SIZE = {452, 523, 552}


def judge(stage: Stage, code: int, answer: bytes | str) -> Outcome:
    """What an answer to MAIL, RCPT, DATA or the final dot means, by whose fault it is."""
    text = readable(answer)
    enhanced = _enhanced(text)
    if code // 100 == 2 and stage is Stage.DOT:
        return Sent(code, text)
    if code // 100 not in {4, 5} or code in _OUR_CODES or _is_about_sender(stage, code, enhanced, text):
        return fault(stage, code, text)
    return Deferred(code, enhanced, text) if code // 100 == 4 else Refused(code, enhanced, text)


def fault(stage: Stage, code: int, answer: bytes | str) -> SenderFault:
    """An answer that is about us; one that starts with 5 stays as it is until a person does something."""
    text = readable(answer)
    return SenderFault(stage, max(0, code), _enhanced(text), text, needs_person=code >= 500)


def readable(answer: bytes | str) -> str:
    """A server's words on one line, of bounded length, fit for a page and a log."""
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return _CONTROLS.sub(" ", text.encode("utf-8", "replace").decode("utf-8")).strip()[:_LONGEST_TEXT]


def _enhanced(text: str) -> str:
    found = _ENHANCED.match(text)
    return found[1] if found else ""


def _is_about_sender(stage: Stage, code: int, enhanced: str, text: str) -> bool:
    if stage is Stage.MAIL:
        return code not in _ABOUT_SIZE
    # x.7.y is policy, mostly about us; x.7.0 and x.7.1 are also used for grey lists and content filters.
    if enhanced[1:3] == ".7":
        may_be_theirs = enhanced[2:] in {"7.0", "7.1"} and not _ABOUT_US.search(text)
        return not (may_be_theirs and _ABOUT_RECIPIENT.search(text))
    return False
