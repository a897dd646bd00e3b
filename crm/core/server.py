"""The production server: waitress in this process, sending processes as its children."""

from __future__ import annotations

import gc
import logging
import os
import signal
import subprocess
import sys
import threading
from typing import Any

import waitress
from flask import Flask

log = logging.getLogger(__name__)

THREADS = 8
PAUSE_BEFORE_RESTART = 1.0


def serve(app: Flask, host: str, port: int, *, workers: int) -> None:
    """Serve until SIGINT or SIGTERM; children that die are started again."""
    stop = threading.Event()
    keepers = [threading.Thread(target=_keep_alive, args=(stop,), daemon=True) for _ in range(workers)]
    server: Any = waitress.create_server(app, host=host, port=port, threads=THREADS, ident="", max_request_body_size=230 * 1024 * 1024)
    for keeper in keepers:
        keeper.start()
    # What was made at start lives for ever: looking through it again and again cost 14 ms at every full collection.
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)

    def end(*_: object) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, end)
    try:
        server.run()
    except KeyboardInterrupt:
        pass
    finally:
        stop.set()
        server.close()
        for keeper in keepers:
            keeper.join(timeout=20)


def _keep_alive(stop: threading.Event) -> None:
    command = [sys.executable, "-c", "from crm.factory import main; main()", "worker", "--with-parent", str(os.getpid())]
    while not stop.is_set():
        child = subprocess.Popen(command, start_new_session=True)  # noqa: S603 - our own interpreter and module
        while child.poll() is None and not stop.wait(0.3):
            pass
        if stop.is_set():
            child.terminate()
            child.wait(timeout=18)
        else:
            log.warning("a worker ended with %s and is started again", child.returncode)
            stop.wait(PAUSE_BEFORE_RESTART)
