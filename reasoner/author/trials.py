"""What an engine says of the small findings that are built from a criterion's own shapes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reasoner.author.asked import asked, below_of
from reasoner.author.candidates import Candidate, candidates
from reasoner.classify import classify
from reasoner.guideline.probes import shacl_of
from reasoner.rdf import Iri, Literal, Triple
from reasoner.terms import OWL, SH, A
from reasoner.validate import validate

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from reasoner.guideline.edition import Criterion, Edition
    from reasoner.ontology import Ontology
    from reasoner.rdf import Graph
    from reasoner.validate import Engine

_PROBE, _OF, _FINDING = "urn:lint:probe/", "urn:lint:of/", "urn:lint:finding/"


@dataclass(frozen=True, slots=True, eq=False)
class Trial:
    """A criterion's candidates and which of them each of its shapes accepts."""

    criterion: Criterion
    candidates: tuple[Candidate, ...]
    accepted: Mapping[Iri, frozenset[Iri]] = field(hash=False)
    untried: frozenset[Iri]
    """Shapes whose path is of a form that is not tried, or the criterion where it has too many combinations."""

    @property
    def supporting(self) -> frozenset[Iri]:
        """The candidates that speak for the criterion."""
        return self.accepted.get(self.criterion.supporting, frozenset())

    @property
    def contrary(self) -> frozenset[Iri]:
        """The candidates that speak against it."""
        return self.accepted.get(self.criterion.contrary or Iri(""), frozenset())


def trials(edition: Edition, ontology: Ontology, engine: Engine) -> tuple[Trial, ...]:
    """Every criterion and caution of an edition tried on its candidates, in one run of the engine."""
    asks = [*edition.criteria.values(), *edition.cautions.values()]
    if not asks:
        return ()
    built = [_built(criterion, number, edition, ontology) for number, criterion in enumerate(asks)]
    probes = {
        Iri(f"{_PROBE}{number}/{place}"): (number, shape)
        for number, criterion in enumerate(asks)
        for place, shape in enumerate(shapes_of(criterion, edition.graph))
    }
    data = _data([c for found, _ in built for c in found], edition.graph, ontology)
    data += [Triple(c.iri, A, _of(number)) for number, (found, _) in enumerate(built) for c in found]
    shapes = [*shacl_of(edition.graph), *_probes(probes)]
    accepted: dict[tuple[int, Iri], set[Iri]] = {}
    for result in validate(data, shapes, engine):
        if result.shape in probes:
            accepted.setdefault(probes[result.shape], set()).add(Iri(result.focus))
    return tuple(
        Trial(criterion, tuple(built[number][0]), _accepted(number, accepted), built[number][1])
        for number, criterion in enumerate(asks)
    )


def _accepted(number: int, accepted: Mapping[tuple[int, Iri], set[Iri]]) -> Mapping[Iri, frozenset[Iri]]:
    return {shape: frozenset(found) for (n, shape), found in accepted.items() if n == number}


def _built(
    criterion: Criterion, number: int, edition: Edition, ontology: Ontology
) -> tuple[list[Candidate], frozenset[Iri]]:
    asks = asked(_roots(criterion), edition.graph, ontology)
    found = candidates(criterion, edition.graph, ontology, f"{_FINDING}{number}")
    return (found or []), frozenset(asks.untried if found is not None else {criterion.iri})


def _roots(criterion: Criterion) -> list[Iri]:
    return [shape for shape in (criterion.supporting, criterion.contrary) if shape]


def shapes_of(criterion: Criterion, graph: Graph) -> list[Iri]:
    """The shapes of a criterion and the node shapes that they ask a finding to fit, members of alternatives too."""
    seen = list(_roots(criterion))
    for shape in seen:
        seen.extend(s for s in below_of(shape, graph) if s not in seen and not graph.values(s, SH.path))
    return seen


def _of(number: int) -> Iri:
    return Iri(f"{_OF}{number}")


def _probes(probes: Mapping[Iri, tuple[int, Iri]]) -> Iterator[Triple]:
    for probe, (number, shape) in probes.items():
        yield Triple(probe, A, SH.NodeShape)
        yield Triple(probe, SH.targetClass, _of(number))
        yield Triple(probe, SH["not"], shape)
        yield Triple(probe, SH.severity, SH.Info)


def _data(found: Iterable[Candidate], graph: Graph, ontology: Ontology) -> list[Triple]:
    triples = [triple for candidate in found for triple in candidate.triples]
    named = {o for _, o in graph.pairs(SH["class"]) if not isinstance(o, Literal)}
    if any(ontology.graph.values(kind, OWL.equivalentClass) for kind in named):
        triples += _inferred(triples, ontology)
    return triples


def _inferred(triples: list[Triple], ontology: Ontology) -> list[Triple]:
    """The defined classes of the candidates; those that are alike in what definitions read are classified once."""
    read = {p for _, p in ontology.graph.pairs(OWL.onProperty) if not isinstance(p, Literal)} | {A}
    stated: dict[Iri, set[Triple]] = {}
    for triple in triples:
        if triple.predicate in read and triple.subject.startswith(_FINDING):
            stated.setdefault(triple.subject, set()).add(triple)
    alike: dict[frozenset[tuple[object, object]], list[Iri]] = {}
    for subject, facts in stated.items():
        alike.setdefault(frozenset(_signature(facts, stated)), []).append(subject)
    first = {subjects[0] for subjects in alike.values()}
    sample = {t for s in first for t in _reached(s, stated)}
    kinds: dict[Iri, list[Triple]] = {}
    for triple in classify(sample, ontology):
        kinds.setdefault(triple.subject, []).append(triple)
    return [t._replace(subject=s) for subjects in alike.values() for s in subjects for t in kinds.get(subjects[0], ())]


def _signature(facts: set[Triple], stated: Mapping[Iri, set[Triple]]) -> Iterator[tuple[object, object]]:
    for _, predicate, value in facts:
        below = stated.get(value) if isinstance(value, str) else None
        yield predicate, frozenset(_signature(below, stated)) if below else value


def _reached(subject: Iri, stated: Mapping[Iri, set[Triple]]) -> set[Triple]:
    facts = stated.get(subject, set())
    below = {t.object for t in facts if not isinstance(t.object, Literal) and t.object in stated}
    return facts.union(*(_reached(b, stated) for b in below))
