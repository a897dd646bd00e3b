"""SMTP servers on loopback for the tests of senders: a real one, and one that misbehaves by script."""

from __future__ import annotations

import asyncio
import socket
import ssl
import struct
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

CERTIFICATE = str(Path(__file__).with_name("localhost.pem"))

HANG = "hang"
CLOSE = "close"
RESET = "reset"


def server_tls() -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(CERTIFICATE)
    return context


@dataclass(frozen=True)
class Received:
    envelope_from: str
    to: str
    data: bytes


class RealServer:
    """aiosmtpd in a thread; `answers` may refuse a recipient."""

    def __init__(self, *, tls: str = "none", login: tuple[str, str] | None = None) -> None:
        self.received: list[Received] = []
        self.connections = 0
        self.answers: dict[str, str] = {}
        self._tls = tls
        self._login = login
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> RealServer:
        self._thread.start()
        started = asyncio.run_coroutine_threadsafe(self._start(), self._loop)
        self._server = started.result(5)
        self.port = int(self._server.sockets[0].getsockname()[1])
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result(5)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    async def _start(self) -> asyncio.Server:
        context = server_tls() if self._tls == "tls" else None
        return await self._loop.create_server(self._protocol, "127.0.0.1", 0, ssl=context)

    async def _stop(self) -> None:
        self._server.close()
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    def _protocol(self) -> SMTP:
        self.connections += 1
        return SMTP(
            self,
            hostname="localhost",
            loop=self._loop,
            tls_context=server_tls() if self._tls == "starttls" else None,
            require_starttls=self._tls == "starttls",
            authenticator=self._authenticate if self._login else None,
            # Under TLS from the first byte aiosmtpd offers a login only when it does not ask for STARTTLS.
            auth_required=self._login is not None and self._tls == "starttls",
            auth_require_tls=self._tls == "starttls",
        )

    def _authenticate(self, *arguments: object) -> AuthResult:
        given = arguments[-1]
        assert isinstance(given, LoginPassword)
        assert self._login
        return AuthResult(
            success=(given.login.decode(), given.password.decode()) == self._login, handled=False
        )

    async def handle_RCPT(  # noqa: N802 - aiosmtpd finds it by this name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self.answers.get(address, "250 ok")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(  # noqa: N802 - aiosmtpd finds it by this name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        content = envelope.original_content
        assert content is not None
        self.received.append(Received(envelope.mail_from or "", envelope.rcpt_tos[0], content))
        return "250 2.0.0 queued"


@dataclass
class ScriptedServer:
    """Answers each step as told, or hangs, closes or resets there; without a script all goes well.

    Steps: GREETING, EHLO, STARTTLS, MAIL, RCPT, DATA, CONTENT (the first of the text has come) and DOT.
    """

    script: Mapping[str, str] = field(default_factory=dict)
    extensions: tuple[str, ...] = ()
    received: list[bytes] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    connections: int = 0

    def __enter__(self) -> ScriptedServer:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._is_over = threading.Event()
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(5)

    def _accept(self) -> None:
        while not self._is_over.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, suppress(OSError), connection.makefile("rb") as lines:
            if not self._answer(connection, "GREETING", "220 localhost"):
                return
            for line in lines:
                command = line.decode().strip()
                self.commands.append(command)
                step = command.split(" ")[0].split(":")[0].upper()
                if step == "QUIT":
                    connection.sendall(b"221 bye\r\n")
                    return
                if step == "EHLO":
                    offered = "\r\n".join(f"250-{name}" for name in self.extensions)
                    default = f"{offered}\r\n250 ok" if offered else "250 ok"
                else:
                    default = "354 go on" if step == "DATA" else "250 ok"
                if not self._answer(connection, step, default):
                    return
                is_text_next = step == "DATA" and self.script.get("DATA", "354").startswith("354")
                if is_text_next and not self._take_text(connection, lines):
                    return

    def _take_text(self, connection: socket.socket, lines: object) -> bool:
        assert hasattr(lines, "readline")
        text = [lines.readline()]
        if "CONTENT" in self.script and not self._answer(connection, "CONTENT", ""):
            return False
        while text[-1] not in {b".\r\n", b""}:
            text.append(lines.readline())
        if text[-1]:
            self.received.append(b"".join(text[:-1]))
        return self._answer(connection, "DOT", "250 queued")

    def _answer(self, connection: socket.socket, step: str, default: str) -> bool:
        answer = self.script.get(step, default)
        if answer == HANG:
            self._is_over.wait(10)
            return False
        if answer == RESET:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        if answer in {CLOSE, RESET}:
            # A file made from the socket would keep the connection open.
            connection.shutdown(socket.SHUT_RDWR) if answer == CLOSE else connection.close()
            return False
        connection.sendall(f"{answer}\r\n".encode())
        return not answer.startswith("421")
