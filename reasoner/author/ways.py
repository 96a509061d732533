"""The ways in which a finding can fit a shape: each a list of demands, read from SHACL and the ontology's definitions.

They only propose: what is built from them is put before a SHACL engine. A constraint that is not known here
demands nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from itertools import islice, product
from typing import TYPE_CHECKING

from reasoner.rdf import Iri, Literal, Term
from reasoner.terms import OWL, SH

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reasoner.ontology import Ontology
    from reasoner.rdf import Graph

NOTHING = Iri("")
MOST = 200
"""Ways of one shape that are looked at; no shape here has a tenth of them."""


class Ask(StrEnum):
    """What is demanded: of the finding itself where the demand has no path, else of the path's values."""

    CLASS = "of the class"
    NO_CLASS = "not of the class"
    VALUE = "the value"
    NO_VALUE = "not the value"
    ONE_OF = "one of"
    NONE_OF = "none of"
    MIN = "at least so many"
    MAX = "at most so many"
    FROM = "from"
    ABOVE = "above"
    TO = "to"
    BELOW = "below"
    SOME = "one that fits"
    EACH = "each fits"
    FEW = "at most so many that fit"


@dataclass(frozen=True, slots=True)
class Demand:
    """One thing that a way demands."""

    path: Iri | None
    ask: Ask
    term: Term = NOTHING
    terms: tuple[Term, ...] = ()
    number: Decimal = Decimal(1)
    ways: tuple[Way, ...] = ()


Way = tuple[Demand, ...]

BOUNDS = {
    SH.minInclusive: (Ask.FROM, Ask.BELOW), SH.minExclusive: (Ask.ABOVE, Ask.TO),
    SH.maxInclusive: (Ask.TO, Ask.ABOVE), SH.maxExclusive: (Ask.BELOW, Ask.FROM),
}  # fmt: skip
"""What a bound demands, and what its opposite demands."""


def ways(shape: Iri, graph: Graph, ontology: Ontology, *, holds: bool = True) -> tuple[Way, ...]:
    """The ways to fit a shape, or to fail it."""
    return _Reader(graph, ontology).of(shape, holds=holds)


def _all(parts: Iterable[tuple[Way, ...]]) -> tuple[Way, ...]:
    """Every way to satisfy all parts."""
    joined = (tuple(dict.fromkeys(d for way in chosen for d in way)) for chosen in product(*parts))
    return tuple(dict.fromkeys(islice(joined, MOST)))


def _any(parts: Iterable[tuple[Way, ...]]) -> tuple[Way, ...]:
    """Every way to satisfy one part."""
    return tuple(islice(dict.fromkeys(way for part in parts for way in part), MOST))


