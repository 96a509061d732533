"""A new generation's quads: the old one's, without what is gone, and the new ones, at any number of cases."""

from __future__ import annotations

import io
import os
import resource
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from reasoner.rdf import DiskStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

BLOCK = 1 << 20
PIECE = 64 << 20
"""Bytes that the engine takes in at once: it holds some five times as much in memory meanwhile."""
OPEN_FILES = 160
"""Files that a process may have open, as a store is told that a build reads or writes.

It leaves 48 of them to others and keeps as many of its own open as it may, each with an index in memory that is a
hundredth of the file: in a build these do not grow with the store. A question finds all open.
"""


def linked(old: Path, new: Path, fresh: Iterable[bytes]) -> None:
    """The old quads and fresh ones; the old are not copied but shared on the disk."""
    opened(old, read_only=True).copy(new)
    filled(new, fresh)


def copied(old: Path, new: Path, keep: Callable[[str], bool], fresh: Iterable[bytes]) -> None:
    """The old quads of the graphs that are kept, and fresh ones; of the others no byte is in the new folder."""
    receiving, sending = os.pipe()
    faults: list[BaseException] = []
    source = opened(old, read_only=True)
    sender = threading.Thread(target=_send, args=(source, sending, faults), daemon=True)
    sender.start()
    with open(receiving, "rb") as stream:  # noqa: PTH123 - a pipe has no path
        filled(new, _chained(_kept(stream, keep), fresh))
    sender.join()
    if faults:
        raise faults[0]


def filled(new: Path, fresh: Iterable[bytes]) -> None:
    """Blocks of N-Quads taken into a store, which is made where there is none."""
    store = opened(new)
    taken(store, fresh)
    store.flush()


def opened(place: Path, *, read_only: bool = False) -> DiskStore:
    """A store of which few files are open at a time; to be written to, it is made where there is none."""
    with _few_files_open():
        return DiskStore(place, read_only=read_only)


@contextmanager
def _few_files_open() -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(soft, OPEN_FILES), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def taken(store: DiskStore, fresh: Iterable[bytes]) -> None:
    """Take blocks of whole lines of N-Quads into a store, however many there are."""
    blocks = filter(None, fresh)
    for first in blocks:
        store.load(io.BufferedReader(_Blocks(_piece(first, blocks)), BLOCK))


def _piece(first: bytes, others: Iterator[bytes]) -> Iterator[bytes]:
    """As many blocks as are taken in at once."""
    size = len(first)
    yield first
    while size < PIECE and (block := next(others, b"")):
        size += len(block)
        yield block


def _send(source: DiskStore, pipe: int, faults: list[BaseException]) -> None:
    try:
        with open(pipe, "wb") as stream:
            source.write(stream)
    except BaseException as fault:  # noqa: BLE001 - told by the thread that waits
        faults.append(fault)


def _chained(*sources: Iterable[bytes]) -> Iterator[bytes]:
    for source in sources:
        yield from source


def _kept(stream: Any, keep: Callable[[str], bool]) -> Iterator[bytes]:
    """The lines of the graphs that are kept; those of one graph stand together, so that it is asked for once."""
    last, take = b"", False
    while lines := stream.readlines(BLOCK):
        kept = []
        for line in lines:
            graph = line.rsplit(b" ", 2)[1]
            if graph != last:
                last, take = graph, keep(graph[1:-1].decode())
            if take:
                kept.append(line)
        yield b"".join(kept)


class _Blocks(io.RawIOBase):
    """Blocks of bytes as a stream."""

    def __init__(self, blocks: Iterable[bytes]) -> None:
        self._blocks = iter(blocks)
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._rest:
            self._rest = memoryview(next(self._blocks, b""))
        number = min(len(buffer), len(self._rest))
        buffer[:number] = self._rest[:number]
        self._rest = self._rest[number:]
        return number
