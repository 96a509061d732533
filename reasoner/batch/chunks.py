"""Cases on their way to the workers: cut into chunks and parts, the same whatever the number of workers."""

from __future__ import annotations

import hashlib
import zlib
from typing import TYPE_CHECKING

from reasoner.batch.arrow import Batch, given_batch
from reasoner.batch.columns import rows_batch
from reasoner.batch.pool import PartEnd, Task
from reasoner.batch.row import CaseText
from reasoner.batch.unread import unread_row

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from reasoner.batch.row import Asks
    from reasoner.batch.unread import Item

CHUNK_CASES = 50
"""Cases that are sent to a worker at once: half as much memory as for a hundred, in the same time (measured)."""
CHUNK_GRAPHS = 25
"""The same where each comes back with its determination as N-Quads."""
CHUNK_BYTES = 4 << 20


class Reading:
    """Items read one after another, with a hash of all that was read."""

    def __init__(self, items: Iterable[Item]) -> None:
        self._items = iter(items)
        self._hash = hashlib.sha256()
        self.number = 0

    def __iter__(self) -> Iterator[Item]:
        for item in self._items:
            self.number += 1
            self._hash.update(_mark(item))
            yield item

    def end(self) -> PartEnd:
        return PartEnd(self.number, self._hash.hexdigest())

    def skip(self, number: int) -> PartEnd:
        """Read on to a number of items, or to the end if there are fewer."""
        if self.number < number:
            for _ in self:
                if self.number == number:
                    break
        return self.end()


def _mark(item: Item) -> bytes:
    """What tells an item from another; of its content a checksum, which costs a tenth of a hash."""
    if isinstance(item, CaseText):
        told = (item.name, item.file, item.ending, len(item.content), zlib.crc32(item.content))
        return repr(told).encode()
    return repr((item.name, item.file, item.problem)).encode()


def tasks(reading: Reading, asks: Asks, part_size: int) -> Iterator[Task]:
    """The items as chunks; no chunk goes over the end of a part, and each part's end is a task of its own."""
    held: list[CaseText] = []
    size, most, start = 0, CHUNK_GRAPHS if asks.determination or asks.dossier else CHUNK_CASES, reading.number
    for item in reading:
        if isinstance(item, CaseText):
            held.append(item)
            size += len(item.content)
        full = len(held) >= most or size >= CHUNK_BYTES
        ended = reading.number - start >= part_size
        if held and (full or ended or not isinstance(item, CaseText)):
            yield Task(given_batch(held))
            held, size = [], 0
        if not isinstance(item, CaseText):
            yield Task(None, _row(item, asks))
        if ended:
            yield Task(None, ends=reading.end())
            start = reading.number
    if held:
        yield Task(given_batch(held))
    if reading.number > start:
        yield Task(None, ends=reading.end())


def _row(item: Item, asks: Asks) -> Batch:
    assert not isinstance(item, CaseText)  # noqa: S101 - those are judged
    return rows_batch([unread_row(item)], asks)
