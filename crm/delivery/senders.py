"""The ways out for mail: an SMTP server, a folder when there is none, and memory for tests."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from pathlib import Path

from crm.delivery.outcomes import (
    Deferred,
    Letter,
    Outcome,
    Refused,
    Sender,
    SenderFault,
    Sent,
    Stage,
    Uncertain,
)
from crm.delivery.smtp import SmtpSender
from crm.delivery.smtp_server import SmtpServer, Timeouts

__all__ = [
    "Deferred",
    "FileSender",
    "Letter",
    "MemorySender",
    "Outcome",
    "Refused",
    "Sender",
    "SenderFault",
    "Sent",
    "SmtpSender",
    "SmtpServer",
    "Stage",
    "Timeouts",
    "Uncertain",
    "sender_for",
]

_MESSAGE_ID = re.compile(rb"(?im)^Message-ID:[ \t]*(<[^>\r\n]+>)")


def sender_for(smtp_url: str | None, data_dir: Path, *, helo: str | None = None) -> Sender:
    """The sender of these settings; without an SMTP server mail is kept in `data_dir/outbox`.

    Raises ValueError for an address that cannot be used; `helo` is the name this machine gives itself.
    """
    if smtp_url:
        return SmtpSender(SmtpServer.from_url(smtp_url), helo=helo)
    return FileSender(data_dir / "outbox")


class FileSender:
    """Keeps each message as a file named after its Message-ID: handing one over twice leaves one."""

    leaves = False

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def server_name(self) -> str:
        return "outbox"

    def open(self) -> SenderFault | None:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            return SenderFault(Stage.CONNECT, 0, "", str(error))
        return None

    def send(self, envelope_from: str, to: str, data: bytes, *, at_wire: Callable[[], None]) -> Outcome:
        return self.send_group([Letter(envelope_from, to, data)], at_wire=at_wire)[0]

    def send_group(self, letters: Sequence[Letter], *, at_wire: Callable[[], None]) -> list[Outcome]:
        fault = self.open()
        if fault:
            return [fault for _ in letters]
        if letters:
            at_wire()
        return [self._keep(letter) for letter in letters]

    def close(self) -> None:
        """Nothing stays open."""

    def kept(self, message_id: str) -> bytes | None:
        """The message with this Message-ID, as it would have gone out."""
        path = self._path(message_id)
        return path.read_bytes() if path.is_file() else None

    def _keep(self, letter: Letter) -> Outcome:
        found = _MESSAGE_ID.search(letter.data)
        if not found:
            return Refused(554, "5.6.0", "The message has no Message-ID.")
        path = self._path(found[1].decode("ascii", "replace"))
        partial = path.with_suffix(f".{os.getpid()}.part")
        try:
            path.parent.mkdir(exist_ok=True)
            partial.write_bytes(letter.data)
            partial.replace(path)
        except OSError as error:
            return SenderFault(Stage.CONTENT, 0, "", str(error))
        return Sent(250, "kept in the outbox")

    def _path(self, message_id: str) -> Path:
        name = re.sub(r"[^A-Za-z0-9@+=_-]", "_", message_id.strip("<>"))[:180]
        # Ten thousand files in one folder make every listing of it slow.
        return self._folder / f"{sum(name.encode()) % 256:02x}" / f"{name}.eml"


class MemorySender:
    """Takes what it is given, for tests; `script` may answer otherwise for a letter, None meaning `Sent`."""

    leaves = True

    def __init__(self, script: Callable[[Letter], Outcome | None] | None = None) -> None:
        self.letters: list[Letter] = []
        """What was handed over to the end, uncertain ones included."""
        self._script = script or (lambda letter: None)

    @property
    def server_name(self) -> str:
        return "memory"

    def open(self) -> SenderFault | None:
        return None

    def send(self, envelope_from: str, to: str, data: bytes, *, at_wire: Callable[[], None]) -> Outcome:
        return self.send_group([Letter(envelope_from, to, data)], at_wire=at_wire)[0]

    def send_group(self, letters: Sequence[Letter], *, at_wire: Callable[[], None]) -> list[Outcome]:
        outcomes: list[Outcome] = []
        is_marked = False
        for letter in letters:
            outcome = self._script(letter) or Sent(250, "ok")
            if isinstance(outcome, Sent | Uncertain):
                if not is_marked:
                    at_wire()
                    is_marked = True
                self.letters.append(letter)
            outcomes.append(outcome)
        return outcomes

    def close(self) -> None:
        """Nothing stays open."""
