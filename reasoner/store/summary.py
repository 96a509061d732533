"""What is counted over all cases of a store, so that nobody must count it while somebody waits.

Each query in ``ontology/queries/summary`` is a count whose every part comes from one case: counted over some cases and
over some others and added, it is what it would be over all. So a store keeps its rows, adds those of cases that enter
and takes away those of cases that leave. The columns of its GROUP BY tell a row from others; the rest are numbers.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from reasoner.data import folder
from reasoner.rdf import Iri, Literal, Quad, Selection, nquads, term_of, term_text
from reasoner.terms import BASE, STORE, XSD, A

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from reasoner.rdf import DiskStore, MemoryStore

SUMMARY = Iri(BASE + "store/summary")
"""The graph."""

Key = tuple[str | None, ...]
"""The terms by which a row is told from others, as N-Triples writes them."""
Rows = dict[Key, list[int]]


@dataclass(frozen=True, slots=True)
class Count:
    """A query that counts."""

    name: str
    text: str
    keys: tuple[str, ...]
    numbers: tuple[str, ...]

    def over(self, store: MemoryStore | DiskStore) -> Rows:
        """Its rows over what a store holds."""
        found = store.query(self.text, {})
        assert isinstance(found, Selection)  # noqa: S101 - so is every query that counts
        return dict(map(self._row, found.rows))

    def _row(self, cells: tuple[Iri | Literal | None, ...]) -> tuple[Key, list[int]]:
        key = tuple(None if cell is None else term_text(cell) for cell in cells[: len(self.keys)])
        return key, [int(cell.value) if isinstance(cell, Literal) else 0 for cell in cells[len(self.keys) :]]

    def quads(self, rows: Rows) -> Iterator[Quad]:
        """Its rows as a store keeps them: things of a class that is named like the query."""
        kind = STORE["".join(word.capitalize() for word in self.name.split("-"))]
        for key, numbers in rows.items():
            node = Iri(f"{SUMMARY}/{self.name}/{hashlib.sha256(repr(key).encode()).hexdigest()[:32]}")
            yield Quad(node, A, kind, SUMMARY)
            for name, text in zip(self.keys, key, strict=True):
                if text is not None:
                    yield Quad(node, STORE[name], term_of(text), SUMMARY)
            for name, number in zip(self.numbers, numbers, strict=True):
                yield Quad(node, STORE[name], Literal(str(number), XSD.integer), SUMMARY)


@cache
def counts() -> tuple[Count, ...]:
    """The packaged queries that count, by name."""
    return tuple(_count(path) for path in sorted((folder("ontology") / "queries" / "summary").glob("*.rq")))


def _count(path: Path) -> Count:
    text = path.read_text(encoding="utf-8")
    selected = text[text.index("SELECT") : text.index("WHERE")]
    keys = tuple(word[1:] for word in text.rpartition("GROUP BY")[2].split())
    numbers = tuple(found.split(")")[0] for found in selected.split(" AS ?")[1:])
    return Count(path.stem, text, keys, numbers)


@cache
def fingerprint() -> str:
    """A hash of all of them: rows that other queries counted cannot be added to."""
    return hashlib.sha256("\n".join(f"{c.name}\n{c.text}" for c in counts()).encode()).hexdigest()


class Sums:
    """The rows of every count over the cases that were added and not taken away."""

    def __init__(self, rows: dict[str, Rows] | None = None) -> None:
        self._rows = rows or {count.name: {} for count in counts()}

    def change(self, store: MemoryStore, sign: int) -> None:
        """Add what the cases of a store count for, or take it away."""
        for count in counts():
            held = self._rows[count.name]
            for key, numbers in count.over(store).items():
                before = held.pop(key, [0] * len(numbers))
                after = [old + sign * new for old, new in zip(before, numbers, strict=True)]
                if any(after):
                    held[key] = after

    def told(self) -> dict[str, list[list[object]]]:
        """All rows as plain values."""
        return {name: [[*key, *numbers] for key, numbers in _sorted(rows)] for name, rows in self._rows.items()}

    @classmethod
    def of(cls, told: dict[str, list[list[object]]]) -> Sums:
        """The rows of plain values."""
        return cls({c.name: dict(_split(row, len(c.keys)) for row in told[c.name]) for c in counts()})

    def lines(self) -> Iterator[bytes]:
        """All rows as N-Quads."""
        for count in counts():
            yield nquads(count.quads(self._rows[count.name]))


def _sorted(rows: Rows) -> list[tuple[Key, list[int]]]:
    return sorted(rows.items(), key=lambda row: tuple(text or "" for text in row[0]))


def _split(row: list[object], keys: int) -> tuple[Key, list[int]]:
    return tuple(row[:keys]), list(row[keys:])  # type: ignore[arg-type]  # as `told` wrote them
