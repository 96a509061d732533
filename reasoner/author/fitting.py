"""Whether a sketch fits a way by arithmetic: a second opinion beside the SHACL engines and ``derive``."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from reasoner.author.findings import DURATION
from reasoner.author.scene import AUTHOR, Sketch, anchors
from reasoner.author.ways import Ask, number_of
from reasoner.dates import Interval, interval
from reasoner.rdf import Iri, Literal, Term
from reasoner.terms import CORE, A

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from decimal import Decimal

    from reasoner.author.scene import Scene
    from reasoner.author.ways import Demand, Way
    from reasoner.ontology import Ontology

Value = Term | Sketch


class Fitting:
    """Fits sketches to the ways of shapes, in one scene."""

    def __init__(self, scene: Scene, ontology: Ontology) -> None:
        self.ontology, self.days = ontology, anchors(scene, ontology)
        graph = ontology.graph
        self.least = {p for a in graph.subjects(A, CORE.Anchor) for p in graph.iris(a, CORE.countAtLeast)}

    def fits(self, sketch: Sketch, way: Way, looked_for: Sequence[Iri] = ()) -> bool:
        """Whether the finding, or what is derived from it, is of a kind looked for and all that the way demands."""
        return any(
            (not looked_for or any(self.ontology.is_a(kind, k) for k in looked_for))
            and all(self._holds(d, sketch, kind) for d in way)
            for kind in self._kinds(sketch)
        )

    def _kinds(self, sketch: Sketch) -> Iterable[Iri]:
        """The kind of the finding, and that of the period which sums it up where it was tried in vain."""
        stated = dict(sketch.values)
        yield sketch.kind
        in_vain = (stated.get(CORE.presence), stated.get(CORE.response)) == (CORE.Present, CORE.Failed)
        if in_vain and CORE.startedOn in stated and CORE.endedOn in stated:
            for kind in sorted(self.ontology.kinds_of(sketch.kind)):
                yield from self.ontology.graph.iris(kind, CORE.summarizedBy)

    def _holds(self, demand: Demand, sketch: Sketch, kind: Iri) -> bool:
        if demand.path is None:
            return self._of_kind(demand, kind)
        values = self._values(demand.path, sketch, kind)
        if demand.ask in {Ask.VALUE, Ask.NO_VALUE}:
            return (demand.term in values) is (demand.ask is Ask.VALUE)
        if demand.ask in {Ask.MIN, Ask.MAX, Ask.SOME, Ask.FEW}:
            counted = len(values) if demand.ask in {Ask.MIN, Ask.MAX} else self._fitting(values, demand)
            return counted >= demand.number if demand.ask in {Ask.MIN, Ask.SOME} else counted <= demand.number
        if demand.ask is Ask.EACH:
            return self._fitting(values, demand) == len(values)
        return all(self._is(value, demand) for value in values)

    def _of_kind(self, demand: Demand, kind: Iri) -> bool:
        named = isinstance(demand.term, str) and self.ontology.is_a(kind, Iri(demand.term))
        return named if demand.ask is Ask.CLASS else not named if demand.ask is Ask.NO_CLASS else False

    def _fitting(self, values: list[Value], demand: Demand) -> int:
        return sum(any(self._value_fits(v, way) for way in demand.ways) for v in values)

    def _value_fits(self, value: Value, way: Way) -> bool:
        if isinstance(value, Sketch):
            return self.fits(value, way)
        return all(d.path is None and self._is(value, d) for d in way)

    def _is(self, value: Value, demand: Demand) -> bool:
        """Whether one value is as demanded."""
        if isinstance(value, Sketch):
            return self._of_kind(demand, value.kind)
        number = number_of(value)
        match demand.ask:
            case Ask.VALUE:
                return value == demand.term
            case Ask.ONE_OF:
                return value in demand.terms
            case Ask.NONE_OF:
                return value not in demand.terms
            case Ask.CLASS | Ask.NO_CLASS:
                kinds = () if isinstance(value, Literal) else self.ontology.graph.iris(value, A)
                return any(self.ontology.is_a(k, Iri(str(demand.term))) for k in kinds) is (demand.ask is Ask.CLASS)
        return number is not None and _within(number, demand)

    def _values(self, path: Iri, sketch: Sketch, kind: Iri) -> list[Value]:
        stated = dict(sketch.values)
        if sketch.segments:
            extent = Literal(str(sketch.segments), CORE.value)
            return [extent] if path == CORE.value else [CORE.Present] if path == CORE.presence else []
        if kind != sketch.kind:
            return self._duration(stated) if path in DURATION else [CORE.Present] if path == CORE.presence else []
        if path in self.days:
            observed = stated.get(CORE.observedOn)
            return self._count(path, interval(observed)) if isinstance(observed, Literal) else []
        if path in DURATION:
            return self._duration(stated)
        document = Sketch(CORE.ProgressNote, ((CORE.authorRole, sketch.role or AUTHOR),))
        said = (*sketch.values, *sketch.below, (CORE.reportedIn, document), (CORE.endedBy, sketch.ender))
        return [value for p, value in said if p == path and value is not None]

    def _count(self, path: Iri, span: Interval) -> list[Value]:
        day = span.last if path in self.least else span.first
        return [Literal(str((self.days[path] - day).days))]

    def _duration(self, stated: dict[Iri, Term]) -> list[Value]:
        start, end = stated.get(CORE.startedOn), stated.get(CORE.endedOn)
        if not (isinstance(start, Literal) and isinstance(end, Literal)):
            return []
        return [Literal(str((date.fromisoformat(end.value) - date.fromisoformat(start.value)).days))]


def _within(number: Decimal, demand: Demand) -> bool:
    bound = demand.number
    return {
        Ask.FROM: number >= bound, Ask.ABOVE: number > bound, Ask.TO: number <= bound, Ask.BELOW: number < bound,
    }.get(demand.ask, True)  # fmt: skip
