"""A store in the parts that are sent to a server: each case with all its graphs, and each graph that is of no case."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, NamedTuple

from reasoner.store.summary import fingerprint

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reasoner.rdf import DiskStore
    from reasoner.store.catalogue import Catalogue, Entry


class Part(NamedTuple):
    """What is sent together, and of what it was made."""

    name: str
    state: str
    """A hash that changes whenever one of the graphs could have changed."""
    graphs: tuple[str, ...]
    """The last one tells that the others are there."""
    is_case: bool


def parts(store: DiskStore, catalogue: Catalogue) -> Iterator[Part]:
    """Every graph of a store, each in one part: ontology, editions and the like first, then the cases."""
    for graph in store.graphs():
        if catalogue.owner(graph) is None:
            yield Part(graph, hashlib.sha256(store.lines(graph)).hexdigest(), (graph,), is_case=False)
    for entry in catalogue.entries():
        graphs = [graph for graph in catalogue.graphs(entry.name) if graph != entry.iri]
        yield Part(entry.iri, _state(entry), (*graphs, entry.iri), is_case=True)


def _state(entry: Entry) -> str:
    """By what a case was made from: the store itself judges it again only when that changes."""
    made_from = (
        entry.name, entry.iri, entry.given, entry.common, sorted(entry.consulted.items()), entry.edition, entry.sha256,
        entry.file, entry.quads, entry.problem, fingerprint(),
    )  # fmt: skip
    return hashlib.sha256(json.dumps(made_from).encode()).hexdigest()
