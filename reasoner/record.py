"""A prepared case as plain frozen values: after this no step touches a graph."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, NamedTuple

from reasoner.dates import Interval, interval, spoken
from reasoner.places import in_order, requested_segments, segments_of
from reasoner.rdf import Graph, Iri, Literal, Term
from reasoner.terms import CORE, DCTERMS, OWL, PROV, RDFS, A, local_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from reasoner.ontology import Ontology


class Document(NamedTuple):
    """A chart document."""

    iri: Iri
    label: str
    role: str
    role_iri: Iri | None
    date: Interval | None
    after_decision: bool


class Finding(NamedTuple):
    """One finding, with the document and words that it rests on."""

    iri: Iri
    document: Document | None
    kind: Iri
    kinds: frozenset[Iri]
    observed: Interval | None
    sites: tuple[Iri, ...]
    concerns: tuple[Iri, ...]
    stated: Mapping[Iri, list[Term]]
    """All that is stated or derived of it, by property."""

    def named(self, predicate: Iri) -> tuple[Iri, ...]:
        """The values of a property that are no literals."""
        return _named(self.stated, predicate)

    def told(self, predicate: Iri) -> str:
        """The first literal of a property, or nothing."""
        return _text(self.stated, predicate)

    @property
    def presence(self) -> Iri | None:
        return next(iter(self.named(CORE.presence)), None)

    @property
    def page(self) -> str:
        return self.told(CORE.page)

    @property
    def words(self) -> str:
        """The document's own words, else what it says in other words."""
        return self.told(CORE.quote) or self.told(CORE.paraphrase)

    @property
    def quoted(self) -> bool:
        """Whether these are the document's own words."""
        return bool(self.told(CORE.quote))

    @property
    def ended_by(self) -> tuple[Iri, ...]:
        return self.named(CORE.endedBy)

    @property
    def overruled_by(self) -> tuple[Iri, ...]:
        return self.named(CORE.overruledBy)

    @property
    def derived_from(self) -> tuple[Iri, ...]:
        return self.named(PROV.wasDerivedFrom)

    @property
    def values(self) -> Mapping[str, str]:
        """The literal properties by local name, derived ones included."""
        return _literals(self.stated)

    @property
    def qualities(self) -> tuple[tuple[Iri, Iri], ...]:
        """The properties that are not literals, kinds apart."""
        return tuple((p, v) for p in sorted(self.stated) if p != A for v in _named(self.stated, p))


@dataclass(frozen=True, slots=True)
class Request:
    """A request or a part of one."""

    iri: Iri
    kinds: frozenset[Iri]
    procedures: tuple[Iri, ...]
    """The most special procedure classes, inferred ones included."""
    stated_procedures: tuple[Iri, ...]
    """The most special procedure classes that are not defined by others."""
    segments: tuple[Iri, ...]
    evidence: frozenset[Iri]
    by_segment: Mapping[Iri, Focus] = field(hash=False)
    part_of: Iri | None


@dataclass(frozen=True, slots=True)
class Focus:
    """A requested segment's node and what counts, and may count, there."""

    node: Iri
    evidence: frozenset[Iri]
    possible: frozenset[Iri]


@dataclass(frozen=True, slots=True)
class Ground:
    """A reason that the utilization review decision gives."""

    iri: Iri
    statement: str
    about: tuple[Iri, ...]


@dataclass(frozen=True, slots=True)
class Adjudication:
    """A reviewer's decision which of two findings to believe."""

    iri: Iri
    prefers: frozenset[Iri]
    over: frozenset[Iri]
    reason: str
    on: Interval | None


@dataclass(frozen=True, slots=True)
class Service:
    """What an appeal asks for, where that is said apart."""

    appeal: Iri
    iri: Iri
    on: Interval | None
    stated_procedures: tuple[Iri, ...]
    segments: tuple[Iri, ...]


@dataclass(frozen=True, eq=False)
class Record:
    """Everything of a case that a determination is made from."""

    case: str
    as_of: date
    requests: tuple[Request, ...]
    findings: Mapping[Iri, Finding]
    documents: tuple[Document, ...]
    late_documents: tuple[Document, ...]
    patient: Iri | None
    patient_values: Mapping[str, str]
    injured: Interval | None
    decision: Iri | None
    decided: Interval | None
    grounds: tuple[Ground, ...]
    adjudications: tuple[Adjudication, ...]
    services: tuple[Service, ...]
    events: Mapping[Iri, str]
    anchors: Mapping[str, str]
    """The day each count is from, in words, by the stem of the properties that count from it."""

    @cached_property
    def whole(self) -> Request:
        """The request that is part of no other."""
        return next(r for r in self.requests if r.part_of is None)

    def of_kinds(self, kinds: Iterable[Iri]) -> frozenset[Iri]:
        """The findings of any of these kinds."""
        return _NONE.union(*(self.by_kind.get(kind, _NONE) for kind in kinds))

    @cached_property
    def by_kind(self) -> Mapping[Iri, frozenset[Iri]]:
        """The findings of each kind."""
        found: dict[Iri, list[Iri]] = {}
        for iri, finding in self.findings.items():
            for kind in finding.kinds:
                found.setdefault(kind, []).append(iri)
        return {kind: frozenset(findings) for kind, findings in found.items()}

    @property
    def parts(self) -> tuple[Request, ...]:
        return tuple(r for r in self.requests if r.part_of is not None)


