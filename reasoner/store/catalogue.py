"""Which cases a generation holds, of what they were made, and which graph is whose: a small database beside it."""

from __future__ import annotations

import json
import sqlite3
from contextlib import contextmanager, nullcontext
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from reasoner.store.description.tallies import TABLES as TALLIES
from reasoner.store.description.tallies import Tallies

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path

TABLES = """
CREATE TABLE IF NOT EXISTS cases (
    name TEXT PRIMARY KEY, iri TEXT NOT NULL UNIQUE, given TEXT NOT NULL, common TEXT NOT NULL,
    consulted TEXT NOT NULL, edition TEXT, sha256 TEXT, file TEXT NOT NULL, quads INTEGER NOT NULL,
    problem TEXT, part INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS graphs (graph TEXT PRIMARY KEY, name TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS graphs_of ON graphs (name);
"""
APART = 2
"""The last fields of a case, which are kept in tables of their own."""


class Entry(NamedTuple):
    """One case of a store."""

    name: str
    iri: str
    given: str
    """A hash of the case's bytes as they were read."""
    common: str
    consulted: Mapping[str, str | None]
    """The guidelines that were asked, each with the hash of its editions then."""
    edition: str | None
    sha256: str | None
    file: str
    quads: int
    problem: str | None
    """The code of the first problem of a case that was not judged."""
    part: int
    graphs: tuple[str, ...] = ()
    counts: Mapping[str, int] = MappingProxyType({})
    """What `reasoner.store.description.counts` counts of it."""


class Catalogue:
    """A catalogue in a file, which is made where there is none."""

    def __init__(self, path: Path) -> None:
        self._database = sqlite3.connect(path, isolation_level=None)
        self._database.execute("PRAGMA secure_delete = ON")
        self._database.executescript(TABLES + TALLIES)
        self._tallies = Tallies(self._database)

    def close(self) -> None:
        self._database.close()

    @contextmanager
    def change(self) -> Iterator[None]:
        """Everything in the block is kept, or nothing of it."""
        self._database.execute("BEGIN")
        try:
            yield
            self._tallies.settle()
        except BaseException:
            self._tallies.forget()
            self._database.execute("ROLLBACK")
            raise
        self._database.execute("COMMIT")

    def find(self, name: str) -> Entry | None:
        """The case of a name, without its graphs and counts."""
        return self._one("SELECT * FROM cases WHERE name = ?", name)

    def holder(self, iri: str) -> Entry | None:
        """The case whose statements are in a namespace, without its graphs and counts."""
        return self._one("SELECT * FROM cases WHERE iri = ?", iri)

    def owner(self, graph: str) -> str | None:
        """The name of the case that a graph belongs to."""
        row = self._database.execute("SELECT name FROM graphs WHERE graph = ?", (graph,)).fetchone()
        return row[0] if row else None

    def graphs(self, name: str) -> list[str]:
        """The graphs of a case, sorted."""
        rows = self._database.execute("SELECT graph FROM graphs WHERE name = ? ORDER BY graph", (name,))
        return [graph for (graph,) in rows]

    def counts_of(self, name: str) -> dict[str, int]:
        """What is counted of a case."""
        return self._tallies.of(name)

    def sums(self) -> Iterator[tuple[str, int]]:
        """What is counted of all cases together, in the order of the numbers' names."""
        return self._tallies.sums()

    def entries(self) -> Iterator[Entry]:
        """All cases in the order of their names, without their graphs and counts."""
        rows = self._database.execute("SELECT * FROM cases ORDER BY name")
        return map(_entry, rows)

    def put(self, entry: Entry) -> None:
        """Take in a case, in the place of one of the same name."""
        with self._together():
            self.drop(entry.name)
            row = entry._replace(consulted=json.dumps(entry.consulted, sort_keys=True))[:-APART]  # type: ignore[arg-type]
            self._database.execute("INSERT INTO cases VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
            rows = [(graph, entry.name) for graph in entry.graphs]
            self._database.executemany("INSERT INTO graphs VALUES (?, ?)", rows)
            self._tallies.put(entry.name, entry.counts)

    def drop(self, name: str) -> None:
        """Forget a case."""
        with self._together():
            self._database.execute("DELETE FROM cases WHERE name = ?", (name,))
            self._database.execute("DELETE FROM graphs WHERE name = ?", (name,))
            self._tallies.drop(name)

    def _together(self) -> AbstractContextManager[None]:
        """What belongs together, in the change that is made already or in one of its own."""
        return nullcontext() if self._database.in_transaction else self.change()

    def counts(self) -> dict[str, Any]:
        """How many cases and quads there are, and how many cases were not judged."""
        row = self._database.execute("SELECT COUNT(*), COUNT(problem), COALESCE(SUM(quads), 0) FROM cases").fetchone()
        return dict(zip(("cases", "refused", "quads"), row, strict=True))

    def by_edition(self) -> list[tuple[str, int]]:
        """How many cases were judged under each edition."""
        rows = self._database.execute(
            "SELECT edition, COUNT(*) FROM cases WHERE edition IS NOT NULL GROUP BY edition ORDER BY edition"
        )
        return rows.fetchall()

    def by_problem(self) -> list[tuple[str, int]]:
        """How many cases were not judged, by the code of their first problem."""
        rows = self._database.execute(
            "SELECT problem, COUNT(*) FROM cases WHERE problem IS NOT NULL GROUP BY problem ORDER BY problem"
        )
        return rows.fetchall()

    def by_consulted(self) -> Iterator[tuple[dict[str, str | None], int]]:
        """How many cases were judged on the same guidelines in the same state."""
        rows = self._database.execute("SELECT consulted, COUNT(*) FROM cases GROUP BY consulted")
        return ((json.loads(consulted), number) for consulted, number in rows)

    def save_as(self, path: Path) -> None:
        """A copy in a new file."""
        with sqlite3.connect(path) as target:
            self._database.backup(target)
        target.close()

    def _one(self, query: str, *values: str) -> Entry | None:
        row = self._database.execute(query, values).fetchone()
        return _entry(row) if row else None


def _entry(row: tuple[Any, ...]) -> Entry:
    found = Entry(*row)
    return found._replace(consulted=json.loads(found.consulted))  # type: ignore[arg-type]


class Names:
    """Names, each with a text, in a file that lasts as long as it is open: for more than fit into memory."""

    def __init__(self) -> None:
        self._database = sqlite3.connect("", isolation_level=None)
        self._database.executescript("CREATE TABLE names (name TEXT PRIMARY KEY, said TEXT) WITHOUT ROWID; BEGIN")

    def __bool__(self) -> bool:
        return self._database.execute("SELECT 1 FROM names LIMIT 1").fetchone() is not None

    def __len__(self) -> int:
        return int(self._database.execute("SELECT COUNT(*) FROM names").fetchone()[0])

    def __contains__(self, name: str) -> bool:
        return self.get(name) is not None

    def __iter__(self) -> Iterator[str]:
        return (name for (name,) in self._database.execute("SELECT name FROM names ORDER BY name"))

    def get(self, name: str) -> str | None:
        """The text that was given with a name, or nothing."""
        row = self._database.execute("SELECT said FROM names WHERE name = ?", (name,)).fetchone()
        return row[0] if row else None

    def add(self, name: str, said: str = "") -> None:
        self._database.execute("INSERT OR REPLACE INTO names VALUES (?, ?)", (name, said))
