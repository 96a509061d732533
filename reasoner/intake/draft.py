"""A case while it is checked: its quads as they were meant, and what kind of thing each subject is."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from reasoner.intake.faults import BLANK, INTAKE, rules
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
    return Graph(statements(case, unreadable))


def statements(case: Draft, unreadable: Container[Quad] = ()) -> list[Triple]:
    """The statements of that graph, some of them twice."""
    texts = _Texts()
    stated = [texts.plain(quad, bool(unreadable) and quad in unreadable) for quad in case.quads]
    return [*stated, *_entailed(case, stated), *own_statements(case)]


def own_statements(case: Draft) -> list[Triple]:
    """What intake itself says of a case: where findings are stated, which request is the whole, what there is."""
    return [*_places(case), *_requests(case), *_whole(case)]


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
    asked = _asked_kinds()
    for subject, kinds in case.kinds.items():
        for kind in kinds & asked:
            yield Triple(subject, A, kind)
    supers, declared = above(case.ontology), case.ontology.declared
    referred: set[Iri] = set()
    for subject, predicate, value in stated:
        for wider in supers.get(predicate, ()):
            yield Triple(subject, wider, value)
        if value in declared and predicate != A and not isinstance(value, Literal):
            referred.add(value)
    for term in referred:
        yield from _about(term, case.ontology)


@cache
def _asked_kinds() -> frozenset[Iri]:
    """The kinds that the shapes speak of."""
    return frozenset(t.object for t in rules() if not isinstance(t.object, Literal))


@cache
def _about(term: Iri, ontology: Ontology) -> tuple[Triple, ...]:
    """What a term of the ontology is, or is below."""
    if term in classes(ontology):
        return tuple(Triple(term, RDFS.subClassOf, kind) for kind in ontology.all_above(term))
    return tuple(Triple(term, A, kind) for kind in ontology_kinds(term, ontology) & _asked_kinds())


def _places(case: Draft) -> Iterator[Triple]:
    stated = {(subject, graph) for subject, _, _, graph in case.quads}
    for name in {graph for _, graph in stated if graph}:
        yield Triple(name, A, INTAKE.NamedGraph)
    for subject, graph in stated:
        if CORE.Finding in case.kinds[subject]:
            yield Triple(subject, INTAKE.statedIn, graph or INTAKE.DefaultGraph)


def _requests(case: Draft) -> Iterator[Triple]:
    part_of = CORE.partOf
    parts = {subject for subject, predicate, _, _ in case.quads if predicate == part_of}
    for request in case.of_kind(CORE.TreatmentRequest):
        yield Triple(request, A, INTAKE.PartRequest if request in parts else INTAKE.WholeRequest)
        if request not in parts:
            yield Triple(INTAKE.TheCase, INTAKE.whole, request)
        if case.is_a(request, CORE.SegmentalProcedure):
            yield Triple(request, A, INTAKE.SegmentalRequest)


_PARTS_OF_A_CASE = (
    (CORE.UtilizationReviewDecision, INTAKE.decision),
    (CORE.ChartDocument, INTAKE.document),
    (CORE.Finding, INTAKE.finding),
)


def _whole(case: Draft) -> Iterator[Triple]:
    for kind, relation in _PARTS_OF_A_CASE:
        yield from (Triple(INTAKE.TheCase, relation, one) for one, kinds in case.kinds.items() if kind in kinds)
