"""The smallest findings that may fit a shape, made from its ways; a SHACL engine has the last word."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import chain, islice, product
from typing import TYPE_CHECKING

from reasoner.author.quantities import days_within, number_literal, numbers, span_of
from reasoner.author.scene import Sketch, anchors, day_of
from reasoner.author.ways import Ask, Demand
from reasoner.rdf import STRING, Iri, Literal, Term
from reasoner.terms import CORE, OWL, XSD, A

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from decimal import Decimal

    from reasoner.author.scene import Scene
    from reasoner.author.ways import Way
    from reasoner.guideline.edition import Edition
    from reasoner.ontology import Ontology

KINDS, CHOICES, SKETCHES = 12, 6, 24
"""How many kinds of finding, values of one property and findings in all are tried for one way."""
DURATION = (CORE.durationAtLeast, CORE.durationAtMost)
NEEDS = (Ask.VALUE, Ask.MIN, Ask.SOME)

Option = tuple[Term | Sketch, ...]
"""Values that a property can be given together."""


def findable(ontology: Ontology) -> list[Iri]:
    """The kinds of finding that a case may state: neither derived nor defined by others."""
    return [
        kind
        for kind in sorted(ontology.ancestors)
        if kind != CORE.Finding
        and ontology.is_a(kind, CORE.Finding)
        and not ontology.is_a(kind, CORE.DerivedFinding)
        and not ontology.graph.values(kind, OWL.equivalentClass)
    ]


def fillers(edition: Edition, ontology: Ontology) -> list[Iri]:
    """The kinds that no criterion or caution looks for, which no other finding ends or sums up."""
    looked_for = {k for c in (*edition.criteria.values(), *edition.cautions.values()) for k in c.looks_for}
    graph = ontology.graph
    binding = (CORE.persists, CORE.supersedes, CORE.summarizedBy, CORE.contradicts)
    bound = {kind for predicate in binding for kind, _ in graph.pairs(predicate)}
    return [
        kind
        for kind in findable(ontology)
        if not ontology.kinds_of(kind) & (looked_for | bound)
        and not any(ontology.is_a(k, kind) for k in looked_for)
    ]  # fmt: skip


class Maker:
    """Makes sketches for one edition."""

    def __init__(self, edition: Edition, ontology: Ontology, scene: Scene) -> None:
        self.ontology, self.scene = ontology, scene
        self.counts = anchors(scene, ontology)
        self.kinds, self.fillers = findable(ontology), fillers(edition, ontology)

    def sketches(self, way: Way, looked_for: Sequence[Iri]) -> list[Sketch]:
        """The smallest findings that a way leads to, smallest first."""
        classes = [d.term for d in way if d.path is None and d.ask is Ask.CLASS and not isinstance(d.term, Literal)]
        derived = [c for c in classes or looked_for if self.ontology.is_a(c, CORE.DerivedFinding)]
        if derived:
            return list(self._derived(derived[0], _by_path(way)))
        made = (
            sketch
            for kind in self._stated(classes or looked_for, every=bool(classes))
            for sketch in islice(self._of_kind(kind, _by_path(way)), CHOICES)
        )
        return sorted(dict.fromkeys(islice(made, SKETCHES)), key=lambda s: s.size)

    def _stated(self, classes: Iterable[Iri], *, every: bool) -> list[Iri]:
        """The kinds below all classes, or below one of them; the classes themselves first."""
        wanted, join = list(classes), all if every else any
        found = [k for k in self.kinds if join(self.ontology.is_a(k, c) for c in wanted)]
        return sorted(found, key=lambda k: (k not in wanted, k))[:KINDS]

    def _derived(self, kind: Iri, asked: Mapping[Iri, list[Demand]]) -> Iterable[Sketch]:
        """What a derived finding is derived from: the extent of the request, or care that was tried in vain."""
        if kind == CORE.RequestedExtent:
            for number in numbers(asked.get(CORE.value, [])):
                if 0 < number <= len(self.scene.chain):
                    yield Sketch(kind, segments=int(number))
            return
        summed = [k for k, summary in self.ontology.graph.pairs(CORE.summarizedBy) if summary == kind]
        failed = ((CORE.presence, CORE.Present), (CORE.response, CORE.Failed))
        for course in self._stated(summed, every=False):
            for span in self._span(asked):
                yield Sketch(course, (*failed, *span))

    def _of_kind(self, kind: Iri, asked: Mapping[Iri, list[Demand]]) -> Iterable[Sketch]:
        counted = {p: d for p, d in asked.items() if p in self.counts}
        plain = {p: d for p, d in asked.items() if p not in {*counted, *DURATION, CORE.endedBy, CORE.reportedIn}}
        plain.setdefault(CORE.presence, [Demand(CORE.presence, Ask.VALUE, CORE.Present)])
        role = next(iter(_roles(asked.get(CORE.reportedIn, ()))), None)
        options = [[[(p, v) for v in option] for option in self._options(p, d)] for p, d in plain.items()]
        times = list(product(self._observed(counted), self._span(asked)))
        for chosen, (days, span) in product(product(*options), times):
            given = [pair for option in chosen for pair in option]
            terms = [(p, v) for p, v in given if not isinstance(v, Sketch)]
            below = tuple((p, v) for p, v in given if isinstance(v, Sketch))
            sketch = Sketch(kind, (*self._with_unit(kind, terms), *days, *span), below, role=role)
            yield self._ended(sketch) if _needed(asked.get(CORE.endedBy, ())) else sketch

    def _with_unit(self, kind: Iri, terms: list[tuple[Iri, Term]]) -> list[tuple[Iri, Term]]:
        """A value has a unit, and a unit a value."""
        stated = {p for p, _ in terms}
        if CORE.value in stated and CORE.unit not in stated:
            units = [u for k in sorted(self.ontology.kinds_of(kind)) if (u := self.ontology.graph.text(k, CORE.inUnit))]
            return [*terms, (CORE.unit, Literal(units[0] if units else "1"))]
        if CORE.unit in stated and CORE.value not in stated:
            return [*terms, (CORE.value, Literal("1", XSD.integer))]
        return terms

    def _observed(self, counted: Mapping[Iri, list[Demand]]) -> list[tuple[tuple[Iri, Term], ...]]:
        """The days on which a finding can be observed, so that every count is as demanded."""
        if not any(_needed(demands) for demands in counted.values()):
            return [()]
        latest, earliest = [], []
        for path, demands in counted.items():
            least, most = span_of(demands)
            latest += [self.counts[path] - timedelta(days=int(least))] if least is not None else []
            earliest += [self.counts[path] - timedelta(days=int(most))] if most is not None else []
        days = days_within(min(latest, default=None), max(earliest, default=None), self.scene.day(CORE.requestedOn))
        return [((CORE.observedOn, day_of(day)),) for day in days]

    def _span(self, asked: Mapping[Iri, list[Demand]]) -> list[tuple[tuple[Iri, Term], ...]]:
        """Start and end of a course; all courses end on one day, so that together they last as the longest does."""
        demands = [d for path in DURATION for d in asked.get(path, ())]
        if not _needed(demands):
            return [()]
        end = self.scene.day(CORE.requestedOn) - timedelta(days=30)
        starts = (end - timedelta(days=int(n)) for n in numbers(demands) if n >= 0)
        return [((CORE.startedOn, day_of(start)), (CORE.endedOn, day_of(end))) for start in starts]

    def _ended(self, sketch: Sketch) -> Sketch:
        """The sketch with a later finding that ends it."""
        stated = dict(sketch.values)
        day = stated.get(CORE.observedOn) or day_of(self.scene.day(CORE.requestedOn) - timedelta(days=60))
        after = day_of(date.fromisoformat(day.value) + timedelta(days=1)) if isinstance(day, Literal) else day
        graph, kinds = self.ontology.graph, self.ontology.kinds_of(sketch.kind)
        persists = any(graph.text(k, CORE.persists) == "true" for k in kinds)
        ends = {k: {e for a in self.ontology.kinds_of(k) for e in graph.iris(a, CORE.supersedes)} for k in self.kinds}
        other = [kind for kind, ended in ends.items() if ended & kinds]
        opposite = CORE.Present if stated[CORE.presence] == CORE.Absent else CORE.Absent
        kind, presence = (sketch.kind, opposite) if persists or not other else (other[0], CORE.Present)
        values = tuple({**stated, CORE.observedOn: day}.items())
        ender = Sketch(kind, ((CORE.presence, presence), (CORE.observedOn, after)))
        return Sketch(sketch.kind, values, sketch.below, ender, sketch.role)

    def _options(self, path: Iri, demands: list[Demand]) -> list[Option]:
        """The sets of values that a property can be given; none where nothing is needed."""
        if path != CORE.presence and not _needed(demands):
            return [()]
        fixed = tuple(dict.fromkeys(d.term for d in demands if d.ask is Ask.VALUE))
        if fixed:
            return [fixed]
        pool = self._pool(path, demands)
        least = max((int(d.number) for d in demands if d.ask in {Ask.MIN, Ask.SOME}), default=1)
        if least > 1:
            return [tuple(islice((pool * least if isinstance(pool[0], Sketch) else pool), least))] if pool else []
        return [(value,) for value in pool[:CHOICES]]

    def _pool(self, path: Iri, demands: list[Demand]) -> list[Term | Sketch]:
        """The values that a property can be given one of."""
        listed = [d.terms for d in demands if d.ask is Ask.ONE_OF]
        nested = [d.ways for d in demands if d.ask in {Ask.SOME, Ask.EACH}]
        excluded = {t for d in demands if d.ask in {Ask.NONE_OF, Ask.NO_VALUE} for t in (*d.terms, d.term)}
        classes = [d.term for d in demands if d.ask is Ask.CLASS and not isinstance(d.term, Literal)]
        bounded = any(d.ask in {Ask.FROM, Ask.ABOVE, Ask.TO, Ask.BELOW} for d in demands)
        if listed:
            found: list[Term | Sketch] = [t for t in listed[0] if all(t in terms for terms in listed)]
        elif bounded:
            found = [self._number(path, n) for n in numbers(demands)]
        elif nested:
            of_class = tuple(Demand(None, Ask.CLASS, c) for c in classes)
            ways = (tuple(dict.fromkeys((*of_class, *chain(*chosen)))) for chosen in product(*nested))
            found = [value for way in islice(ways, SKETCHES) for value in self._fitting(path, way)]
        else:
            found = self._ranging(path, classes)
        return [v for v in found if v not in excluded]

    def _fitting(self, path: Iri, way: Way) -> list[Term | Sketch]:
        """Values that fit a way: what it lists, numbers in its bounds, or a finding of its own."""
        own = [Demand(path, d.ask, d.term, d.terms, d.number, d.ways) for d in way if d.path is None]
        if any(d.ask is Ask.VALUE for d in own):
            return [d.term for d in own if d.ask is Ask.VALUE]
        if any(d.ask not in {Ask.CLASS, Ask.NO_CLASS} for d in own):
            return self._pool(path, own)
        classes = [d.term for d in own if d.ask is Ask.CLASS and not isinstance(d.term, Literal)]
        if classes and not any(self.ontology.is_a(c, CORE.Finding) for c in classes):
            return self._ranging(path, classes)
        return list(self.sketches(way, () if classes else self.fillers[:1])[:CHOICES])

    def _ranging(self, path: Iri, classes: list[Iri]) -> list[Term | Sketch]:
        """Values of a property by the classes asked for, else by what the ontology says that it takes."""
        takes = classes or self.ontology.takes(path)
        graph = self.ontology.graph
        individuals = [
            i for i in graph.subjects(A, OWL.NamedIndividual)
            if any(self.ontology.is_a(kind, t) for kind in graph.iris(i, A) for t in takes)
        ]  # fmt: skip
        if individuals:
            return list(individuals)
        if any(self.ontology.is_a(t, CORE.Finding) for t in takes):
            kinds = self.fillers[:1] if CORE.Finding in takes else self._stated(takes, every=False)[:1]
            return [Sketch(k, ((CORE.presence, CORE.Present),)) for k in kinds]
        if any(self.ontology.is_a(t, CORE.Event) for t in takes):
            return [Sketch(takes[0])]
        return [self._sample(takes)]

    def _sample(self, takes: list[Iri]) -> Literal:
        if XSD.date in takes:
            return day_of(self.scene.day(CORE.requestedOn) - timedelta(days=30))
        if XSD.boolean in takes:
            return Literal("true", XSD.boolean)
        number = next((t for t in takes if t in {XSD.integer, XSD.decimal}), None)
        return Literal("1", number) if number else Literal("Synthetic.", STRING)

    def _number(self, path: Iri, number: Decimal) -> Literal:
        return number_literal(number, self.ontology.takes(path))


def _by_path(way: Way) -> dict[Iri, list[Demand]]:
    found: dict[Iri, list[Demand]] = {}
    for demand in way:
        if demand.path is not None:
            found.setdefault(demand.path, []).append(demand)
    return found


def _needed(demands: Iterable[Demand]) -> bool:
    return any(d.ask in NEEDS and d.number >= 1 for d in demands)


def _roles(demands: Iterable[Demand]) -> Iterable[Iri]:
    for demand in demands:
        for inner in (i for way in demand.ways for i in way):
            if inner.path == CORE.authorRole and inner.ask is Ask.VALUE and not isinstance(inner.term, Literal):
                yield inner.term