class _Reader:
    def __init__(self, graph: Graph, ontology: Ontology) -> None:
        self.graph, self.ontology = graph, ontology

    def of(self, shape: Iri, *, holds: bool) -> tuple[Way, ...]:
        path = self.graph.iri(shape, SH.path)
        if path is None:
            return self._join(self._parts(shape, None, holds=holds), holds=holds)
        paths = self._paths(path)
        return _any(self._join(self._parts(shape, p, holds=holds), holds=holds) for p in paths)

    def _join(self, parts: list[tuple[Way, ...]], *, holds: bool) -> tuple[Way, ...]:
        return _all(parts) if holds else _any(parts)

    def _paths(self, path: Iri) -> list[Iri]:
        """The properties that a path can go by; none where it goes backwards."""
        if not path.startswith("_:"):
            return [path]
        return [p for p in self._members(path, SH.alternativePath) if not isinstance(p, Literal)]

    def _parts(self, shape: Iri, path: Iri | None, *, holds: bool) -> list[tuple[Way, ...]]:
        """For each constraint of a shape the ways to satisfy it, or to violate it."""
        graph = self.graph
        parts: list[tuple[Way, ...]] = []
        parts += [self._class(path, kind, holds=holds) for kind in graph.iris(shape, SH["class"])]
        has, one_of = (Ask.VALUE, Ask.ONE_OF) if holds else (Ask.NO_VALUE, Ask.NONE_OF)
        parts += [((Demand(path, has, value),),) for value in graph.values(shape, SH.hasValue)]
        for head in graph.iris(shape, SH["in"]):
            demand = Demand(path, one_of, terms=tuple(graph.members(head)))
            parts.append((self._some(demand, holds=holds),))
        for term, asks in BOUNDS.items():
            bounds = [n for value in graph.values(shape, term) if (n := number_of(value)) is not None]
            demands = [Demand(path, asks[not holds], number=bound) for bound in bounds]
            parts += [(self._some(demand, holds=holds),) for demand in demands]
        return [*parts, *self._counts(shape, path, holds=holds), *self._shapes(shape, path, holds=holds)]

    def _some(self, demand: Demand, *, holds: bool) -> Way:
        """A violated constraint on values needs a value that violates it."""
        return (demand,) if holds or demand.path is None else (demand, Demand(demand.path, Ask.MIN))

    def _class(self, path: Iri | None, kind: Iri, *, holds: bool) -> tuple[Way, ...]:
        if holds and path is None:
            return class_ways(kind, self.ontology)
        return (self._some(Demand(path, Ask.CLASS if holds else Ask.NO_CLASS, kind), holds=holds),)

    def _counts(self, shape: Iri, path: Iri | None, *, holds: bool) -> Iterable[tuple[Way, ...]]:
        for term, ask, other, step in ((SH.minCount, Ask.MIN, Ask.MAX, -1), (SH.maxCount, Ask.MAX, Ask.MIN, 1)):
            for value in self.graph.values(shape, term):
                if (number := number_of(value)) is not None:
                    yield ((Demand(path, ask, number=number) if holds else Demand(path, other, number=number + step),),)
        for inner in self.graph.iris(shape, SH.qualifiedValueShape):
            fit = self.of(inner, holds=True)
            least, most = (
                number_of(self.graph.literal(shape, t)) for t in (SH.qualifiedMinCount, SH.qualifiedMaxCount)
            )
            if least is not None:
                enough, too_few = (Ask.SOME, least), (Ask.FEW, least - 1)
                ask, number = enough if holds else too_few
                yield ((Demand(path, ask, number=number, ways=fit),),)
            if most is not None:
                few, too_many = (Ask.FEW, most), (Ask.SOME, most + 1)
                ask, number = few if holds else too_many
                yield ((Demand(path, ask, number=number, ways=fit),),)

    def _shapes(self, shape: Iri, path: Iri | None, *, holds: bool) -> Iterable[tuple[Way, ...]]:
        graph = self.graph
        nested = [(graph.iris(shape, SH.node), holds), (graph.iris(shape, SH["not"]), not holds)]
        for inner, inner_holds in ((i, h) for found, h in nested for i in found):
            yield self._within(path, self.of(inner, holds=inner_holds), holds=holds)
        for inner in graph.iris(shape, SH.property):
            yield self._within(path, self.of(inner, holds=holds), holds=holds)
        for term, join in ((SH["and"], _all), (SH["or"], _any)):
            chosen = join if holds else (_any if join is _all else _all)
            for head in graph.iris(shape, term):
                members = [m for m in graph.members(head) if not isinstance(m, Literal)]
                yield self._within(path, chosen([self.of(m, holds=holds) for m in members]), holds=holds)

    def _within(self, path: Iri | None, found: tuple[Way, ...], *, holds: bool) -> tuple[Way, ...]:
        if path is None:
            return found
        return ((Demand(path, Ask.EACH if holds else Ask.SOME, ways=found),),)

    def _members(self, node: Iri, term: Iri) -> list[Term]:
        return [m for head in self.graph.iris(node, term) for m in self.graph.members(head)]


def number_of(value: Term | None) -> Decimal | None:
    """The number that a literal states, if it states one."""
    try:
        return Decimal(value.value) if isinstance(value, Literal) else None
    except InvalidOperation:
        return None


def class_ways(kind: Iri, ontology: Ontology) -> tuple[Way, ...]:
    """The ways to be of a class: to be stated to be, or to be all that a definition of it asks."""
    definitions = ontology.graph.iris(kind, OWL.equivalentClass)
    if not definitions:
        return ((Demand(None, Ask.CLASS, kind),),)
    return _any(_definition(d, ontology) for d in definitions)


def _definition(node: Iri, ontology: Ontology) -> tuple[Way, ...]:
    graph = ontology.graph
    if not node.startswith("_:"):
        return class_ways(node, ontology)
    for term, join in ((OWL.intersectionOf, _all), (OWL.unionOf, _any)):
        if head := graph.iri(node, term):
            return join([_definition(m, ontology) for m in graph.members(head) if not isinstance(m, Literal)])
    path, value = graph.iri(node, OWL.onProperty), graph.values(node, OWL.hasValue)
    some = graph.iri(node, OWL.someValuesFrom)
    if path and value:
        return ((Demand(path, Ask.VALUE, value[0]),),)
    return ((Demand(path, Ask.SOME, ways=_definition(some, ontology)),),) if path and some else ((),)
