"""Segments, regions and the extent of a request, by the order that the ontology states."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from reasoner.terms import CORE

if TYPE_CHECKING:
    from reasoner.ontology import Ontology
    from reasoner.rdf import Graph, Iri


@cache
def segments_of(site: Iri, ontology: Ontology) -> frozenset[Iri]:
    """The segment itself, or the segments that a region is made of; a level is neither."""
    if ontology.graph.iri(site, CORE.upperLevel):
        return frozenset({site})
    return frozenset(ontology.graph.iris(site, CORE.segment))


def requested_segments(request: Iri, graph: Graph, ontology: Ontology) -> tuple[Iri, ...]:
    """The segments from a request's upper to its lower level, from above down; none where they do not join."""
    first, last = _level(request, CORE.fromLevel, graph, ontology), _level(request, CORE.toLevel, graph, ontology)
    return between(first, last, ontology) if first and last else ()


@cache
def between(first: Iri, last: Iri, ontology: Ontology) -> tuple[Iri, ...]:
    """The segments from one level down to another; none where the second is not below the first."""
    found: list[Iri] = []
    while first != last:
        below = ontology.graph.subjects(CORE.upperLevel, first)
        if not below:
            return ()
        found.append(below[0])
        lower = ontology.graph.iri(below[0], CORE.lowerLevel)
        if lower is None:
            return ()
        first = lower
    return tuple(found)


def _level(request: Iri, predicate: Iri, graph: Graph, ontology: Ontology) -> Iri | None:
    for name in (predicate, *ontology.properties_below(predicate)):
        if found := graph.iri(request, name):
            return found
    return None


def in_order(segments: set[Iri] | frozenset[Iri], ontology: Ontology) -> list[Iri]:
    """Segments from above down."""
    return sorted(segments, key=_positions(ontology).__getitem__)


@cache
def _positions(ontology: Ontology) -> dict[Iri, int]:
    graph = ontology.graph
    lower = {value for _, value in graph.pairs(CORE.lowerLevel)}
    tops = [segment for segment, level in graph.pairs(CORE.upperLevel) if level not in lower]
    order: dict[Iri, int] = {}
    for top in sorted(tops):
        segment: Iri | None = top
        while segment is not None and segment not in order:
            order[segment] = len(order)
            level = graph.iri(segment, CORE.lowerLevel)
            segment = next(iter(graph.subjects(CORE.upperLevel, level)), None) if level else None
    return order
