"""A process that judges chunks of cases until nobody sends any more."""

from __future__ import annotations

import os
import queue
import threading
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING

from reasoner.errors import ReasonerError

if TYPE_CHECKING:
    from reasoner.batch.row import Asks
    from reasoner.cases import Manner

READY, ROWS, FAILED = "ready", "rows", "failed"


def serve(handle: int) -> None:
    """Answer each batch of cases with a batch of rows, in order, over an open socket.

    Whoever sends may always send one chunk ahead: it is taken in while another is judged, so that neither side
    ever waits for the other. When the sender is gone, however it went, the process ends at once.
    """
    line = Connection(handle)
    manner, asks = line.recv()
    chunks: queue.Queue[bytes] = queue.Queue(1)
    try:
        _judge(line, chunks, manner, asks)
    except ReasonerError as error:
        line.send((FAILED, type(error), error.problems))
    except (BrokenPipeError, ConnectionResetError):
        pass


def _judge(line: Connection, chunks: queue.Queue[bytes], manner: Manner, asks: Asks) -> None:
    from reasoner.batch.arrow import packed, unpacked  # noqa: PLC0415 - what fails here is told by the process
    from reasoner.batch.columns import determine_batch  # noqa: PLC0415

    line.send((READY, None, ()))
    threading.Thread(target=_take_in, args=(line, chunks), daemon=True).start()
    while True:
        answer = packed(determine_batch(unpacked(chunks.get()), manner, asks))
        line.send((ROWS, None, ()))
        line.send_bytes(answer)


def _take_in(line: Connection, chunks: queue.Queue[bytes]) -> None:
    try:
        while True:
            chunks.put(line.recv_bytes())
    except (EOFError, OSError):
        os._exit(0)
