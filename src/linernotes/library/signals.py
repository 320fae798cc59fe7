"""Stopping between two steps, not in the midst of one."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def wished_to_stop() -> Iterator[threading.Event]:
    """Turn the first Ctrl-C, or signal to terminate, into a wish: it ends no write half way."""
    stop = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return
    before = {number: signal.getsignal(number) for number in _SIGNALS}

    def restore() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    def wish(*_: object) -> None:
        stop.set()
        restore()

    for number in _SIGNALS:
        signal.signal(number, wish)
    try:
        yield stop
    finally:
        restore()