_NONE = frozenset[Iri]()


def make_up(whole: Request, parts: Iterable[Request]) -> bool:
    """Whether the parts together are the whole: every segment of it in some part, and no other."""
    return {segment for part in parts for segment in part.segments} == set(whole.segments)


def record(case: str, graph: Graph, as_of: date, late: list[Iri], ontology: Ontology) -> Record:
    """The record of a prepared graph."""
    documents = {
        d: _document(d, graph, ontology)
        for d in sorted({o for _, o in graph.pairs(CORE.reportedIn) if not isinstance(o, Literal)})
    }
    findings = {f: _finding(f, graph, documents, ontology) for f in graph.subjects(A, CORE.Finding)}
    patient = next((o for _, o in graph.pairs(CORE.patient) if not isinstance(o, Literal)), None)
    decision = next((s for s, _ in graph.pairs(CORE.decidedOn)), None)
    requests = (_request(r, graph, ontology) for r in graph.subjects(A, CORE.TreatmentRequest))
    return Record(
        case=case,
        as_of=as_of,
        requests=tuple(sorted(requests, key=lambda r: (r.part_of or "", _position(r, ontology), r.iri))),
        findings=findings,
        documents=tuple(documents.values()),
        late_documents=tuple(_document(d, graph, ontology) for d in late),
        patient=patient,
        patient_values=_literals(graph.predicates(patient)) if patient else {},
        injured=_when(patient, CORE.injuredOn, graph),
        decision=decision,
        decided=_when(decision, CORE.decidedOn, graph),
        grounds=tuple(
            Ground(g, graph.text(g, CORE.statement), tuple(graph.iris(g, CORE.about)))
            for g in sorted(o for _, o in graph.pairs(CORE.ground) if not isinstance(o, Literal))
        ),
        adjudications=tuple(_adjudication(a, graph, findings) for a in graph.subjects(A, CORE.Adjudication)),
        services=tuple(_service(s, graph, ontology) for s, o in graph.pairs(CORE.asksFor)),
        events={s: text for s, _ in graph.pairs(RDFS.label) if (text := graph.text(s, RDFS.label))},
        anchors=_anchors(graph, as_of, ontology),
    )


def _position(request: Request, ontology: Ontology) -> list[str]:
    return [ontology.label(s) for s in request.segments]


def _document(iri: Iri, graph: Graph, ontology: Ontology) -> Document:
    kinds = [k for k in graph.iris(iri, A) if k != CORE.ChartDocument] or [CORE.ChartDocument]
    role = graph.iri(iri, CORE.authorRole)
    return Document(
        iri, graph.text(iri, RDFS.label) or ontology.label(kinds[0]), ontology.label(role) if role else "", role,
        _when(iri, DCTERMS.date, graph), graph.text(iri, CORE.afterDecision) == "true",
    )  # fmt: skip


def _finding(iri: Iri, graph: Graph, documents: Mapping[Iri, Document], ontology: Ontology) -> Finding:
    stated = graph.predicates(iri)
    kinds = frozenset(_named(stated, A))
    reported = next(iter(_named(stated, CORE.reportedIn)), None)
    return Finding(
        iri=iri,
        document=documents.get(reported) if reported else None,
        kind=_most_special(kinds, ontology),
        kinds=kinds,
        observed=_when(iri, CORE.observedOn, graph),
        sites=_segments(_named(stated, CORE.site), ontology),
        concerns=_named(stated, CORE.concerns),
        stated=stated,
    )


def _named(stated: Mapping[Iri, list[Term]], predicate: Iri) -> tuple[Iri, ...]:
    """The values of a property that are not literals."""
    held = stated.get(predicate)
    return tuple([value for value in held if not isinstance(value, Literal)]) if held else ()


def _text(stated: Mapping[Iri, list[Term]], predicate: Iri) -> str:
    """The first literal of a property, or nothing."""
    return next((value.value for value in stated.get(predicate, ()) if isinstance(value, Literal)), "")


