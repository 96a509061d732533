"""The description of a store, in a graph of its own: how much it holds of what, and how it is asked.

The first is VoID, the second a SPARQL 1.1 Service Description.
The graphs of each kind are a ``void:subset`` that is named by their class. What stands between things of two classes is
told as others do it: a class partition holds property partitions, and these hold class partitions of what the property
leads to, or datatype partitions.

https://www.w3.org/TR/void/#statistics, https://www.w3.org/TR/sparql11-service-description/
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from reasoner.ontology import load_ontology
from reasoner.rdf import Iri, Literal, Quad, Triple, nquads
from reasoner.store.description.numbers import numbers
from reasoner.terms import BASE, DCTERMS, RDFS, XSD, A, Namespace, local_name
from reasoner.vocabulary import prefixed, split

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reasoner.rdf import DiskStore, Term
    from reasoner.store.description.numbers import Numbers, Part
    from reasoner.store.place import Generation

VOID = Namespace("http://rdfs.org/ns/void#")
VOID_EXT = Namespace("http://ldf.fi/void-ext#")
SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
FORMATS = Namespace("http://www.w3.org/ns/formats/")
FOAF = Namespace("http://xmlns.com/foaf/0.1/")
STORE = Iri(BASE + "store")
"""The module of the ontology that says what a store is."""
DESCRIPTION = Iri(f"{STORE}/description")
"""The graph, and the description."""
WHOLE, SERVICE, DATASET = (Iri(f"{DESCRIPTION}#{name}") for name in ("all", "service", "dataset"))
WRITTEN = (FORMATS.SPARQL_Results_CSV, FORMATS.SPARQL_Results_JSON, FORMATS.SPARQL_Results_TSV, FORMATS.Turtle)
"""The forms of answers for programs."""


def description_lines(store: DiskStore, generation: Generation) -> Iterator[bytes]:
    """The description as N-Quads: the same store gives the same bytes."""
    yield nquads(Quad(*triple, DESCRIPTION) for triple in description(numbers(store, generation)))


def description(found: Numbers) -> Iterator[Triple]:
    """What is said of a store with these numbers."""
    yield Triple(DESCRIPTION, A, VOID.DatasetDescription)
    yield Triple(DESCRIPTION, FOAF.primaryTopic, WHOLE)
    yield from _service(found)
    yield from _dataset(WHOLE, STORE, found.whole)
    yield from (Triple(WHOLE, VOID.vocabulary, Iri(space)) for space in sorted(_vocabularies(found.whole)))
    for kind, part in found.parts.items():
        yield Triple(WHOLE, VOID.subset, subset(kind))
        yield Triple(subset(kind), DCTERMS.type, kind)
        yield from _dataset(subset(kind), kind, part)
    yield from _uses(found.uses)
    yield from _ends(found.links, VOID.classPartition, VOID["class"])
    yield from _ends(found.values, VOID_EXT.datatypePartition, VOID_EXT.datatype)


def subset(kind: Iri) -> Iri:
    """The dataset of the graphs of one kind."""
    return Iri(f"{DESCRIPTION}#{local_name(kind)}")


def partition(*of: Iri, within: str = "") -> Iri:
    """The part of a dataset that has a class, a property, or both and what is at its end."""
    return Iri(f"{DESCRIPTION}#{within}{'--'.join(map(_fragment, of))}")


def _fragment(term: Iri) -> str:
    """A term as a piece of a name: by its usual prefix, such as ``core.Finding``, else by a hash."""
    prefix, colon, local = prefixed(term, {}).partition(":")
    if colon and not prefix.startswith("<"):
        return f"{prefix}.{local}"
    return hashlib.sha256(term.encode()).hexdigest()[:16]


def _service(found: Numbers) -> Iterator[Triple]:
    yield Triple(SERVICE, A, SD.Service)
    yield Triple(SERVICE, SD.supportedLanguage, SD.SPARQL11Query)
    yield Triple(SERVICE, SD.feature, SD.UnionDefaultGraph)
    yield from (Triple(SERVICE, SD.resultFormat, form) for form in WRITTEN)
    yield Triple(SERVICE, SD.defaultDataset, DATASET)
    yield Triple(DATASET, A, SD.Dataset)
    yield Triple(DATASET, SD.defaultGraph, WHOLE)
    yield Triple(WHOLE, A, SD.Graph)
    for graph, kind in sorted(found.graphs.items()):
        node = partition(graph)
        yield Triple(DATASET, SD.namedGraph, node)
        yield Triple(node, A, SD.NamedGraph)
        yield Triple(node, SD.name, graph)
        yield Triple(node, DCTERMS.type, kind)


def _dataset(node: Iri, what: Iri, part: Part) -> Iterator[Triple]:
    yield Triple(node, A, VOID.Dataset)
    yield Triple(node, RDFS.label, Literal(load_ontology().label(what), language="en"))
    yield Triple(node, VOID.triples, _number(part.triples))
    yield Triple(node, VOID.distinctSubjects, _number(part.subjects))
    yield Triple(node, VOID.entities, _number(part.entities))
    yield Triple(node, VOID.classes, _number(len(part.classes)))
    yield Triple(node, VOID.properties, _number(len(part.properties)))
    within = "" if node == WHOLE else f"{local_name(what)}--"
    by_class, by_property = (part.classes, "class", VOID.entities), (part.properties, "property", VOID.triples)
    for counts, of, number in (by_class, by_property):
        for term, count in counts.items():
            each = partition(term, within=within)
            yield Triple(node, VOID[f"{of}Partition"], each)
            yield Triple(each, VOID[of], term)
            yield Triple(each, number, _number(count))


def _uses(counts: Mapping[tuple[Iri, ...], int]) -> Iterator[Triple]:
    """What is said of things of a class."""
    for (kind, predicate), count in counts.items():
        middle = partition(kind, predicate)
        yield Triple(partition(kind), VOID.propertyPartition, middle)
        yield Triple(middle, VOID.property, predicate)
        yield Triple(middle, VOID.triples, _number(count))


def _ends(counts: Mapping[tuple[Iri, ...], int], has: Iri, of: Iri) -> Iterator[Triple]:
    """What it leads to: things of a class, or values of a datatype."""
    for (*start, end), count in counts.items():
        last = partition(*start, end)
        yield Triple(partition(*start), has, last)
        yield Triple(last, of, end)
        yield Triple(last, VOID.triples, _number(count))


def _vocabularies(part: Part) -> set[str]:
    return {split(term)[0] for term in (*part.classes, *part.properties)}


def _number(number: int) -> Term:
    return Literal(str(number), XSD.integer)
