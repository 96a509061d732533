"""Numbers that were counted of cases, and their sums: each case's are kept, so that it can leave without being read."""

from __future__ import annotations

import json
import zlib
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Mapping

TABLES = """
CREATE TABLE IF NOT EXISTS sums (id INTEGER PRIMARY KEY, what TEXT NOT NULL UNIQUE, number INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS counts (name TEXT PRIMARY KEY, packed BLOB NOT NULL) WITHOUT ROWID;
"""
MOST = 100_000
"""Names of numbers, and changes of sums, that are held in memory."""


class Tallies:
    """The tables of one database, which is changed by whoever gives it here, a transaction at a time."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        self._ids: dict[str, int] = {}
        self._names: dict[int, str] = {}
        self._changes: Counter[int] = Counter()
        self._left = False

    def put(self, name: str, counts: Mapping[str, int]) -> None:
        """Add the numbers of a case that has none here."""
        numbers = {self._id(what): number for what, number in counts.items()}
        flat = [value for pair in sorted(numbers.items()) for value in pair]
        packed = zlib.compress(json.dumps(flat, separators=(",", ":")).encode(), level=6)
        self._database.execute("INSERT INTO counts VALUES (?, ?)", (name, packed))
        self._change(numbers, 1)

    def drop(self, name: str) -> None:
        """Take away the numbers of a case."""
        row = self._database.execute("SELECT packed FROM counts WHERE name = ?", (name,)).fetchone()
        if row:
            self._database.execute("DELETE FROM counts WHERE name = ?", (name,))
            self._left = True
            self._change(_unpacked(row[0]), -1)

    def of(self, name: str) -> dict[str, int]:
        """The numbers of a case."""
        row = self._database.execute("SELECT packed FROM counts WHERE name = ?", (name,)).fetchone()
        return {self._what(key): number for key, number in _unpacked(row[0]).items()} if row else {}

    def sums(self) -> Iterator[tuple[str, int]]:
        """Each number over all cases, in the order of their names."""
        return iter(self._database.execute("SELECT what, number FROM sums ORDER BY what"))

    def settle(self) -> None:
        """Write the sums that have changed; nothing is left of what no case counts any more."""
        rows = [(number, key) for key, number in self._changes.items() if number]
        self._database.executemany("UPDATE sums SET number = number + ? WHERE id = ?", rows)
        if self._left:
            self._database.execute("DELETE FROM sums WHERE number = 0")
            self._ids.clear()
            self._names.clear()
        self._left = False
        self._changes.clear()

    def forget(self) -> None:
        """Let go of what was not written."""
        self._left = False
        self._changes.clear()
        self._ids.clear()
        self._names.clear()

    def _change(self, numbers: Mapping[int, int], sign: int) -> None:
        for key, number in numbers.items():
            self._changes[key] += sign * number
        if len(self._changes) > MOST:
            self.settle()

    def _what(self, key: int) -> str:
        if len(self._names) > MOST:
            self._names.clear()
        if key not in self._names:
            row = self._database.execute("SELECT what FROM sums WHERE id = ?", (key,)).fetchone()
            self._names[key] = str(row[0])
        return self._names[key]

    def _id(self, what: str) -> int:
        found = self._ids.get(what)
        if found is None:
            if len(self._ids) > MOST:
                self._ids.clear()
            self._database.execute("INSERT OR IGNORE INTO sums (what, number) VALUES (?, 0)", (what,))
            row = self._database.execute("SELECT id FROM sums WHERE what = ?", (what,)).fetchone()
            self._ids[what] = found = int(row[0])
        return found


def _unpacked(packed: bytes) -> dict[int, int]:
    flat = json.loads(zlib.decompress(packed))
    return dict(zip(flat[::2], flat[1::2], strict=True))
