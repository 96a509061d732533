"""What follows from a case by counting and comparing: days, segments, evidence, ended states.

One function a property; each takes values and yields triples. No rule of any guideline is known here: what
persists, supersedes, contradicts or is counted from which anchor is said in the ontology.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from typing import TYPE_CHECKING, NamedTuple

from reasoner.dates import Interval, interval
from reasoner.places import requested_segments, segments_of
from reasoner.rdf import Graph, Iri, Literal, Quad, Term, Triple
from reasoner.terms import CORE, DCTERMS, OWL, PROV, XSD, A

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from reasoner.ontology import Ontology

RECORDED = (DCTERMS.date, CORE.requestedOn, CORE.decidedOn, CORE.appealedOn)
"""The dates of which the latest is the as-of date where none is given; a planned day is not recorded yet."""


@dataclass(frozen=True, eq=False)
class Facts:
    """A case's statements with the lookups that derivations share."""

    graph: Graph
    ontology: Ontology
    as_of: date
    document_of: dict[Iri, Iri]

    @cached_property
    def findings(self) -> list[Iri]:
        """Every finding of a counted document, in sorted order."""
        return sorted(self.document_of)

    @cached_property
    def observed(self) -> list[tuple[Iri, Interval]]:
        """Every finding with a date, and that date."""
        return [(finding, span) for finding in self.findings if (span := self.when(finding))]

    @cached_property
    def requests(self) -> list[Iri]:
        """The request and its parts, in sorted order."""
        return self.graph.subjects(A, CORE.TreatmentRequest)

    @cached_property
    def whole(self) -> Iri:
        """The request that is part of no other."""
        return next(r for r in self.requests if self.graph.iri(r, CORE.partOf) is None)

    def kinds(self, subject: Iri) -> frozenset[Iri]:
        """The stated kinds of a subject and all above them."""
        return _kind(tuple(self.graph.iris(subject, A)), self.ontology).kinds

    def when(self, subject: Iri, predicate: Iri = CORE.observedOn) -> Interval | None:
        """The interval of a date property, if it is stated."""
        found = self.graph.literal(subject, predicate)
        return interval(found) if found else None

    def sites(self, finding: Iri) -> frozenset[Iri]:
        """The segments that a finding's sites are or are made of."""
        sites = self.graph.iris(finding, CORE.site)
        return frozenset().union(*(segments_of(site, self.ontology) for site in sites))


def as_of_date(graph: Graph) -> date:
    """The case's own as-of date, else the latest day recorded in it; never the clock.

    A month or year is recorded by its first day: the document counts, and no day is made up that may not have come.
    """
    stated = [value for _, value in graph.pairs(CORE.asOf) if isinstance(value, Literal)]
    recorded = [value for p in RECORDED for _, value in graph.pairs(p) if isinstance(value, Literal)]
    return max(interval(value).first for value in stated or recorded)


def counted(quads: Sequence[Quad], as_of: date) -> tuple[Sequence[Quad], list[Iri]]:
    """The quads without what documents dated after the as-of day state, and those documents."""
    dates = {
        q.subject: interval(q.object) for q in quads if q.predicate == DCTERMS.date and isinstance(q.object, Literal)
    }
    late = {document for document, span in dates.items() if span.first > as_of}
    return [quad for quad in quads if quad.graph not in late] if late else quads, sorted(late)


def facts(quads: Sequence[Quad], ontology: Ontology, as_of: date, graph: Graph | None = None) -> Facts:
    """The counted quads of a case, indexed; ``graph`` is their union, if that is known already."""
    document_of = {q.subject: q.graph for q in quads if q.graph is not None and q.predicate == A}
    return Facts(Graph(quads) if graph is None else graph, ontology, as_of, document_of)


def derive(known: Facts) -> frozenset[Triple]:
    """Everything that `derive` writes for a case; the section of that name in core.ttl says what."""
    extents = list(extent(known))
    return frozenset(
        [
            *reported_in(known), *after_decision(known), *inherited_dates(known), *days_before_anchors(known),
            *durations(known), *care_periods(known), *ended(known), *extents, *segments(known), *evidence(known),
            *kinds_of_values(known),
        ]
    )  # fmt: skip


def reported_in(known: Facts) -> Iterator[Triple]:
    """The document of each finding."""
    for finding, document in known.document_of.items():
        yield Triple(finding, CORE.reportedIn, document)


def kinds_of_values(known: Facts) -> Iterator[Triple]:
    """The kinds of the ontology's own things that findings name, such as a cause, so that a shape can ask for them."""
    own = _kinds_of_own(known.ontology)
    for value in {v for f in known.findings for vs in known.graph.predicates(f).values() for v in vs if v in own}:
        yield from own[value]


