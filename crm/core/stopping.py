"""Whether this process is to end: what is begun is finished, nothing new is begun."""

from __future__ import annotations

import threading

stopping = threading.Event()
"""Set by the signals that end a worker; whoever works in a loop looks at it."""
