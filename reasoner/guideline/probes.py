"""An edition's shapes with the probes that make one report name every witness, and its canaries.

A probe says ``sh:not`` a shape, at severity ``sh:Info``, of every finding of the kinds that a criterion looks for:
its results are exactly the findings that the shape accepts. A sighting reports every focus node that the engine
saw. SHACL 1.0, sections 4.6.1 (sh:not) and 4.1.3 (sh:nodeKind).
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from reasoner.errors import KnowledgeBaseError, Problem
from reasoner.lines import line_of
from reasoner.rdf import Graph, Iri, Triple
from reasoner.shapes import Shapes
from reasoner.terms import CORE, GUIDELINE, RDF, SH, A, local_name
from reasoner.validate import CannotRunError, Engine, Hit, Result, hits, hits_of_each, validate

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from reasoner.guideline.edition import Criterion, Edition
    from reasoner.ontology import Ontology

SUPPORTS, CONTRADICTS, SEES = "/supports", "/contradicts", "/sees"
TARGETS = (CORE.TreatmentRequest, CORE.RequestedSegment)


@cache
def shapes_with_probes(edition: Edition) -> tuple[Triple, ...]:
    """The edition's own shapes, two probes for each criterion and caution, and a sighting for each target."""
    return (*shacl_of(edition.graph), *_sightings(edition), *_probes(edition))


@cache
def compiled(edition: Edition) -> Shapes:
    """The shapes of an edition with its probes, ready for many graphs."""
    return Shapes(shapes_with_probes(edition))


def shacl_of(graph: Graph) -> list[Triple]:
    """The statements of a graph that a SHACL engine reads."""
    lists = (RDF.first, RDF.rest)
    return [t for t in graph if t.predicate in SH or t.predicate in lists or (t.predicate == A and _in_shacl(t.object))]


def _in_shacl(value: object) -> bool:
    return isinstance(value, str) and value in SH


def _sightings(edition: Edition) -> Iterator[Triple]:
    for target in TARGETS:
        node = sighting(edition, target)
        yield Triple(node, A, SH.NodeShape)
        yield Triple(node, SH.targetClass, target)
        yield Triple(node, SH.nodeKind, SH.Literal)
        yield Triple(node, SH.severity, SH.Info)


def sighting(edition: Edition, target: Iri) -> Iri:
    """The shape that reports every focus node of a target class."""
    return Iri(f"{edition.iri}{SEES}/{local_name(target)}")


def _probes(edition: Edition) -> Iterator[Triple]:
    for criterion in (*edition.criteria.values(), *edition.cautions.values()):
        yield from _probe(Iri(criterion.iri + SUPPORTS), criterion.supporting, criterion)
        if criterion.contrary:
            yield from _probe(Iri(criterion.iri + CONTRADICTS), criterion.contrary, criterion)


def _probe(node: Iri, shape: Iri, criterion: Criterion) -> Iterator[Triple]:
    yield Triple(node, A, SH.NodeShape)
    for kind in (*criterion.looks_for, GUIDELINE.Canary):
        yield Triple(node, SH.targetClass, kind)
    yield Triple(node, SH["not"], shape)
    yield Triple(node, SH.severity, SH.Info)


@cache
def untrustworthy(edition: Edition, ontology: Ontology, engine: Engine) -> frozenset[Iri]:
    """The criteria and cautions that failed their canary.

    A shape fails that accepts a bare node or a bare finding, and a criterion that a request without evidence does
    not violate.

    Raises `KnowledgeBaseError` where the engine cannot run the edition's shapes at all.
    """
    results = seen(edition, _canaries(edition, ontology), engine)
    accepted = {
        Iri(r.shape.removesuffix(suffix))
        for r in results
        for suffix in (SUPPORTS, CONTRADICTS)
        if r.shape.endswith(suffix)
    }
    violated = {(r.shape, r.focus) for r in results}
    blind = {c for c, criterion in edition.criteria.items() if (c, _canary(criterion.target)) not in violated}
    unseen = [t for t in TARGETS if (sighting(edition, t), _canary(t)) not in violated]
    return frozenset(edition.criteria) | frozenset(edition.cautions) if unseen else frozenset(accepted | blind)


def run(edition: Edition, data: Iterable[Triple], engine: Engine) -> tuple[Result, ...]:
    """The results of an edition's shapes with probes on a prepared graph."""
    try:
        return validate(data, shapes_with_probes(edition), engine)
    except CannotRunError as error:
        raise _cannot_run(edition, engine, error) from None


def seen(edition: Edition, data: Iterable[Triple], engine: Engine) -> frozenset[Hit]:
    """For which focus nodes of a prepared graph an edition's shapes and probes have a result."""
    try:
        return hits(data, compiled(edition), engine)
    except CannotRunError as error:
        raise _cannot_run(edition, engine, error) from None


def seen_of_each(edition: Edition, graphs: Sequence[Graph], engine: Engine) -> list[frozenset[Hit]]:
    """The same as `seen` for each of many prepared graphs, which see nothing of each other."""
    try:
        return hits_of_each(graphs, compiled(edition), engine)
    except CannotRunError as error:
        raise _cannot_run(edition, engine, error) from None


def _cannot_run(edition: Edition, engine: Engine, error: CannotRunError) -> KnowledgeBaseError:
    return KnowledgeBaseError(
        Problem(
            "shape-cannot-run",
            edition.file,
            line_of(edition.content, edition.iri),
            f"The {engine} engine cannot run the shapes of this edition: {error}",
            "Mend the shape that the engine names.",
        )
    )


def _canary(kind: Iri) -> Iri:
    return Iri(f"urn:canary:{local_name(kind)}")


def _canaries(edition: Edition, ontology: Ontology) -> Iterator[Triple]:
    yield Triple(_canary(GUIDELINE.Canary), A, GUIDELINE.Canary)
    for target in TARGETS:
        yield Triple(_canary(target), A, target)
    kinds = {k for c in (*edition.criteria.values(), *edition.cautions.values()) for k in c.looks_for}
    for kind in kinds:
        for ancestor in ontology.kinds_of(kind):
            yield Triple(_canary(kind), A, ancestor)
