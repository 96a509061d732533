"""A whole synthetic case around findings: request, patient, utilization review, documents with quotes.

The scene takes what it needs from the edition (scope, time in force) and the ontology (levels, anchors); nothing
here is about any patient.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from reasoner.author.ways import Ask, class_ways
from reasoner.load import load_stream
from reasoner.places import in_order
from reasoner.rdf import Iri, Literal, Quad, Term, trig
from reasoner.terms import BASE, CORE, DCTERMS, RDFS, SCHEMA, XSD, A
from reasoner.vocabulary import namespaces

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from reasoner.author.ways import Way
    from reasoner.guideline.edition import Edition
    from reasoner.load import Case
    from reasoner.ontology import Ontology

CASE = f"{BASE}cases/synthetic/"
QUOTE = "Synthetic: written to test a guideline, about no patient."
AUTHOR = CORE.TreatingPhysician
"""In what capacity a document is written where it does not matter."""
FIRST_DAY = date(2020, 1, 1)
"""The day from which a case is dated where the edition does not say when it is in force."""


@dataclass(frozen=True, slots=True)
class Sketch:
    """A finding to be: its kind, what is said of it, and the findings that it needs."""

    kind: Iri
    values: tuple[tuple[Iri, Term], ...] = ()
    below: tuple[tuple[Iri, Sketch], ...] = ()
    ender: Sketch | None = None
    role: Iri | None = None
    segments: int = 0
    """The extent of the request that is this finding; such a sketch is not written down."""

    @property
    def size(self) -> int:
        """How many statements it takes."""
        inner = [sketch for _, sketch in self.below] + ([self.ender] if self.ender else [])
        return 1 + len(self.values) + sum(1 + sketch.size for sketch in inner)


@dataclass(frozen=True, slots=True)
class Placement:
    """A sketch at its sites, in the document of one side."""

    sketch: Sketch
    sites: tuple[Iri, ...] = ()
    document: str = "record"


@dataclass(frozen=True, slots=True)
class Scene:
    """What a synthetic case is before its findings."""

    procedure: tuple[Iri, ...]
    named: tuple[tuple[Iri, Sketch], ...]
    """Findings that the request names, as its class demands."""
    levels: tuple[Iri, Iri] | None
    chain: tuple[Iri, ...]
    """The segments that can be requested, from above down; a request covers the last of them."""
    days: tuple[tuple[Iri, date], ...]
    filler: Iri
    """A kind that no criterion looks for, so that no record is empty."""

    def day(self, predicate: Iri) -> date:
        """The day of a property of the request or its decision."""
        return dict(self.days)[predicate]

    def segments(self, count: int) -> tuple[Iri, ...]:
        """The segments of a request of this extent."""
        return self.chain[-count:] if count and self.levels else ()


def scene_of(edition: Edition, ontology: Ontology, filler: Iri) -> Scene:
    """The scene for an edition: a request in its scope, at a time when it is in force."""
    way = _procedure(edition, ontology)
    classes = tuple(d.term for d in way if d.path is None and d.ask is Ask.CLASS and not isinstance(d.term, Literal))
    named = tuple(
        (d.path, Sketch(kind, ((CORE.presence, CORE.Present),)))
        for d in way
        if d.path and d.ask is Ask.SOME
        for kind in [next((i.term for w in d.ways for i in w if i.path is None and i.ask is Ask.CLASS), None)]
        if isinstance(kind, str)
    )
    segmental = any(ontology.is_a(c, CORE.SegmentalProcedure) for c in classes)
    levels = (_level(CORE.fromLevel, classes, ontology), _level(CORE.toLevel, classes, ontology)) if segmental else None
    return Scene(classes, named, levels, _chain(ontology), tuple(_days(edition).items()), filler)


def _procedure(edition: Edition, ontology: Ontology) -> Way:
    """The way to be a request of the edition's scope; one with segments, where the edition asks for segments."""
    scope = [k for k in edition.scope if k not in edition.excludes] or [CORE.SegmentalProcedure]
    found = [way for kind in scope for way in class_ways(kind, ontology)]
    segmental = (
        w for w in found if any(ontology.is_a(Iri(str(d.term)), CORE.SegmentalProcedure) for d in w if not d.path)
    )
    return next(segmental, found[0])


def _level(predicate: Iri, classes: tuple[Iri, ...], ontology: Ontology) -> Iri:
    """The property by which a procedure of these classes states its first or last level."""
    above = frozenset[Iri]().union(*(ontology.kinds_of(c) for c in classes))
    special = ontology.properties_below(predicate)
    return next((p for p in special if above.intersection(ontology.graph.iris(p, SCHEMA.domainIncludes))), predicate)


def _chain(ontology: Ontology) -> tuple[Iri, ...]:
    """The longest run of neighbouring segments at the end of the body's order."""
    graph = ontology.graph
    order = in_order({segment for segment, _ in graph.pairs(CORE.upperLevel)}, ontology)
    first = len(order) - 1
    while first > 0 and graph.iri(order[first - 1], CORE.lowerLevel) == graph.iri(order[first], CORE.upperLevel):
        first -= 1
    return tuple(order[max(first, 0) :])


def _days(edition: Edition) -> Mapping[Iri, date]:
    span = edition.in_force
    start = span.first.last if span.first else span.last.first - timedelta(days=60) if span.last else FIRST_DAY
    after = {CORE.requestedOn: 0, CORE.decidedOn: 8, CORE.asOf: 20, CORE.plannedOn: 28}
    return {predicate: start + timedelta(days=days) for predicate, days in after.items()}


