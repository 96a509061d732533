"""A watch over something that may take too long, or that nobody waits for any more."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

EVERY = 0.2
"""Seconds between two looks at whether it is still wanted."""


class End(Enum):
    """Why it was ended."""

    LATE = "late"
    UNWANTED = "unwanted"


class Watch:
    """What came of it."""

    def __init__(self) -> None:
        self.end: End | None = None


@contextmanager
def watched(stop: Callable[[], None], seconds: float, wanted: Callable[[], bool]) -> Iterator[Watch]:
    """Call ``stop`` if the block takes longer than this, or once it is no longer wanted; the watch tells which."""
    watch, done = Watch(), threading.Event()
    until = time.monotonic() + seconds

    def look() -> None:
        while not done.wait(max(0.0, min(EVERY, until - time.monotonic()))):
            if time.monotonic() >= until or not wanted():
                watch.end = End.LATE if time.monotonic() >= until else End.UNWANTED
                stop()
                return

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield watch
    finally:
        done.set()
        thread.join()
