"""Mail through an SMTP server: one connection kept open, and the moment before the final dot in our hands."""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace

from crm.delivery.outcomes import Letter, Outcome, SenderFault, Stage, Uncertain, fault, judge, readable
from crm.delivery.smtp_server import SmtpServer, Timeouts

RENEW_AFTER = 200
IDLE_SECONDS = 5.0

_ENVELOPE_ADDRESS = re.compile(r"[\x21-\x3b\x3d\x3f-\x7e]{0,320}")


class SmtpSender:
    """Hands messages to one server over one connection, which is renewed every `renew_after` messages."""

    leaves = True

    def __init__(
        self,
        server: SmtpServer,
        *,
        timeouts: Timeouts | None = None,
        renew_after: int = RENEW_AFTER,
        helo: str | None = None,
        trusted: str | None = None,
    ) -> None:
        """`trusted` is a file of further certificates to believe in, `helo` the name we give ourselves."""
        self._server = server
        self._timeouts = timeouts or Timeouts()
        self._renew_after = renew_after
        self._helo = helo or _own_name()
        self._trusted = trusted
        self._smtp: smtplib.SMTP | None = None
        self._count = 0
        self._last_used = 0.0

    @property
    def server_name(self) -> str:
        return f"{self._server.host}:{self._server.port}"

    @property
    def timeouts(self) -> Timeouts:
        return self._timeouts

    def open(self) -> SenderFault | None:
        ready = self._ready()
        return ready if isinstance(ready, SenderFault) else None

    def send(self, envelope_from: str, to: str, data: bytes, *, at_wire: Callable[[], None]) -> Outcome:
        return self.send_group([Letter(envelope_from, to, data)], at_wire=at_wire)[0]

    def send_group(self, letters: Sequence[Letter], *, at_wire: Callable[[], None]) -> list[Outcome]:
        outcomes: list[Outcome] = []
        marked = False

        def mark() -> None:
            nonlocal marked
            if not marked:
                at_wire()
                marked = True

        for letter in letters:
            if outcomes and isinstance(outcomes[-1], SenderFault):
                outcomes.append(replace(outcomes[-1], stage=Stage.NOT_TRIED))
            else:
                outcomes.append(self._deliver(letter, mark))
        return outcomes

    def close(self) -> None:
        if self._smtp is None:
            return
        smtp, self._smtp = self._smtp, None
        with suppress(OSError, smtplib.SMTPException):
            if smtp.sock:
                smtp.sock.settimeout(1)
                smtp.quit()
        smtp.close()

    def _ready(self) -> smtplib.SMTP | SenderFault:
        if self._smtp and (self._count >= self._renew_after or not self._is_alive(self._smtp)):
            self.close()
        return self._smtp or self._connect()

    def _connect(self) -> smtplib.SMTP | SenderFault:
        stage = Stage.CONNECT
        try:
            smtp = self._smtp = self._dialled()
            stage = Stage.GREETING
            smtp.ehlo_or_helo_if_needed()
            if self._server.security == "starttls":
                stage = Stage.TLS
                smtp.starttls(context=self._tls_context())
                smtp.ehlo_or_helo_if_needed()
            if self._server.user:
                stage = Stage.LOGIN
                smtp.login(self._server.user, self._server.password)
        except smtplib.SMTPConnectError as error:
            return self._failed(Stage.GREETING, error)
        except (OSError, smtplib.SMTPException, ValueError) as error:
            return self._failed(stage, error)
        self._count = 0
        self._last_used = time.monotonic()
        return smtp

    def _dialled(self) -> smtplib.SMTP:
        host, port, timeout = self._server.host, self._server.port, self._timeouts.connect
        smtp: smtplib.SMTP
        if self._server.security == "tls":
            smtp = smtplib.SMTP_SSL(
                host, port, local_hostname=self._helo, timeout=timeout, context=self._tls_context()
            )
        else:
            smtp = smtplib.SMTP(host, port, local_hostname=self._helo, timeout=timeout)
        # The final dot is a packet of its own: held back to be sent with others, it costs 40 ms a message.
        _socket(smtp).setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return smtp

    def _tls_context(self) -> ssl.SSLContext:
        context = ssl.create_default_context()
        if self._trusted:
            context.load_verify_locations(self._trusted)
        if not self._server.verify:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context

    def _is_alive(self, smtp: smtplib.SMTP) -> bool:
        if time.monotonic() - self._last_used < IDLE_SECONDS:
            return True
        try:
            _socket(smtp).settimeout(self._timeouts.connect)
            return smtp.noop()[0] == 250
        except (OSError, smtplib.SMTPException):
            return False

    def _deliver(self, letter: Letter, mark: Callable[[], None]) -> Outcome:
        smtp = self._ready()
        if isinstance(smtp, SenderFault):
            return smtp
        refusal = self._offer(smtp, letter)
        if refusal:
            return self._settled(smtp, refusal)
        try:
            _socket(smtp).sendall(_dot_stuffed(letter.data))
            early = _waiting_answer(smtp)
        except (OSError, smtplib.SMTPException) as error:
            return self._failed(Stage.CONTENT, error)
        if early:
            # An answer before the dot is a goodbye: nothing was accepted.
            return self._failed(Stage.CONTENT, smtplib.SMTPResponseException(*early))
        try:
            mark()
        except BaseException:
            self._drop()
            raise
        try:
            _socket(smtp).settimeout(self._timeouts.dot)
            _socket(smtp).sendall(b".\r\n")
            code, answer = smtp.getreply()
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            return Uncertain(readable(str(error)))
        if code < 200:
            self._drop()
            return Uncertain(readable(answer))
        self._count += 1
        return self._settled(smtp, judge(Stage.DOT, code, answer), is_open=False)

    def _offer(self, smtp: smtplib.SMTP, letter: Letter) -> Outcome | None:
        """MAIL, RCPT and DATA, in one packet where the server allows it; None when it waits for the text."""
        if not _ENVELOPE_ADDRESS.fullmatch(letter.envelope_from + letter.to):
            raise ValueError("an envelope address is not ASCII or holds spaces or brackets")
        commands = [
            (Stage.MAIL, f"MAIL FROM:<{letter.envelope_from}>"),
            (Stage.RCPT, f"RCPT TO:<{letter.to}>"),
            (Stage.DATA, "DATA"),
        ]
        is_pipelined = smtp.has_extn("pipelining")
        refusal: Outcome | None = None
        stage = Stage.MAIL
        try:
            _socket(smtp).settimeout(self._timeouts.answer)
            if is_pipelined:
                _socket(smtp).sendall("".join(f"{command}\r\n" for _, command in commands).encode("ascii"))
            for stage, command in commands:
                if not is_pipelined:
                    _socket(smtp).sendall(f"{command}\r\n".encode("ascii"))
                code, answer = smtp.getreply()
                if code // 100 == (3 if stage is Stage.DATA else 2):
                    continue
                refusal = refusal or judge(stage, code, answer)
                if not is_pipelined or code == 421:
                    return refusal
            if refusal and code == 354:
                # Without a recipient the empty text is refused; it only ends the server's wait.
                _socket(smtp).sendall(b".\r\n")
                smtp.getreply()
        except (OSError, smtplib.SMTPException) as error:
            return refusal or self._failed(stage, error)
        return refusal

    def _settled(self, smtp: smtplib.SMTP, outcome: Outcome, *, is_open: bool = True) -> Outcome:
        """Leaves the connection ready for the next message, or closes it where it may not be."""
        self._last_used = time.monotonic()
        if isinstance(outcome, SenderFault):
            # After 421 the server has gone already.
            if outcome.code == 421:
                self._drop()
            else:
                self.close()
        elif is_open and self._smtp:
            try:
                smtp.rset()
            except (OSError, smtplib.SMTPException):
                self._drop()
        return outcome

    def _failed(self, stage: Stage, error: Exception) -> SenderFault:
        self._drop()
        if isinstance(error, smtplib.SMTPResponseException):
            return fault(stage, error.smtp_code, error.smtp_error)
        if isinstance(error, ssl.SSLError):
            stage = Stage.TLS
        is_lost = isinstance(error, TimeoutError | smtplib.SMTPServerDisconnected)
        is_settled = isinstance(error, ssl.SSLCertVerificationError | smtplib.SMTPException | ValueError)
        text = readable(str(error) or type(error).__name__)
        return SenderFault(stage, 0, "", text, needs_person=is_settled and not is_lost)

    def _drop(self) -> None:
        if self._smtp:
            self._smtp.close()
            self._smtp = None


def _socket(smtp: smtplib.SMTP) -> socket.socket:
    if smtp.sock is None:
        raise smtplib.SMTPServerDisconnected("the connection is closed")
    return smtp.sock


def _waiting_answer(smtp: smtplib.SMTP) -> tuple[int, bytes] | None:
    """What the server says before it is asked; raises when it has gone. Nothing can be known so under TLS."""
    sock = _socket(smtp)
    if isinstance(sock, ssl.SSLSocket):
        return None
    patience = sock.gettimeout()
    sock.settimeout(0)
    try:
        sock.recv(1, socket.MSG_PEEK)
    except BlockingIOError:
        return None
    finally:
        sock.settimeout(patience)
    return smtp.getreply()


def _dot_stuffed(data: bytes) -> bytes:
    if data.startswith(b"."):
        data = b"." + data
    data = data.replace(b"\r\n.", b"\r\n..")
    return data if data.endswith(b"\r\n") else data + b"\r\n"


def _own_name() -> str:
    name = socket.gethostname()
    return name if re.fullmatch(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+", name) else "[127.0.0.1]"
