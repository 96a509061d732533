"""A new generation's quads: the old one's, without what is gone, and the new ones, at any number of cases."""

from __future__ import annotations

import io
import os
import threading
from typing import TYPE_CHECKING, Any

from reasoner.rdf import DiskStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

BLOCK = 1 << 20


def linked(old: Path, new: Path, fresh: Iterable[bytes]) -> int:
    """The old quads and fresh ones; the old are not copied but shared on the disk. Gives how many there are."""
    DiskStore(old, read_only=True).copy(new)
    return filled(new, fresh)


def copied(old: Path, new: Path, keep: Callable[[str], bool], fresh: Iterable[bytes]) -> int:
    """The old quads of the graphs that are kept, and fresh ones; of the others no byte is in the new folder."""
    receiving, sending = os.pipe()
    faults: list[BaseException] = []
    sender = threading.Thread(target=_send, args=(old, sending, faults), daemon=True)
    sender.start()
    with open(receiving, "rb") as stream:  # noqa: PTH123 - a pipe has no path
        number = filled(new, _chained(_kept(stream, keep), fresh))
    sender.join()
    if faults:
        raise faults[0]
    return number


def filled(new: Path, fresh: Iterable[bytes]) -> int:
    """Blocks of N-Quads taken into a store, which is made where there is none. Gives how many quads it has then."""
    store = DiskStore(new, read_only=False)
    store.load(io.BufferedReader(_Blocks(fresh), BLOCK))
    store.flush()
    return len(store)


def _send(old: Path, pipe: int, faults: list[BaseException]) -> None:
    try:
        with open(pipe, "wb") as stream:
            DiskStore(old, read_only=True).write(stream)
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
        self._blocks = filter(None, blocks)
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
