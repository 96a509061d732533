"""The numbers of a whole store: those of its cases, which are summed up already, and of what they were judged by."""

from __future__ import annotations

from collections import Counter, defaultdict
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reasoner.data import folder
from reasoner.rdf import Iri, Literal, Selection
from reasoner.store.catalogue import Catalogue
from reasoner.store.description.counts import ALL, Count, counted
from reasoner.store.library import query_prefixes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reasoner.rdf import DiskStore
    from reasoner.store.place import Generation


@dataclass(slots=True)
class Part:
    """The numbers of the graphs of one kind, or of all."""

    triples: int = 0
    subjects: int = 0
    entities: int = 0
    classes: Counter[Iri] = field(default_factory=Counter)
    """How many things are of each class."""
    properties: Counter[Iri] = field(default_factory=Counter)
    """How many statements have each property."""


@dataclass(slots=True)
class Numbers:
    """The numbers of a store."""

    whole: Part
    parts: dict[Iri, Part]
    """By the class of their graphs."""
    uses: Counter[tuple[Iri, ...]]
    """How many statements say something of things of a class by a property."""
    links: Counter[tuple[Iri, ...]]
    """How many of them lead to things of another class."""
    values: Counter[tuple[Iri, ...]]
    """How many of them give a value of a datatype."""
    graphs: dict[Iri, Iri]
    """The graphs of ontology, editions and ladders, each with its class."""


def numbers(store: DiskStore, generation: Generation) -> Numbers:
    """The numbers of a generation whose quads and catalogue are there."""
    with closing(Catalogue(generation.catalogue)) as catalogue:
        graphs = {graph: kind for graph, kind in _knowledge(store) if catalogue.owner(graph) is None}
        quads = [quad for graph in graphs for quad in store.quads(graph)]
        own = counted(quads, "", graphs)
        named = set(counted(quads, NOWHERE, graphs)) if quads else set()
        sums: Counter[str] = Counter(own)
        for what, number in catalogue.sums():
            _add(what, number, named, sums)
    return _sorted_out(sums, graphs)


NOWHERE = "\0"
"""What no name begins with."""


def _add(what: str, number: int, named: set[str], sums: Counter[str]) -> None:
    """A thing that is not a case's own counts once, and not if ontology, edition or ladder say the same of it."""
    if not what.startswith(Count.FOREIGN):
        sums[what] += number
    elif what not in named:
        sums[what[len(Count.FOREIGN) + 1 :].rpartition(" ")[0]] += 1


def _knowledge(store: DiskStore) -> Iterator[tuple[Iri, Iri]]:
    query = (folder("ontology") / "description" / "knowledge-graphs.rq").read_text(encoding="utf-8")
    found = store.query(query, query_prefixes())
    rows = found.rows if isinstance(found, Selection) else ()
    yield from sorted((g, k) for g, k in rows if g and k and not isinstance(g, Literal) and not isinstance(k, Literal))


def _sorted_out(sums: Counter[str], graphs: dict[Iri, Iri]) -> Numbers:
    parts: dict[str, Part] = defaultdict(Part)
    between: dict[str, Counter[tuple[Iri, ...]]] = defaultdict(Counter)
    for what, number in sums.items():
        name, first, *rest = what.split(" ")
        if name in {Count.USE, Count.LINK, Count.VALUE}:
            between[name][Iri(first), *map(Iri, rest)] = number
        else:
            _enter(parts[first], name, rest, number)
    whole = parts.pop(ALL, Part())
    whole.triples = sum(part.triples for part in parts.values())
    for part in parts.values():
        whole.properties.update(part.properties)
    uses, links, values = (between[name] for name in (Count.USE, Count.LINK, Count.VALUE))
    return Numbers(whole, {Iri(kind): parts[kind] for kind in sorted(parts)}, uses, links, values, graphs)


def _enter(part: Part, name: str, rest: list[str], number: int) -> None:
    if name == Count.TRIPLES:
        part.triples = number
    elif name == Count.SUBJECTS:
        part.subjects = number
    elif name == Count.ENTITIES:
        part.entities = number
    elif name == Count.CLASS:
        part.classes[Iri(rest[0])] = number
    elif name == Count.PROPERTY:
        part.properties[Iri(rest[0])] = number
