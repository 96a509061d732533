"""The summary of a new generation: that of the old one, without the cases that leave, and with those that enter."""

from __future__ import annotations

import json
from contextlib import closing
from typing import TYPE_CHECKING

from reasoner.rdf import DiskStore, Iri, MemoryStore
from reasoner.store.catalogue import Catalogue
from reasoner.store.place import write_json
from reasoner.store.summary import Sums, fingerprint

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from reasoner.store.catalogue import Names
    from reasoner.store.place import Generation

FILE = "summary.json"
TOGETHER = 32 << 20
"""Bytes of N-Quads that are counted at once."""
CASES = 100
"""Cases of an old generation that are counted at once."""


def sum_up(old: Generation | None, new: Generation, gone: Names, fresh: Iterable[bytes]) -> None:
    """Write the sums of a new generation beside its quads; ``fresh`` are the quads of each case that enters."""
    sums = _start(old, gone)
    for store in _chunks(fresh):
        sums.change(store, 1)
    write_json(new.path / FILE, {"queries": fingerprint(), "rows": sums.told()})


def summary_lines(_: DiskStore, generation: Generation) -> Iterator[bytes]:
    """The sums of a generation as the graph that is asked."""
    return Sums.of(json.loads((generation.path / FILE).read_text(encoding="utf-8"))["rows"]).lines()


def _start(old: Generation | None, gone: Names) -> Sums:
    """The sums of the cases that stay: what is less is counted, those that stay or those that leave."""
    if old is None:
        return Sums()
    known = _known(old)
    with closing(Catalogue(old.catalogue)) as catalogue:
        stay = catalogue.counts()["cases"] - len(gone)
        if known is not None and len(gone) <= stay:
            _change(known, old, catalogue, gone.__contains__, -1)
            return known
        sums = Sums()
        _change(sums, old, catalogue, lambda name: name not in gone, 1)
        return sums


def _known(old: Generation) -> Sums | None:
    """The sums that the old generation has, if the same queries counted them."""
    file = old.path / FILE
    told = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    return Sums.of(told["rows"]) if told.get("queries") == fingerprint() else None


def _change(sums: Sums, old: Generation, catalogue: Catalogue, wanted: Callable[[str], bool], sign: int) -> None:
    disk, store, held = DiskStore(old.quads, read_only=True), MemoryStore(), 0
    for entry in catalogue.entries():
        if not wanted(entry.name):
            continue
        for graph in catalogue.graphs(entry.name):
            store.take(disk, Iri(graph))
        held += 1
        if held == CASES:
            sums.change(store, sign)
            store, held = MemoryStore(), 0
    if held:
        sums.change(store, sign)


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
