"""The production server: waitress in this process, sending processes as its children."""

from __future__ import annotations

import gc
import logging
import os
import signal
import sys
import threading
import time
from typing import Any

import waitress
from flask import Flask

from crm.core.stopping import stopping
from crm.core.worker import run_worker

log = logging.getLogger(__name__)

THREADS = 8
PAUSE_BEFORE_RESTART = 1.0
PATIENCE = 18.0
"""Seconds a worker gets to finish what is on its way."""


def serve(app: Flask, host: str, port: int, *, workers: int) -> None:
    """Serve until SIGINT or SIGTERM; children that die are started again."""
    # What was made at start lives for ever: looking through it again and again cost 14 ms at every full collection,
    # and frozen it stays shared with the children.
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
    children = [_fork() for _ in range(workers)]  # before there are threads: a fork of those is a gamble
    server: Any = waitress.create_server(
        app, host=host, port=port, threads=THREADS, ident="", max_request_body_size=230 * 1024 * 1024
    )
    stop = threading.Event()
    keepers = [threading.Thread(target=_keep_alive, args=(pid, stop), daemon=True) for pid in children]
    for keeper in keepers:
        keeper.start()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        server.run()
    except KeyboardInterrupt:
        pass
    finally:
        stop.set()
        server.close()
        for keeper in keepers:
            keeper.join()


def _fork() -> int:
    """A worker that shares what this process has loaded; both together need little more than one."""
    parent = os.getpid()
    pid = os.fork()
    if pid:
        return pid
    os.setsid()
    code = 1
    try:
        run_worker(stopped_by_signals(), parent=parent)
        code = 0
    finally:
        os._exit(code)


def stopped_by_signals() -> threading.Event:
    """The event that SIGTERM and SIGINT set; whoever works in a loop looks at it too."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    return stopping


def _keep_alive(pid: int, stop: threading.Event) -> None:
    while not stop.is_set():
        if os.waitpid(pid, os.WNOHANG)[0]:
            log.warning("a worker ended and is started again")
            stop.wait(PAUSE_BEFORE_RESTART)
            pid = _spawn()
        stop.wait(0.3)
    _end(pid)


def _spawn() -> int:
    words = [
        sys.executable,
        "-c",
        "from crm.factory import main; main()",
        "worker",
        "--with-parent",
        str(os.getpid()),
    ]
    return os.posix_spawn(sys.executable, words, os.environ, setsid=True)


def _end(pid: int) -> None:
    os.kill(pid, signal.SIGTERM)
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if os.waitpid(pid, os.WNOHANG)[0]:
            return
        time.sleep(0.05)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
