"""Graphs that are made of all that a generation holds: anew with every change, before anybody reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from reasoner.store.description.lines import DESCRIPTION, description_lines
from reasoner.store.fill import opened, taken
from reasoner.store.summary import SUMMARY
from reasoner.store.summing import summary_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from reasoner.rdf import DiskStore, Iri
    from reasoner.store.place import Generation


class Extra(NamedTuple):
    """One such graph."""

    graph: Iri
    """Its name, which is that of no case, edition or module of the ontology."""
    lines: Callable[[DiskStore, Generation], Iterable[bytes]]
    """Blocks of N-Quads of this graph. They may be asked of the store, and of the generation's catalogue."""


GROWN = 1.25
EXTRAS: tuple[Extra, ...] = (Extra(SUMMARY, summary_lines), Extra(DESCRIPTION, description_lines))
"""In the order in which they are made: each finds those before it in the store."""


def extra_graphs() -> frozenset[str]:
    """Their names: graphs that no generation takes over from the one before it."""
    return frozenset(extra.graph for extra in EXTRAS)


def made(new: Generation, compacted: int) -> tuple[int, int]:
    """Put them into a generation whose quads and catalogue are there.

    ``compacted`` is how many quads it had when it was last written in order; it is again where it has grown since by a
    quarter. Gives how many it has, and how many it had then.
    """
    store = opened(new.quads)
    for extra in EXTRAS:
        store.clear(extra.graph)
        taken(store, extra.lines(store, new))
    number = len(store)
    if number > GROWN * compacted:
        store.compact()
        compacted = number
    store.flush()
    return number, compacted
