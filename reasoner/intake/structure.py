"""Rules on the shape of a case that SHACL Core cannot say: kinds, graphs, units and the order of levels."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from reasoner.intake.draft import above
from reasoner.intake.faults import BLANK, INTAKE, Fault, allowed
from reasoner.rdf import Iri, Literal
from reasoner.terms import CORE, OWL, A

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reasoner.intake.draft import Draft
    from reasoner.ontology import Ontology


def faults(case: Draft) -> Iterator[Fault]:
    """Everything wrong that no single statement shows."""
    for subject, kinds in case.kinds.items():
        if not kinds and subject not in case.unsure:
            yield Fault(INTAKE.UntypedSubject, subject)
        if kinds == {CORE.Finding} and subject not in case.unsure:
            yield Fault(INTAKE.KindOfFindingMissing, subject)
        if pair := _disjoint(kinds, case.ontology):
            yield Fault(INTAKE.DisjointClasses, subject, terms=(("classes", pair),))
    yield from _blank(case)
    yield from _misplaced(case)
    yield from _units(case)
    yield from levels(case)


@cache
def _disjoint_lists(ontology: Ontology) -> tuple[frozenset[Iri], ...]:
    graph = ontology.graph
    heads = [graph.iri(node, OWL.members) for node in graph.subjects(A, OWL.AllDisjointClasses)]
    return tuple(frozenset(Iri(str(kind)) for kind in graph.members(head)) for head in heads)


def _disjoint(stated: frozenset[Iri], ontology: Ontology) -> tuple[Iri, ...]:
    common = (sorted(kinds & stated) for kinds in _disjoint_lists(ontology))
    return next((tuple(found) for found in common if len(found) > 1), ())


def _blank(case: Draft) -> Iterator[Fault]:
    terms = (term for quad in case.quads for term in (quad.subject, quad.object, quad.graph))
    if any(isinstance(term, str) and term.startswith(BLANK) for term in terms):
        yield Fault(INTAKE.BlankNode, Iri(BLANK))


def _misplaced(case: Draft) -> Iterator[Fault]:
    belong = allowed(INTAKE.DocumentClasses)
    for subject, graph in dict.fromkeys((quad.subject, quad.graph) for quad in case.quads):
        kinds = case.kinds[subject]
        if graph and kinds and not kinds & belong and subject not in case.unsure:
            yield Fault(INTAKE.OutsideDefaultGraph, subject, terms=(("graph", graph),))


def _units(case: Draft) -> Iterator[Fault]:
    for quad in case.quads:
        if quad.predicate != CORE.unit or not isinstance(quad.object, Literal):
            continue
        kinds = case.kinds[quad.subject]
        units = sorted({case.ontology.graph.text(kind, CORE.inUnit) for kind in kinds} - {""})
        if units and quad.object.value not in units:
            yield Fault(INTAKE.WrongUnit, quad.subject, quad.predicate, words=(("unit", units[0]),))


def levels(case: Draft) -> Iterator[Fault]:
    """Requests that go from a level to one that is not below it."""
    starts, ends = _by_subject(case, CORE.fromLevel), _by_subject(case, CORE.toLevel)
    next_below = _order(case.ontology)
    known = next_below.keys() | set(next_below.values())
    for subject in sorted(starts.keys() & ends.keys()):
        (predicate, start), (_, end) = starts[subject], ends[subject]
        if {start, end} <= known and end not in _below(start, next_below):
            yield Fault(INTAKE.LevelsReversed, subject, predicate, (("from", start), ("to", end)))


def _by_subject(case: Draft, relation: Iri) -> dict[Iri, tuple[Iri, Iri]]:
    """The property and value by which each subject states the relation, or one below it."""
    supers = above(case.ontology)
    return {
        quad.subject: (quad.predicate, quad.object)
        for quad in case.quads
        if not isinstance(quad.object, Literal)
        and (quad.predicate == relation or relation in supers.get(quad.predicate, ()))
    }


@cache
def _order(ontology: Ontology) -> Mapping[Iri, Iri]:
    """Each level and the next one below it, as the segments say."""
    graph = ontology.graph
    pairs = [(graph.iri(segment, CORE.lowerLevel), upper) for segment, upper in graph.pairs(CORE.upperLevel)]
    return {upper: lower for lower, upper in pairs if lower and not isinstance(upper, Literal)}


def _below(level: Iri, next_below: Mapping[Iri, Iri]) -> set[Iri]:
    found: set[Iri] = set()
    step = next_below.get(level)
    while step and step not in found:
        found.add(step)
        step = next_below.get(step)
    return found
