"""Which SMTP server mail goes through, and how long each step with it may take."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote, urlsplit

_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """Where and how to connect, as PEYVAND_SMTP_URL says it."""

    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)
    security: str = "none"
    """none, starttls (required) or tls (from the first byte)."""
    verify: bool = True

    @classmethod
    def from_url(cls, url: str) -> SmtpServer:
        """`smtp://user:pass@host:587?starttls=1` or `smtps://…`; raises ValueError with what is accepted.

        `verify=0` accepts any certificate. A password goes in clear to this machine, or with `starttls=0`.
        """
        parts = urlsplit(url)
        options = dict(parse_qsl(parts.query, keep_blank_values=True))
        unknown = options.keys() - {"starttls", "verify"}
        is_known = not unknown and set(options.values()) <= {"0", "1"}
        if parts.scheme not in {"smtp", "smtps"} or not parts.hostname or not is_known:
            raise ValueError("smtp://user:password@host:587?starttls=1 or smtps://user:password@host")
        security = "tls" if parts.scheme == "smtps" else "none"
        if security == "none" and options.get("starttls") == "1":
            security = "starttls"
        in_clear = security == "none" and "starttls" not in options and parts.hostname not in _LOOPBACK
        if parts.username and in_clear:
            raise ValueError("starttls=1 where a password is sent (starttls=0 sends it in clear)")
        default_port = {"none": 25, "starttls": 587, "tls": 465}[security]
        return cls(
            host=parts.hostname,
            port=parts.port or default_port,
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            security=security,
            verify=options.get("verify") != "0",
        )


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds to wait, each for one step."""

    connect: float = 10.0
    """TCP, TLS, greeting and login, each."""
    answer: float = 30.0
    """An answer to MAIL, RCPT or DATA, or the text being taken."""
    dot: float = 120.0
    """The answer to the final dot: servers filter spam before they give it."""

    @property
    def one_letter(self) -> float:
        """The longest one message can take on a fresh connection; a lease must outlast it."""
        return 6 * self.connect + 4 * self.answer + self.dot
