"""Closes the network for the whole run: only this machine can be reached."""

from __future__ import annotations

import ipaddress
import socket
from typing import Any

_connect = socket.socket.connect
_connect_ex = socket.socket.connect_ex
_getaddrinfo = socket.getaddrinfo


class NetworkIsClosed(AssertionError):
    """A test reached for another machine. Mail goes to a `MemorySender` or an SMTP server the test starts itself."""


def close_network() -> None:
    """From now on, connecting or looking up anything but this machine raises."""

    def connect(self: socket.socket, address: Any) -> None:
        _refuse_strangers(self, address)
        _connect(self, address)

    def connect_ex(self: socket.socket, address: Any) -> int:
        _refuse_strangers(self, address)
        return _connect_ex(self, address)

    def getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> Any:
        if host is not None and not _is_here(host):
            raise NetworkIsClosed(f"a test looked up {host!r}")
        return _getaddrinfo(host, *args, **kwargs)

    socket.socket.connect = connect  # type: ignore[assignment, method-assign]
    socket.socket.connect_ex = connect_ex  # type: ignore[assignment, method-assign]
    socket.getaddrinfo = getaddrinfo


def _refuse_strangers(opened: socket.socket, address: Any) -> None:
    if opened.family in {socket.AF_INET, socket.AF_INET6} and not _is_here(address[0]):
        raise NetworkIsClosed(f"a test connected to {address!r}")


def _is_here(host: Any) -> bool:
    name = host.decode() if isinstance(host, bytes) else str(host)
    if name in {"localhost", "", socket.gethostname()}:
        return True
    try:
        return ipaddress.ip_address(name).is_loopback or name == "0.0.0.0"  # noqa: S104 - compared, not bound
    except ValueError:
        return False
