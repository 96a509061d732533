"""What is counted over all cases of a store, so that nobody must count it while somebody waits.

Each query in ``ontology/queries/summary`` is a count whose every part comes from one case: counted over some cases and
over some others and added, it is what it would be over all. So a store keeps its rows, adds those of cases that enter
and takes away those of cases that leave. The columns of its GROUP BY tell a row from others; the rest are numbers.

Where the last of those columns is ``?held``, a case, the numbers of all cases are added in one row, and the row names
its cases: a question finds their names one after another there, instead of cases all over the store. Which rows name a
case stands in a graph of that case, which enters and leaves with it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from reasoner.data import folder
from reasoner.rdf import Iri, Literal, Quad, Selection, nquads, term_of, term_text
from reasoner.terms import BASE, STORE, XSD, A

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from reasoner.rdf import DiskStore, MemoryStore

SUMMARY = Iri(BASE + "store/summary")
"""The graph of the rows."""
LISTS = "lists"
"""What the name of the graph of a case ends with that tells which rows name it."""
HELD = "held"
NAMES = """
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX store: <https://w3id.org/guideline-reasoner/store#>
SELECT ?held ?name { ?held store:determination ?any ; dcterms:identifier ?name }
"""

Key = tuple[str | None, ...]
"""The terms by which a row is told from others, as N-Triples writes them."""
Rows = dict[Key, list[int]]


class Part(NamedTuple):
    """What some cases of a store, or one of them, give to a row."""

    key: Key
    held: Iri | Literal | None
    """The case, where the row names its cases."""
    numbers: list[int]


@dataclass(frozen=True, slots=True)
class Count:
    """A query that counts."""

    name: str
    text: str
    keys: tuple[str, ...]
    numbers: tuple[str, ...]
    lists: bool = False
    """Whether its rows name their cases."""

    def parts(self, store: MemoryStore | DiskStore) -> list[Part]:
        """What a store holds for its rows."""
        found = store.query(self.text, {})
        assert isinstance(found, Selection)  # noqa: S101 - so is every query that counts
        return list(map(self._part, found.rows))

    def over(self, store: MemoryStore | DiskStore) -> Rows:
        """Its rows over what a store holds."""
        rows: Rows = {}
        for part in self.parts(store):
            add(rows, part, 1)
        return rows

    def _part(self, cells: tuple[Iri | Literal | None, ...]) -> Part:
        width = len(self.keys)
        key = tuple(None if cell is None else term_text(cell) for cell in cells[:width])
        numbers = [int(cell.value) if isinstance(cell, Literal) else 0 for cell in cells[width + self.lists :]]
        return Part(key, cells[width] if self.lists else None, numbers)

    def quads(self, rows: Rows) -> Iterator[Quad]:
        """Its rows as a store keeps them: things of a class that is named like the query."""
        kind = STORE["".join(word.capitalize() for word in self.name.split("-"))]
        for key, numbers in rows.items():
            node = self._node(key)
            yield Quad(node, A, kind, SUMMARY)
            for name, text in zip(self.keys, key, strict=True):
                if text is not None:
                    yield Quad(node, STORE[name], term_of(text), SUMMARY)
            for name, number in zip(self.numbers, numbers, strict=True):
                yield Quad(node, STORE[name], Literal(str(number), XSD.integer), SUMMARY)

    def listed(self, parts: Iterable[Part], names: Mapping[Iri, Literal]) -> Iterator[Quad]:
        """The cases that its rows name; ``names`` are those of cases."""
        for part in parts:
            if part.held is not None and not isinstance(part.held, Literal):
                yield Quad(self._node(part.key), STORE.case, names[part.held], list_graph(part.held))

    def _node(self, key: Key) -> Iri:
        return Iri(f"{SUMMARY}/{self.name}/{hashlib.sha256(repr(key).encode()).hexdigest()[:32]}")


def list_graph(held: Iri) -> Iri:
    """The graph that tells which rows name a case."""
    return Iri(held + LISTS)


def names_in(store: MemoryStore | DiskStore) -> dict[Iri, Literal]:
    """The names of the cases that were judged, by the IRI of the case."""
    found = store.query(NAMES, {})
    assert isinstance(found, Selection)  # noqa: S101 - by its text
    return dict(found.rows)  # type: ignore[arg-type]  # an IRI and a name in each row


def add(rows: Rows, part: Part, sign: int) -> None:
    """Add what some cases give, or take it away; a row of nothing is none."""
    before = rows.pop(part.key, [0] * len(part.numbers))
    after = [old + sign * new for old, new in zip(before, part.numbers, strict=True)]
    if any(after):
        rows[part.key] = after


@cache
def counts() -> tuple[Count, ...]:
    """The packaged queries that count, by name."""
    return tuple(_count(path) for path in sorted((folder("ontology") / "queries" / "summary").glob("*.rq")))


def _count(path: Path) -> Count:
    text = path.read_text(encoding="utf-8")
    selected = text[text.index("SELECT") : text.index("WHERE")]
    keys = tuple(word[1:] for word in text.rpartition("GROUP BY")[2].split())
    numbers = tuple(found.split(")")[0] for found in selected.split(" AS ?")[1:])
    lists = keys[-1] == HELD
    return Count(path.stem, text, keys[:-1] if lists else keys, numbers, lists)


@cache
def fingerprint() -> str:
    """A hash of all of them: rows that other queries counted cannot be added to."""
    return hashlib.sha256("\n".join(f"{c.name}\n{c.text}" for c in counts()).encode()).hexdigest()


class Sums:
    """The rows of every count over the cases that were added and not taken away."""

    def __init__(self, rows: dict[str, Rows] | None = None) -> None:
        self._rows = rows or {count.name: {} for count in counts()}

    def change(self, store: MemoryStore, sign: int) -> bytes:
        """Add what the cases of a store count for, or take it away. Gives the lists that they are in as N-Quads."""
        lists, names = b"", names_in(store)
        for count in counts():
            parts = count.parts(store)
            lists += nquads(count.listed(parts, names))
            for part in parts:
                add(self._rows[count.name], part, sign)
        return lists

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
