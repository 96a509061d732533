"""Engines to ask: as many as there are queries at a time, kept for the next, never of a generation that is past."""

from __future__ import annotations

import os
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Self

from reasoner.errors import UsageError
from reasoner.store.place import current
from reasoner.workbench.engine import Engine
from reasoner.workbench.keeper import Keeper
from reasoner.workbench.refusal import refused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

QUERIES = 4
"""Queries at a time."""
LEAST = 1 << 30
"""Bytes of memory that a query may have on the smallest machine."""


class Engines:
    """The engines of one store. A query has one to itself, so that the end of one ends no other."""

    def __init__(self, root: Path, program: Path, seconds: float, memory: int | None = None) -> None:
        self._root, self._program, self.seconds = root, program, seconds
        self._memory = memory or share_of_memory()
        self._free = threading.BoundedSemaphore(QUERIES)
        self._idle: list[Engine] = []
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        self._keeper = Keeper()
        return self

    def __exit__(self, *_: object) -> None:
        with self._keeper:
            self._let_go(lambda _: False)

    @contextmanager
    def one(self) -> Iterator[Engine]:
        """An engine for one query. Raises `RefusedError` if none comes free in the time of a query."""
        if not self._free.acquire(timeout=self.seconds):
            words = f"There are {QUERIES} other queries, which take long."
            raise refused(503, "busy", words, "Ask again later.")
        try:
            engine = self._taken()
            try:
                yield engine
            finally:
                with self._lock:
                    self._idle.append(engine)  # one that has ended is let go of with the next look
        finally:
            self._free.release()

    def refresh(self) -> None:
        """Let go of what is past, so that it can be cleared away."""
        with suppress(UsageError):
            now = current(self._root)
            self._let_go(lambda engine: engine.alive and engine.generation == now)

    def _taken(self) -> Engine:
        self.refresh()
        with self._lock:
            if self._idle:
                return self._idle.pop()
        return Engine(self._root, self._program, self._memory, self._keeper)

    def _let_go(self, keep: Callable[[Engine], bool]) -> None:
        with self._lock:
            past = [engine for engine in self._idle if not keep(engine)]
            self._idle = [engine for engine in self._idle if engine not in past]
        for engine in past:
            engine.close()


def share_of_memory() -> int:
    """Bytes of memory of one query, so that all of them together leave a quarter of the machine's to others."""
    whole = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return max(LEAST, whole * 3 // 4 // QUERIES)
