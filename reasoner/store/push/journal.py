"""What was sent to one server: what it holds of this store, so that it can be deleted there and need not be sent again.

A graph is noted before it is sent. So whatever a run that was ended has sent is known to the next.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import sqlite3
from typing import TYPE_CHECKING, Self

from reasoner.errors import Problem, UsageError
from reasoner.output import make_folder

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from reasoner.remote.endpoint import Endpoint

PUSHED = "pushed"
"""The folder of the journals, in a store's folder."""
TABLES = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
PRAGMA secure_delete = ON;
CREATE TABLE IF NOT EXISTS parts (part TEXT PRIMARY KEY, state TEXT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS graphs (graph TEXT PRIMARY KEY, part TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS graphs_of ON graphs (part);
"""


class Journal:
    """The journal of a store for a server, which one run at a time may hold."""

    def __init__(self, root: Path, endpoint: Endpoint) -> None:
        """Raise `UsageError` where it cannot be written, or another run holds it."""
        make_folder(root / PUSHED)
        address = f"{endpoint.scheme} {endpoint.host} {endpoint.port} {endpoint.target}"
        path = root / PUSHED / hashlib.sha256(address.encode()).hexdigest()[:16]
        self._lock = _locked(path.with_suffix(".lock"), root)
        try:
            self._database = sqlite3.connect(path.with_suffix(".sqlite"), isolation_level=None)
            self._database.executescript(TABLES)
        except sqlite3.Error as error:
            os.close(self._lock)
            words, fix = f"What was sent cannot be noted: {error}.", "Remove the folder pushed: all is sent again then."
            raise UsageError(Problem("cannot-write", str(root / PUSHED), None, words, fix)) from None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._database.close()
        os.close(self._lock)

    def state(self, part: str) -> str | None:
        """The state of a part that was sent whole."""
        row = self._database.execute("SELECT state FROM parts WHERE part = ?", (part,)).fetchone()
        return row[0] if row else None

    def parts(self) -> Iterator[str]:
        """All parts of which something may be on the server."""
        part = ""
        while row := self._database.execute("SELECT MIN(part) FROM parts WHERE part > ?", (part,)).fetchone()[0]:
            yield (part := row)

    def graphs(self, part: str) -> list[str]:
        """The graphs of a part that may be on the server."""
        rows = self._database.execute("SELECT graph FROM graphs WHERE part = ? ORDER BY graph", (part,))
        return [graph for (graph,) in rows]

    def begin(self, part: str, graphs: Iterable[str]) -> None:
        """Note that a part is about to be sent."""
        self._database.execute("BEGIN")
        self._database.execute("INSERT OR REPLACE INTO parts VALUES (?, NULL)", (part,))
        self._database.executemany("INSERT OR REPLACE INTO graphs VALUES (?, ?)", [(graph, part) for graph in graphs])
        self._database.execute("COMMIT")

    def done(self, part: str, state: str) -> None:
        """Note that a part was sent whole."""
        self._database.execute("UPDATE parts SET state = ? WHERE part = ?", (state, part))

    def deleted(self, graph: str) -> None:
        """Note that a graph is not on the server."""
        self._database.execute("DELETE FROM graphs WHERE graph = ?", (graph,))

    def forget(self, part: str) -> None:
        """Note that nothing of a part is on the server."""
        self._database.execute("DELETE FROM parts WHERE part = ?", (part,))


def _locked(path: Path, root: Path) -> int:
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        words, fix = f"What is sent cannot be noted: {error.strerror}.", "Give a store whose folder you may write to."
        raise UsageError(Problem("cannot-write", str(root), None, words, fix)) from None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        words, fix = "Another run is sending the store to this server.", "Wait for it to end."
        raise UsageError(Problem("in-use", str(root), None, words, fix)) from None
    return handle