@lru_cache(maxsize=8192)
def _segments(sites: tuple[Iri, ...], ontology: Ontology) -> tuple[Iri, ...]:
    """The segments that sites are or are made of, from above down."""
    return tuple(in_order(_NONE.union(*(segments_of(site, ontology) for site in sites)), ontology))


@lru_cache(maxsize=8192)
def _most_special(kinds: frozenset[Iri], ontology: Ontology) -> Iri:
    """The kind with the most kinds above it that has words of its own: what the finding was stated to be."""
    spoken = [k for k in kinds if ontology.graph.text(k, CORE.saidPresent)] or list(kinds)
    return min(spoken, key=lambda k: (-len(ontology.kinds_of(k)), k))


def _request(iri: Iri, graph: Graph, ontology: Ontology) -> Request:
    nodes = {s: n for n in graph.iris(iri, CORE.requested) for s in graph.iris(n, CORE.segment)}
    return Request(
        iri=iri,
        kinds=frozenset(graph.iris(iri, A)),
        procedures=_procedures(iri, graph, ontology),
        stated_procedures=_stated_procedures(iri, graph, ontology),
        segments=tuple(in_order(frozenset(nodes), ontology)),
        evidence=frozenset(graph.iris(iri, CORE.evidence)),
        by_segment={
            s: Focus(n, frozenset(graph.iris(n, CORE.evidence)), frozenset(graph.iris(n, CORE.possibleEvidence)))
            for s, n in nodes.items()
        },
        part_of=graph.iri(iri, CORE.partOf),
    )


def _procedures(iri: Iri, graph: Graph, ontology: Ontology) -> tuple[Iri, ...]:
    return _lowest(tuple(k for k in graph.iris(iri, A) if _is_procedure(k, ontology)), ontology)


def _stated_procedures(iri: Iri, graph: Graph, ontology: Ontology) -> tuple[Iri, ...]:
    procedures = [k for k in graph.iris(iri, A) if _is_procedure(k, ontology)]
    return _lowest(tuple(k for k in procedures if not ontology.graph.iris(k, OWL.equivalentClass)), ontology)


@lru_cache(maxsize=8192)
def _lowest(procedures: tuple[Iri, ...], ontology: Ontology) -> tuple[Iri, ...]:
    above = {a for k in procedures for a in ontology.all_above(k) if a != k}
    return tuple(k for k in procedures if k not in above)


@lru_cache(maxsize=8192)
def _is_procedure(kind: Iri, ontology: Ontology) -> bool:
    return CORE.Procedure in ontology.all_above(kind) and kind != CORE.Procedure


def _adjudication(iri: Iri, graph: Graph, findings: Mapping[Iri, Finding]) -> Adjudication:
    prefers, over = (findings.keys() & graph.iris(iri, side) for side in (CORE.prefers, CORE.over))
    return Adjudication(
        iri, frozenset(prefers), frozenset(over), graph.text(iri, CORE.reason), _when(iri, CORE.adjudicatedOn, graph)
    )


def _service(appeal: Iri, graph: Graph, ontology: Ontology) -> Service:
    service = graph.iri(appeal, CORE.asksFor) or appeal
    return Service(
        appeal, service, _when(appeal, CORE.appealedOn, graph), _stated_procedures(service, graph, ontology),
        requested_segments(service, graph, ontology),
    )  # fmt: skip


def _anchors(graph: Graph, as_of: date, ontology: Ontology) -> Mapping[str, str]:
    whole = next(r for r in graph.subjects(A, CORE.TreatmentRequest) if graph.iri(r, CORE.partOf) is None)
    found: dict[str, str] = {}
    for anchor in ontology.graph.subjects(A, CORE.Anchor):
        count = ontology.graph.iri(anchor, CORE.countAtLeast)
        for choice in (CORE.preferredDate, CORE.fallbackDate):
            predicate = ontology.graph.iri(anchor, choice)
            day = (
                Interval(as_of, as_of)
                if predicate == CORE.asOf
                else _when(whole, predicate, graph)
                if predicate
                else None
            )
            if count and predicate and day:
                found.setdefault(
                    local_name(count).removesuffix("AtLeast"), f"{ontology.clinical_name(predicate)} ({spoken(day)})"
                )
    return found


def _when(iri: Iri | None, predicate: Iri, graph: Graph) -> Interval | None:
    found = graph.literal(iri, predicate) if iri else None
    return interval(found) if found else None


def _literals(stated: Mapping[Iri, list[Term]]) -> Mapping[str, str]:
    """The first literal of each property that has one, by local name."""
    found: dict[str, str] = {}
    for predicate, held in stated.items():
        for value in held:
            if isinstance(value, Literal):
                found[local_name(predicate)] = value.value
                break
    return found
