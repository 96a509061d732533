"""Findings on both sides of every threshold, and the status that arithmetic alone expects of each.

What is expected is reckoned here from the shapes' demands and the sketch, without a SHACL engine and without
``derive``; what comes back has taken the whole way of a case.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from reasoner.assess import cautions, report
from reasoner.author.findings import DURATION, Maker
from reasoner.author.fitting import Fitting
from reasoner.author.inventory import inventory
from reasoner.author.plan import status_at
from reasoner.author.scene import Placement, case_of
from reasoner.author.synthesis import Failure, judged
from reasoner.author.ways import Ask, Demand, ways
from reasoner.errors import ReasonerError
from reasoner.guideline.probes import untrustworthy
from reasoner.rdf import Iri, Literal
from reasoner.terms import CORE, XSD, A, local_name
from reasoner.validate import default_engine

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from decimal import Decimal

    from reasoner.author.inventory import Inventory
    from reasoner.author.scene import Sketch
    from reasoner.author.ways import Way
    from reasoner.guideline.edition import Criterion, Edition
    from reasoner.load import Case
    from reasoner.ontology import Ontology
    from reasoner.validate import Engine

BOUNDS = {Ask.FROM, Ask.ABOVE, Ask.TO, Ask.BELOW}
RAISED, NOT_RAISED = "raised", "not raised"


@dataclass(frozen=True, slots=True)
class Boundary:
    """A case with one finding at or beside a threshold."""

    criterion: Iri
    quantity: str
    value: str
    """The value that the finding has; a day known to the month or year is said so."""
    expected: str
    case: Case

    @property
    def name(self) -> str:
        """What is tried, in words."""
        return f"{local_name(self.criterion)}, {self.quantity} {self.value}"


def boundaries(edition: Edition, ontology: Ontology) -> tuple[Boundary, ...]:
    """One below, on and one above every threshold of every criterion and caution, and the day less precisely."""
    stock = inventory(edition, ontology, default_engine())
    return tuple(
        boundary
        for criterion in (*edition.criteria.values(), *edition.cautions.values())
        for boundary in _of_criterion(criterion, stock)
    )


def boundary_law(edition: Edition, ontology: Ontology, engine: Engine) -> tuple[Failure, ...]:
    """Where what comes back is not what arithmetic expects."""
    failures = []
    for boundary in boundaries(edition, ontology):
        got = answered(boundary, edition, ontology, engine)
        if got != boundary.expected:
            name, trig = local_name(boundary.criterion), boundary.case.content.decode()
            failures.append(Failure(edition.label, boundary.name, {name: boundary.expected}, {name: got}, trig))
    return tuple(failures)


def answered(boundary: Boundary, edition: Edition, ontology: Ontology, engine: Engine) -> str:
    """What the whole way of a case makes of it."""
    try:
        found = judged(boundary.case, edition, ontology, engine)
    except ReasonerError as error:
        return str(error)
    whole = found.record.whole
    if boundary.criterion in edition.criteria:
        return found.answers[whole.iri][boundary.criterion].computed.value
    said = cautions(whole, edition, report(found.results), untrustworthy(edition, ontology, engine))
    return RAISED if any(c.caution == boundary.criterion and c.raised for c in said) else NOT_RAISED


def _of_criterion(criterion: Criterion, stock: Inventory) -> Iterator[Boundary]:
    graph, ontology = stock.edition.graph, stock.ontology
    sides = [ways(s, graph, ontology) if s else () for s in (criterion.supporting, criterion.contrary)]
    maker, fitting = Maker(stock.edition, ontology, stock.scene), Fitting(stock.scene, ontology)
    seen = set()
    for way in (w for side in sides for w in side):
        for path, value, sketch in _beside(way, criterion, maker):
            if sketch in seen or sketch in stock.refused:
                continue
            seen.add(sketch)
            supported, opposed = (any(fitting.fits(sketch, w, criterion.looks_for) for w in side) for side in sides)
            expected = status_at(criterion, supported, opposed).value
            if criterion.iri in stock.edition.cautions:
                expected = RAISED if supported and not opposed else NOT_RAISED
            yield Boundary(criterion.iri, local_name(path), value, expected, _case(criterion, sketch, stock))


def _case(criterion: Criterion, sketch: Sketch, stock: Inventory) -> Case:
    extent = sketch.segments or max(stock.extents)
    sites = stock.scene.segments(extent) if criterion.holds_for else ()
    return case_of(stock.scene, [Placement(sketch, sites)], extent, stock.ontology)


def _beside(way: Way, criterion: Criterion, maker: Maker) -> Iterator[tuple[Iri, str, Sketch]]:
    """For each threshold of a way, findings on it and beside it, as the way otherwise asks."""
    for threshold in (d for d in way if d.ask in BOUNDS and d.path):
        path = threshold.path or Iri("")
        for step in (-1, 0, 1):
            value = threshold.number + step
            made = maker.sketches(_exactly(way, path, value, maker.ontology), criterion.looks_for)
            if made and (value >= 0 or path not in DURATION):
                yield path, str(value), made[0]
                if step == 0:
                    yield from ((path, f"{value}, {word}", vague) for word, vague in _vague(made[0]))


def _exactly(way: Way, path: Iri, value: Decimal, ontology: Ontology) -> Way:
    """A way whose bounds on one quantity, counted from either end, are a single value."""
    together = _together(path, ontology)
    kept = [d for d in way if d.path not in together or d.ask not in BOUNDS]
    exact = [Demand(path, ask, number=value) for ask in (Ask.FROM, Ask.TO)]
    return (*kept, *exact, Demand(path, Ask.MIN))


def _together(path: Iri, ontology: Ontology) -> set[Iri]:
    """The properties that count one quantity, at least and at most."""
    graph = ontology.graph
    for anchor in graph.subjects(A, CORE.Anchor):
        counts = {p for name in (CORE.countAtLeast, CORE.countAtMost) for p in graph.iris(anchor, name)}
        if path in counts:
            return counts
    return set(DURATION) if path in DURATION else {path}


def _vague(sketch: Sketch) -> Iterator[tuple[str, Sketch]]:
    """The same finding on a day known to the month, and to the year."""
    stated: Mapping[Iri, object] = dict(sketch.values)
    day = stated.get(CORE.observedOn)
    if isinstance(day, Literal):
        for word, datatype, length in (("to the month", XSD.gYearMonth, 7), ("to the year", XSD.gYear, 4)):
            values = {**dict(sketch.values), CORE.observedOn: Literal(day.value[:length], datatype)}
            yield word, replace(sketch, values=tuple(values.items()))