@cache
def _kinds_of_own(ontology: Ontology) -> dict[Term, tuple[Triple, ...]]:
    """The kinds of each thing of the ontology that has any."""
    stated = ((t.subject, t.object) for t in ontology.graph if t.predicate == A and not isinstance(t.object, Literal))
    found: dict[Term, list[Triple]] = {}
    for term, kind in stated:
        if kind not in OWL:
            found.setdefault(term, []).extend(Triple(term, A, above) for above in ontology.kinds_of(kind))
    return {term: tuple(kinds) for term, kinds in found.items()}


def after_decision(known: Facts) -> Iterator[Triple]:
    """The documents dated certainly after the utilization review decision."""
    decided = next((interval(v).last for _, v in known.graph.pairs(CORE.decidedOn) if isinstance(v, Literal)), None)
    for document in sorted(set(known.document_of.values())):
        span = known.when(document, DCTERMS.date)
        if decided and span and span.first > decided:
            yield Triple(document, CORE.afterDecision, Literal("true", XSD.boolean))


def inherited_dates(known: Facts) -> Iterator[Triple]:
    """The whole's dates for each part that states none of its own."""
    for part in known.requests:
        for predicate in (CORE.requestedOn, CORE.plannedOn, CORE.asOf):
            date_of_whole = known.graph.literal(known.whole, predicate)
            if date_of_whole and not known.graph.literal(part, predicate):
                yield Triple(part, predicate, date_of_whole)


def days_before_anchors(known: Facts) -> Iterator[Triple]:
    """The least and the most days by which each dated finding lies before each anchor of the ontology."""
    for anchor, least, most in _counts(known.ontology):
        day = anchor_day(anchor, known)
        if day is None:
            continue
        for finding, span in known.observed:
            fewest, greatest = span.days_before(day)
            for predicate in least:
                yield Triple(finding, predicate, _integer(fewest))
            for predicate in most:
                yield Triple(finding, predicate, _integer(greatest))


@lru_cache(maxsize=8192)
def _integer(number: int) -> Literal:
    return Literal(str(number), XSD.integer)


@cache
def _counts(ontology: Ontology) -> tuple[tuple[Iri, list[Iri], list[Iri]], ...]:
    """Each anchor with the properties that count at least and at most so many days before it."""
    graph = ontology.graph
    anchors = graph.subjects(A, CORE.Anchor)
    return tuple((a, graph.iris(a, CORE.countAtLeast), graph.iris(a, CORE.countAtMost)) for a in anchors)


def anchor_day(anchor: Iri, known: Facts) -> date | None:
    """The day of an anchor: its preferred date in the request, else its fallback."""
    for choice in (CORE.preferredDate, CORE.fallbackDate):
        predicate = known.ontology.graph.iri(anchor, choice)
        if predicate == CORE.asOf:
            return known.as_of
        if predicate and (span := known.when(known.whole, predicate)):
            return span.first
    return None


def durations(known: Facts) -> Iterator[Triple]:
    """The least and the most days from the start to the end of each course that states both."""
    for finding in known.findings:
        start, end = known.when(finding, CORE.startedOn), known.when(finding, CORE.endedOn)
        if start and end:
            yield from _duration(finding, start, end)


def _duration(finding: Iri, start: Interval, end: Interval) -> Iterator[Triple]:
    least, most = max((end.first - start.last).days, 0), (end.last - start.first).days
    yield Triple(finding, CORE.durationAtLeast, _integer(least))
    yield Triple(finding, CORE.durationAtMost, _integer(most))


def care_periods(known: Facts) -> Iterator[Triple]:
    """For each kind that is summarized: the time from first start to last end of what was tried in vain."""
    for kind, summary in known.ontology.graph.pairs(CORE.summarizedBy):
        courses = [f for f in known.findings if kind in known.kinds(f) and _in_vain(f, known)]
        starts = [span for f in courses if (span := known.when(f, CORE.startedOn))]
        ends = [span for f in courses if (span := known.when(f, CORE.endedOn))]
        if not (starts and ends) or isinstance(summary, Literal):
            continue
        period = Iri(f"{known.whole}/derived/{summary.rpartition('#')[2]}")
        yield from (Triple(period, A, k) for k in known.ontology.kinds_of(summary))
        yield Triple(period, CORE.presence, CORE.Present)
        yield from _duration(period, min(starts), max(ends, key=lambda span: span.last))
        yield from (Triple(period, PROV.wasDerivedFrom, course) for course in courses)
        yield from (Triple(request, CORE.evidence, period) for request in known.requests)


def _in_vain(finding: Iri, known: Facts) -> bool:
    stated = known.graph
    return (
        Triple(finding, CORE.presence, CORE.Present) in stated and Triple(finding, CORE.response, CORE.Failed) in stated
    )


def segments(known: Facts) -> Iterator[Triple]:
    """A node for each segment of each request."""
    for request in known.requests:
        for segment in requested_segments(request, known.graph, known.ontology):
            node = segment_node(request, segment)
            yield Triple(request, CORE.requested, node)
            yield Triple(node, A, CORE.RequestedSegment)
            yield Triple(node, CORE.segment, segment)


