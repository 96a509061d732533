"""The classes of a store and what stands between them, read from its description: what the picture shows."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reasoner.store.description.lines import VOID, VOID_EXT, WHOLE
from reasoner.terms import DCTERMS, STORE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reasoner.ontology import Ontology
    from reasoner.rdf import Graph, Iri


@dataclass(frozen=True, slots=True)
class Field:
    """A property of a class, with the classes of things and the datatypes of values that it leads to."""

    property: Iri
    number: int
    classes: tuple[Iri, ...]
    datatypes: tuple[Iri, ...]


@dataclass(frozen=True, slots=True)
class Kind:
    """A class under which things are shown."""

    iri: Iri
    number: int
    """How many things."""
    home: Iri
    """The kind of graph in which most of them are stated."""
    fields: tuple[Field, ...]


def schema(graph: Graph, ontology: Ontology) -> Mapping[Iri, Kind]:
    """The classes under which a described store shows its things, sorted; those of which something is said have fields.

    The graph is the description.
    """
    shown = {_class(graph, part): part for part in graph.iris(WHOLE, VOID.classPartition)}
    fields = {kind: tuple(sorted(_fields(graph, part), key=_order)) for kind, part in shown.items()}
    ends = {end for found in fields.values() for field in found for end in field.classes}
    drawn = sorted({kind for kind, found in fields.items() if found} | ends)
    homes = _homes(graph, frozenset(drawn), ontology)
    return {kind: Kind(kind, _number(graph, shown[kind], VOID.entities), homes[kind], fields[kind]) for kind in drawn}


def _fields(graph: Graph, part: Iri) -> Iterator[Field]:
    for middle in graph.iris(part, VOID.propertyPartition):
        classes = tuple(sorted(_class(graph, end) for end in graph.iris(middle, VOID.classPartition)))
        values = graph.iris(middle, VOID_EXT.datatypePartition)
        datatypes = sorted(d for value in values for d in graph.iris(value, VOID_EXT.datatype))
        [predicate] = graph.iris(middle, VOID.property)
        yield Field(predicate, _number(graph, middle, VOID.triples), classes, tuple(datatypes))


def _homes(graph: Graph, drawn: frozenset[Iri], ontology: Ontology) -> dict[Iri, Iri]:
    """Where most things of each class are stated to be of it or of a class below it; inferred only if nowhere else."""
    found: dict[Iri, Counter[Iri]] = defaultdict(Counter)
    for part in graph.iris(WHOLE, VOID.subset):
        [kind] = graph.iris(part, DCTERMS.type)
        for classed in graph.iris(part, VOID.classPartition):
            for above in ontology.all_above(_class(graph, classed)) & drawn:
                found[above][kind] += 0 if kind == STORE.InferredTypes else _number(graph, classed, VOID.entities)
    return {above: min(counts, key=lambda kind: (-counts[kind], kind)) for above, counts in found.items()}


def _class(graph: Graph, part: Iri) -> Iri:
    [kind] = graph.iris(part, VOID["class"])
    return kind


def _number(graph: Graph, node: Iri, predicate: Iri) -> int:
    return int(graph.text(node, predicate))


def _order(field: Field) -> tuple[int, Iri]:
    return -field.number, field.property
