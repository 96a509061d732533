"""The mutations of shapes: thresholds, counts, classes, kinds looked for, constraints, arms and values."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reasoner.author.mutation import changed, dropped, moved, node_of, of_shapes, without_each
from reasoner.rdf import Iri, Literal, Triple
from reasoner.terms import CORE, GUIDELINE, OWL, RDF, RDFS, SH, XSD, A

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reasoner.author.mutation import Mutation, Source
    from reasoner.ontology import Ontology

SWAPS = {
    SH.minInclusive: SH.minExclusive, SH.minExclusive: SH.minInclusive,
    SH.maxInclusive: SH.maxExclusive, SH.maxExclusive: SH.maxInclusive,
}  # fmt: skip
COUNTS = (SH.minCount, SH.maxCount, SH.qualifiedMinCount, SH.qualifiedMaxCount)
NO_CONSTRAINT = (A, SH.path, SH.targetClass, SH.severity, SH.message)


def _thresholds(source: Source) -> Iterator[Mutation]:
    for old in of_shapes(source, *SWAPS):
        if isinstance(old.object, Literal) and old.object.datatype in (XSD.integer, XSD.decimal):
            yield changed(source, "inclusive", old, SWAPS[old.predicate], old.object)
            for step in (-1, 1):
                yield changed(source, "threshold", old, old.predicate, moved(old.object, step))


def _counts(source: Source) -> Iterator[Mutation]:
    for old in of_shapes(source, *COUNTS):
        if old.subject not in source.edition.criteria and isinstance(old.object, Literal):
            yield changed(source, "count", old, old.predicate, moved(old.object, 1))


def _classes(source: Source) -> Iterator[Mutation]:
    for old in of_shapes(source, SH["class"]):
        if not isinstance(old.object, Literal):
            for parent in _parents(old.object, source.ontology):
                yield changed(source, "class", old, old.predicate, parent)


def _parents(kind: Iri, ontology: Ontology) -> list[Iri]:
    """The kinds next above one: as stated, else as its definition joins; else all findings."""
    stated = ontology.graph.iris(kind, RDFS.subClassOf)
    joined = [part for definition in ontology.graph.iris(kind, OWL.equivalentClass)
              for part in ontology.graph.members(ontology.graph.iri(definition, OWL.intersectionOf))
              if not isinstance(part, Literal) and part in ontology.declared]  # fmt: skip
    found = [p for p in stated or joined if p in ontology.declared]
    return sorted(found) or ([CORE.Finding] if kind != CORE.Finding and not ontology.is_a(kind, CORE.Cause) else [])


def _kinds(source: Source) -> Iterator[Mutation]:
    for iri in (*source.edition.criteria, *source.edition.cautions):
        kinds = source.graph.iris(iri, GUIDELINE.looksFor)
        for kind in kinds if len(kinds) > 1 else ():
            yield dropped(source, "kind", Triple(iri, GUIDELINE.looksFor, kind))


def _constraints(source: Source) -> Iterator[Mutation]:
    """Each constraint dropped; with the only one of a property the property, which else accepts everything."""
    for node in source.shapes:
        if node in source.edition.criteria or node in source.edition.cautions or source.graph.values(node, RDF.first):
            continue
        stated = [
            Triple(node, p, v) for p, values in source.graph.predicates(node).items() if _constrains(p) for v in values
        ]
        if source.graph.values(node, SH.path) and len(_joint(stated)) == 1:
            continue
        for old in sorted(stated, key=str):
            together = [t for t in stated if old.predicate in _QUALIFIED and t.predicate in _QUALIFIED]
            if not together or old.predicate == SH.qualifiedValueShape:
                made = dropped(source, "constraint", old)
                yield replace(made, dropped=frozenset(together) or made.dropped)


_QUALIFIED = (SH.qualifiedValueShape, SH.qualifiedMinCount, SH.qualifiedMaxCount)


def _joint(stated: list[Triple]) -> set[str]:
    return {"qualified" if t.predicate in _QUALIFIED else str(t) for t in stated}


def _constrains(predicate: Iri) -> bool:
    return predicate in SH and predicate not in NO_CONSTRAINT


def _arms(source: Source) -> Iterator[Mutation]:
    for holder in of_shapes(source, SH["or"], SH["and"], SH["in"]):
        yield from without_each(source, "arm", holder)


def _values(source: Source) -> Iterator[Mutation]:
    for old in of_shapes(source, SH.hasValue):
        if not isinstance(old.object, Literal):
            for sibling in _siblings(old.object, source.ontology):
                yield changed(source, "value", old, old.predicate, sibling)
    for old in of_shapes(source, SH["in"]):
        listed = source.graph.members(node_of(old.object))
        near = next((m for m in listed if not isinstance(m, Literal)), RDF.nil)
        for sibling in sorted(set(_siblings(near, source.ontology)) - set(listed)):
            cell = Iri("_:added")
            added = [
                Triple(old.subject, old.predicate, cell),
                Triple(cell, RDF.first, sibling),
                Triple(cell, RDF.rest, old.object),
            ]
            yield source.mutation("value", old.subject, f"sh:in gains {source.text.write(sibling)}", [old], added, near)


def _siblings(individual: Iri, ontology: Ontology) -> list[Iri]:
    kinds = [k for k in ontology.graph.iris(individual, A) if k != OWL.NamedIndividual]
    return sorted({s for k in kinds for s in ontology.graph.subjects(A, k)} - {individual})


SHAPES = (_thresholds, _counts, _classes, _kinds, _constraints, _arms, _values)
