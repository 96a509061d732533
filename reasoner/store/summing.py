"""The summary of a new generation: that of the old one, without the cases that leave, and with those that enter."""

from __future__ import annotations

import json
from contextlib import closing
from typing import TYPE_CHECKING

from reasoner.rdf import DiskStore, Iri, MemoryStore
from reasoner.store.catalogue import Catalogue
from reasoner.store.fill import opened
from reasoner.store.place import write_json
from reasoner.store.summary import Sums, fingerprint, list_graph

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator

    from reasoner.store.catalogue import Names
    from reasoner.store.place import Generation

FILE = "summary.json"
TOGETHER = 32 << 20
"""Bytes of N-Quads that are counted at once."""
CASES = 100
"""Cases of an old generation that are counted at once."""


def sum_up(old: Generation | None, new: Generation, gone: Names, fresh: Iterable[bytes]) -> Iterator[bytes]:
    """Write the sums of a new generation beside its quads; ``fresh`` are the quads of each case that enters.

    Gives the graphs that tell which rows name a case: those of these cases, and of all where the old generation has no
    sums.
    """
    sums = yield from _start(old, gone)
    for store in _chunks(fresh):
        yield sums.change(store, 1)
    write_json(new.path / FILE, {"queries": fingerprint(), "rows": sums.told()})


def sums_of(old: Generation) -> Sums | None:
    """The sums that a generation has, if the same queries counted them."""
    file = old.path / FILE
    told = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    return Sums.of(told["rows"]) if told.get("queries") == fingerprint() else None


def summary_lines(_: DiskStore, generation: Generation) -> Iterator[bytes]:
    """The sums of a generation as the graph that is asked."""
    return Sums.of(json.loads((generation.path / FILE).read_text(encoding="utf-8"))["rows"]).lines()


def unlist(old: Generation, new: Generation) -> None:
    """Take out of a new generation which rows name the cases of an old one, where other queries counted these."""
    with closing(Catalogue(old.catalogue)) as catalogue:
        store = opened(new.quads)
        for entry in catalogue.entries():
            store.clear(list_graph(Iri(entry.iri)))
        store.flush()


def _start(old: Generation | None, gone: Names) -> Generator[bytes, None, Sums]:
    """The sums of the cases that stay: what is less is counted, those that stay or those that leave."""
    if old is None:
        return Sums()
    known = sums_of(old)
    with closing(Catalogue(old.catalogue)) as catalogue:
        stay = catalogue.counts()["cases"] - len(gone)
        if known is not None and len(gone) <= stay:
            for store in _cases(old, catalogue, gone.__contains__):
                known.change(store, -1)
            return known
        sums = Sums()
        for store in _cases(old, catalogue, lambda name: name not in gone):
            yield sums.change(store, 1)
        return sums


def _cases(old: Generation, catalogue: Catalogue, wanted: Callable[[str], bool]) -> Iterator[MemoryStore]:
    """Stores of some cases each of an old generation."""
    disk, store, held = DiskStore(old.quads, read_only=True), MemoryStore(), 0
    for entry in catalogue.entries():
        if not wanted(entry.name):
            continue
        for graph in catalogue.graphs(entry.name):
            store.take(disk, Iri(graph))
        held += 1
        if held == CASES:
            yield store
            store, held = MemoryStore(), 0
    if held:
        yield store


def _chunks(cases: Iterable[bytes]) -> Iterator[MemoryStore]:
    """Stores of some cases each, as they come: no case is in two."""
    store, size = MemoryStore(), 0
    for lines in cases:
        store.load(lines)
        size += len(lines)
        if size >= TOGETHER:
            yield store
            store, size = MemoryStore(), 0
    if size:
        yield store