def anchors(scene: Scene, ontology: Ontology) -> Mapping[Iri, date]:
    """For each property that counts days, the day that it counts from."""
    graph, days = ontology.graph, dict(scene.days)
    found: dict[Iri, date] = {}
    for anchor in graph.subjects(A, CORE.Anchor):
        preferences = (graph.iri(anchor, choice) for choice in (CORE.preferredDate, CORE.fallbackDate))
        day = next((days[p] for p in preferences if p in days), None)
        for count in (CORE.countAtLeast, CORE.countAtMost):
            found.update({p: day for p in graph.iris(anchor, count) if day})
    return found


def case_of(scene: Scene, placements: Iterable[Placement], count: int, ontology: Ontology) -> Case:
    """A case of these findings, as it would be read from its TriG."""
    return load_stream(written(quads(scene, placements, count, ontology), ontology).encode(), "synthetic")


def written(statements: Iterable[Quad], ontology: Ontology) -> str:
    """Quads as TriG with readable prefixes."""
    ours = {n.removeprefix(BASE).rstrip("#"): n for n in sorted(namespaces(ontology)) if n.startswith(BASE)}
    prefixes = {"case": CASE, "dcterms": DCTERMS.prefix, "rdfs": RDFS.prefix, "xsd": XSD.prefix}
    return trig(statements, {**prefixes, **{p: n for p, n in ours.items() if p.isidentifier()}})


def quads(
    scene: Scene, placements: Iterable[Placement], count: int, ontology: Ontology, case: str = CASE
) -> list[Quad]:
    """The statements of a case, in the order in which they are read."""
    stated = [p for p in placements if not p.sketch.segments]
    if not stated and not scene.named:
        stated = [Placement(Sketch(scene.filler, ((CORE.presence, CORE.Present),)))]
    writer = _Writer(scene, ontology, case)
    for number, (predicate, sketch) in enumerate(scene.named, 1):
        node = writer.finding(f"earlier-{number}", Placement(sketch))
        writer.named.append((predicate, node))
    for number, placement in enumerate(stated, 1):
        writer.finding(f"finding-{number}", placement)
    return [*writer.dispute(count), *writer.documents(), *writer.findings]


class _Writer:
    def __init__(self, scene: Scene, ontology: Ontology, case: str) -> None:
        self.scene, self.ontology, self.case = scene, ontology, case
        self.named: list[tuple[Iri, Iri]] = []
        self.listed: dict[Iri, Iri] = {}
        self.findings: list[Quad] = []

    def dispute(self, count: int) -> Iterator[Quad]:
        request, patient, decision = (Iri(self.case + name) for name in ("request", "patient", "decision"))
        kinds = (CORE.TreatmentRequest, *self.scene.procedure)
        about: list[tuple[Iri, Iri, Term]] = [(request, A, kind) for kind in kinds]
        about.append((request, CORE.patient, patient))
        about += [(request, p, day_of(d)) for p, d in self.scene.days if p != CORE.decidedOn]
        about += [(request, predicate, node) for predicate, node in self.named]
        segments, graph = self.scene.segments(count), self.ontology.graph
        if segments and self.scene.levels:
            ends = (graph.iri(segments[0], CORE.upperLevel), graph.iri(segments[-1], CORE.lowerLevel))
            about += [(request, p, end) for p, end in zip(self.scene.levels, ends, strict=True) if end]
        about += [(patient, A, CORE.Patient), (decision, A, CORE.UtilizationReviewDecision)]
        about += [(decision, CORE.decidedOn, day_of(self.scene.day(CORE.decidedOn))), (decision, CORE.decides, request)]
        return (Quad(*triple, None) for triple in about)

    def documents(self) -> Iterator[Quad]:
        for document, role in self.listed.items():
            yield Quad(document, A, CORE.ProgressNote, None)
            yield Quad(document, DCTERMS.date, day_of(self.scene.day(CORE.requestedOn)), None)
            yield Quad(document, CORE.authorRole, role, None)

    def finding(self, name: str, placement: Placement) -> Iri:
        """Write a finding with all that it needs, into the document of its side and author."""
        sketch = placement.sketch
        role = sketch.role or AUTHOR
        document = Iri(f"{self.case}{placement.document}" + (f"-{role.rpartition('#')[2]}" if sketch.role else ""))
        self.listed.setdefault(document, role)
        node = Iri(self.case + name)
        stated: list[tuple[Iri, Term]] = [(A, sketch.kind), *sketch.values]
        stated += [(CORE.site, site) for site in placement.sites]
        if self.ontology.is_a(sketch.kind, CORE.Finding):
            stated += [(CORE.page, Literal("1", XSD.integer)), (CORE.quote, Literal(QUOTE))]
        for number, (predicate, inner) in enumerate(sketch.below, 1):
            below = self.finding(f"{name}-{number}", Placement(inner, placement.sites, placement.document))
            stated.append((predicate, below))
        self.findings += [Quad(node, predicate, value, document) for predicate, value in stated]
        if sketch.ender:
            self.finding(f"{name}-end", Placement(sketch.ender, placement.sites, placement.document))
        return node


def day_of(day: date) -> Literal:
    """A day as a literal."""
    return Literal(day.isoformat(), XSD.date)
