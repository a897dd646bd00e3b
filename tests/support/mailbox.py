"""A real SMTP server that keeps what it is given."""

from __future__ import annotations

import time
from email import message_from_bytes, policy
from email.message import EmailMessage
from types import TracebackType
from typing import Any

from aiosmtpd.controller import Controller

from tests.support.installation import free_port


class Mailbox:
    """`with Mailbox() as mailbox:` – `mailbox.url` is for PEYVAND_SMTP_URL, `mailbox.letters` is what came."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.envelopes: list[Any] = []
        self.answer = "250 OK"
        """What the server says after the data; `451 …` and `550 …` are for tests of refusals."""
        self._controller = Controller(self, hostname="127.0.0.1", port=free_port())

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self._controller.port}"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        if self.answer.startswith("2"):
            self.envelopes.append(envelope)
            self.letters.append(message_from_bytes(envelope.content, policy=policy.default))
        return self.answer

    def await_letters(self, count: int, *, seconds: float = 20) -> list[EmailMessage]:
        """The letters once there are so many; fails when they do not come in time."""
        until = time.monotonic() + seconds
        while len(self.letters) < count and time.monotonic() < until:
            time.sleep(0.02)
        assert len(self.letters) >= count, f"{len(self.letters)} of {count} letters came in {seconds} s"
        return self.letters

    def __enter__(self) -> Mailbox:
        self._controller.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._controller.stop()
