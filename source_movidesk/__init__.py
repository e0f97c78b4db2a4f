"""Airbyte source connector for Movidesk (Zenvia Customer Service)."""

import os
import signal

if os.getpid() == 1:
    # Process 1 of a container gets no signal that it has no handler for, and the imports below take a second or two, in
    # which `docker stop` would be lost. run.py puts its own handler in this one's place.
    signal.signal(signal.SIGTERM, lambda number, _frame: os._exit(128 + number))

from source_movidesk.source import SourceMovidesk

__all__ = ["SourceMovidesk"]
