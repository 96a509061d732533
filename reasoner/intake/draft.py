"""A case while it is checked: its quads as they were meant, and what kind of thing each subject is."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from reasoner.intake.faults import BLANK, INTAKE
from reasoner.intake.usage import classes
from reasoner.rdf import Graph, Iri, Literal, Quad, Triple
from reasoner.terms import CORE, OWL, RDFS, XSD, A

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping, Sequence

    from reasoner.ontology import Ontology


_COMPARED = frozenset({XSD.integer, XSD.decimal, XSD.boolean, XSD.date, XSD.gYearMonth, XSD.gYear})


@dataclass(frozen=True, slots=True, eq=False)
class Draft:
    """Quads, the classes stated of every subject, all above these, and the subjects in doubt."""

    quads: Sequence[Quad]
    stated: Mapping[Iri, tuple[Iri, ...]]
    kinds: Mapping[Iri, frozenset[Iri]]
    unsure: frozenset[Iri]
    ontology: Ontology

    def is_a(self, subject: Iri, kind: Iri) -> bool:
        """Whether the subject is of the kind, by its stated classes."""
        return kind in self.kinds.get(subject, ())

    def of_kind(self, kind: Iri) -> list[Iri]:
        """The subjects of a kind, sorted."""
        return sorted(subject for subject, kinds in self.kinds.items() if kind in kinds)


def draft(quads: Sequence[Quad], unsure: frozenset[Iri], ontology: Ontology) -> Draft:
    """The quads with the kinds of their subjects."""
    stated: dict[Iri, list[Iri]] = {quad.subject: [] for quad in quads}
    for quad in quads:
        if quad.predicate == A and not isinstance(quad.object, Literal):
            stated[quad.subject].append(quad.object)
    kinds = {subject: frozenset[Iri]().union(*map(ontology.kinds_of, found)) for subject, found in stated.items()}
    return Draft(quads, {subject: tuple(found) for subject, found in stated.items()}, kinds, unsure, ontology)


def named(quads: Iterable[Quad]) -> list[Quad]:
    """The quads with names for blank nodes, in order of their appearance."""
    names: dict[str, Iri] = {}

    def name(term: Iri) -> Iri:
        return names.setdefault(term, Iri(f"{BLANK}{len(names)}")) if term.startswith("_:") else term

    return [
        Quad(
            name(quad.subject), quad.predicate,
            quad.object if isinstance(quad.object, Literal) else name(quad.object),
            name(quad.graph) if quad.graph else None,
        )
        for quad in quads
    ]  # fmt: skip


@cache
def above(ontology: Ontology) -> Mapping[Iri, frozenset[Iri]]:
    """Every property that has properties above it, and those."""
    parents = {
        p: frozenset(ontology.graph.iris(p, RDFS.subPropertyOf)) for p, _ in ontology.graph.pairs(RDFS.subPropertyOf)
    }
    return {p: frozenset(_climb(p, parents)) for p in parents}


def _climb(term: Iri, parents: Mapping[Iri, frozenset[Iri]]) -> set[Iri]:
    seen: set[Iri] = set()
    waiting = [term]
    while waiting:
        fresh = parents.get(waiting.pop(), frozenset()) - seen
        seen |= fresh
        waiting.extend(fresh)
    return seen


def ontology_kinds(term: Iri, ontology: Ontology) -> frozenset[Iri]:
    """The kinds of an individual that the ontology names."""
    stated = [kind for kind in ontology.graph.iris(term, A) if kind != OWL.NamedIndividual]
    return frozenset[Iri]().union(*(ontology.kinds_of(kind) for kind in stated))


def prepared(case: Draft, unreadable: Container[Quad]) -> Graph:
    """What the shapes of intake are run on: see the head of shapes/intake.ttl."""
    texts = _Texts()
    stated = [texts.plain(quad, quad in unreadable) for quad in case.quads]
    return Graph([*stated, *_entailed(case, stated), *_places(case), *_requests(case), *_whole(case)])


class _Texts:
    """Puts numbered words in the place of a case's own, which no shape needs and no engine need see."""

    def __init__(self) -> None:
        self.numbers: dict[Literal, int] = {}

    def plain(self, quad: Quad, unreadable: bool) -> Triple:  # noqa: FBT001
        value = quad.object
        if not isinstance(value, Literal) or (value.datatype in _COMPARED and not unreadable):
            return quad.triple
        number = self.numbers.setdefault(value, len(self.numbers))
        plain = Iri(f"{INTAKE.Unreadable}{number}") if unreadable else Literal(f"text {number}")
        return Triple(quad.subject, quad.predicate, plain)


def _entailed(case: Draft, stated: Iterable[Triple]) -> Iterator[Triple]:
    for subject, kinds in case.kinds.items():
        yield from (Triple(subject, A, kind) for kind in kinds)
    supers = above(case.ontology)
    for subject, predicate, value in stated:
        yield from (Triple(subject, wider, value) for wider in supers.get(predicate, ()))
        if not isinstance(value, Literal) and value in case.ontology.declared and predicate != A:
            relation = RDFS.subClassOf if value in classes(case.ontology) else A
            found = case.ontology.all_above(value) if relation != A else ontology_kinds(value, case.ontology)
            yield from (Triple(value, relation, kind) for kind in found)


def _places(case: Draft) -> Iterator[Triple]:
    for quad in case.quads:
        if quad.graph:
            yield Triple(quad.graph, A, INTAKE.NamedGraph)
        if case.is_a(quad.subject, CORE.Finding):
            yield Triple(quad.subject, INTAKE.statedIn, quad.graph or INTAKE.DefaultGraph)


def _requests(case: Draft) -> Iterator[Triple]:
    parts = {quad.subject for quad in case.quads if quad.predicate == CORE.partOf}
    for request in case.of_kind(CORE.TreatmentRequest):
        yield Triple(request, A, INTAKE.PartRequest if request in parts else INTAKE.WholeRequest)
        if request not in parts:
            yield Triple(INTAKE.TheCase, INTAKE.whole, request)
        if case.is_a(request, CORE.SegmentalProcedure):
            yield Triple(request, A, INTAKE.SegmentalRequest)


def _whole(case: Draft) -> Iterator[Triple]:
    for relation, kind in (
        (INTAKE.decision, CORE.UtilizationReviewDecision),
        (INTAKE.document, CORE.ChartDocument),
        (INTAKE.finding, CORE.Finding),
    ):
        yield from (Triple(INTAKE.TheCase, relation, one) for one in case.of_kind(kind))