def segment_node(request: Iri, segment: Iri) -> Iri:
    """The node of one segment of one request."""
    return Iri(f"{request}/derived/{segment.rpartition('#')[2]}")


def extent(known: Facts) -> Iterator[Triple]:
    """How many segments each request covers, as a finding."""
    for request in known.requests:
        count = len(requested_segments(request, known.graph, known.ontology))
        if count:
            node = Iri(f"{request}/derived/extent")
            yield from (Triple(node, A, kind) for kind in known.ontology.kinds_of(CORE.RequestedExtent))
            yield Triple(node, CORE.presence, CORE.Present)
            yield Triple(node, CORE.value, _integer(count))
            yield Triple(node, CORE.unit, Literal(known.ontology.graph.text(CORE.RequestedExtent, CORE.inUnit)))
            yield Triple(node, PROV.wasDerivedFrom, request)
            yield Triple(request, CORE.evidence, node)


def evidence(known: Facts) -> Iterator[Triple]:
    """What counts for each request and each requested segment, by site.

    A finding of unstated site counts for the request. For a segment it can only speak against: what may be
    meant of the segment is not dropped, and is not taken as shown there either.
    """
    sites = {finding: known.sites(finding) for finding in known.findings}
    for request in known.requests:
        requested = requested_segments(request, known.graph, known.ontology)
        for finding, found in sites.items():
            if not found or found.intersection(requested):
                yield Triple(request, CORE.evidence, finding)
            predicate = CORE.evidence if found else CORE.possibleEvidence
            for segment in requested:
                if not found or segment in found:
                    yield Triple(segment_node(request, segment), predicate, finding)


def ended(known: Facts) -> Iterator[Triple]:
    """The findings whose state a certainly later finding ended, and that finding."""
    dated = [(finding, span, _state(finding, known)) for finding, span in known.observed]
    ending = [(finding, span, state) for finding, span, state in dated if state.can_end]
    for later, after, now in ending:
        for earlier, before, was in dated:
            if after.certainly_after(before) and _ends(now, was):
                yield Triple(earlier, CORE.endedBy, later)


class _Kind(NamedTuple):
    """What the ontology says of the state of a finding of some stated kinds."""

    kinds: frozenset[Iri]
    persists: bool
    supersedes: frozenset[Iri]


class _State(NamedTuple):
    """All that decides what a finding ends and is ended by."""

    stated: tuple[Iri, ...]
    kind: _Kind
    presence: Iri | None
    values: frozenset[tuple[Iri, Term]]
    """The values of its properties that another value may supersede."""
    supersedes: frozenset[tuple[Iri, Term]]
    """The values of other findings that its own supersede, by property."""

    @property
    def can_end(self) -> bool:
        """Whether it can end any other at all."""
        return self.kind.persists or bool(self.kind.supersedes) or bool(self.supersedes)


def _state(finding: Iri, known: Facts) -> _State:
    stated = tuple(known.graph.iris(finding, A))
    replaced = _superseded_values(known.ontology)
    values = [
        (p, v) for p, held in known.graph.predicates(finding).items() for v in held if v in replaced and p != A
    ]  # fmt: skip
    return _State(
        stated, _kind(stated, known.ontology), known.graph.iri(finding, CORE.presence), frozenset(values),
        frozenset([(p, old) for p, v in values for old in replaced[v]]),
    )  # fmt: skip


@lru_cache(maxsize=8192)
def _kind(stated: tuple[Iri, ...], ontology: Ontology) -> _Kind:
    graph, kinds = ontology.graph, frozenset[Iri]().union(*map(ontology.kinds_of, stated))
    persisting = graph.subjects(CORE.persists, Literal("true", XSD.boolean))
    superseded = (old for kind in kinds for old in graph.iris(kind, CORE.supersedes))
    return _Kind(kinds, not kinds.isdisjoint(persisting), frozenset(superseded))


@cache
def _superseded_values(ontology: Ontology) -> dict[Term, list[Iri]]:
    """Each value of the ontology that supersedes any or is superseded by any, with those that it supersedes."""
    values = {value for pair in ontology.graph.pairs(CORE.supersedes) for value in pair}
    return {v: ontology.graph.iris(v, CORE.supersedes) for v in values if not isinstance(v, Literal)}


def _ends(now: _State, was: _State) -> bool:
    same_kind = was.stated == now.stated
    if same_kind and was.kind.persists and {was.presence, now.presence} == {CORE.Present, CORE.Absent}:
        return True
    if was.presence == now.presence == CORE.Present and not was.kind.kinds.isdisjoint(now.kind.supersedes):
        return True
    return same_kind and was.presence == now.presence and not was.values.isdisjoint(now.supersedes)
