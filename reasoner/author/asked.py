"""What the shapes of a criterion ask of a finding, gathered so that small findings can be built from it."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from reasoner.guideline.form import COMPARISONS, named_members
from reasoner.intake.ranges import is_valid
from reasoner.rdf import Graph, Iri, Literal, Term
from reasoner.terms import CORE, OWL, SH, XSD

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reasoner.ontology import Ontology


@dataclass(slots=True)
class Asked:
    """What some shapes ask of a property's values, or of a finding where it stands for no property."""

    values: set[Term] = field(default_factory=set)
    bounds: set[Decimal] = field(default_factory=set)
    classes: set[Iri] = field(default_factory=set)
    below: dict[Iri, Asked] = field(default_factory=dict)
    untried: set[Iri] = field(default_factory=set)
    """Paths of a form that no candidate is built for."""


def asked(shapes: Iterable[Iri], graph: Graph, ontology: Ontology, kind: Iri | None = None) -> Asked:
    """Everything that the shapes ask of a finding; of one kind, what they cannot ask of it left out."""
    found = Asked()
    for shape in shapes:
        _walk(shape, graph, ontology, found, (), kind)
    return found


def _walk(
    shape: Iri, graph: Graph, ontology: Ontology, found: Asked, above: tuple[Iri, ...], kind: Iri | None = None
) -> None:
    if shape in above or (kind and _of_another(shape, graph, ontology, kind)):
        return
    above = (*above, shape)
    if graph.values(shape, SH.path):
        _property(shape, graph, ontology, found, above)
        return
    found.values.update(_listed(shape, graph))
    for named in graph.iris(shape, SH["class"]):
        found.classes.add(named)
        _definition(named, ontology, found)
    for below in below_of(shape, graph):
        _walk(below, graph, ontology, found, above, kind)


def _of_another(shape: Iri, graph: Graph, ontology: Ontology, kind: Iri) -> bool:
    """Whether a shape names a kind of finding that one of this kind is not, so that the rest of it says nothing."""
    named = graph.iris(shape, SH["class"])
    return any(ontology.is_a(k, CORE.Finding) and not ontology.is_a(kind, k) for k in named)


def below_of(shape: Iri, graph: Graph) -> list[Iri]:
    """The shapes that a shape asks the same node to fit."""
    direct = [s for p in (SH.property, SH.node, SH["not"]) for s in graph.iris(shape, p)]
    heads = [h for p in (SH["or"], SH["and"]) for h in graph.iris(shape, p)]
    return [*direct, *(m for h in heads for m in named_members(graph, h))]


def _property(shape: Iri, graph: Graph, ontology: Ontology, found: Asked, above: tuple[Iri, ...]) -> None:
    for path in graph.iris(shape, SH.path):
        head = graph.iri(path, SH.alternativePath)
        steps = named_members(graph, head) if head else [path]
        for step in steps:
            if step.startswith("_:"):
                found.untried.add(shape)
                continue
            asks = found.below.setdefault(step, Asked())
            asks.values.update(_listed(shape, graph))
            asks.bounds.update(Decimal(b.value) for p in COMPARISONS for b in _numbers(shape, p, graph))
            asks.classes.update(graph.iris(shape, SH["class"]))
            nested = [*graph.iris(shape, SH.qualifiedValueShape), *(b for b in below_of(shape, graph))]
            for below in nested:
                _walk(below, graph, ontology, asks, above)
            found.untried.update(asks.untried)


def _listed(shape: Iri, graph: Graph) -> list[Term]:
    members = [v for h in graph.iris(shape, SH["in"]) for v in graph.members(h)]
    return [*graph.values(shape, SH.hasValue), *members]


def _numbers(shape: Iri, predicate: Iri, graph: Graph) -> list[Literal]:
    numbers = (XSD.integer, XSD.decimal)
    stated = [v for v in graph.values(shape, predicate) if isinstance(v, Literal) and v.datatype in numbers]
    return [v for v in stated if is_valid(v.value, v.datatype)]


def is_count(path: Iri, ontology: Ontology) -> bool:
    """Whether a property is a number of days that ``derive`` counts."""
    counts = (v for p in (CORE.countAtLeast, CORE.countAtMost) for _, v in ontology.graph.pairs(p))
    return path in (CORE.durationAtLeast, CORE.durationAtMost, *counts)


def _definition(kind: Iri, ontology: Ontology, found: Asked) -> None:
    """What a defined class asks of its members."""
    graph, waiting, seen = ontology.graph, [kind], {kind}
    while waiting:
        node = waiting.pop()
        path = graph.iri(node, OWL.onProperty)
        if path:
            asks = found.below.setdefault(path, Asked())
            asks.values.update(graph.values(node, OWL.hasValue))
            for filler in graph.iris(node, OWL.someValuesFrom):
                asks.classes.update([] if filler.startswith("_:") else [filler])
                _definition(filler, ontology, asks)
        heads = [h for p in (OWL.intersectionOf, OWL.unionOf) for h in graph.iris(node, p)]
        linked = [*graph.iris(node, OWL.equivalentClass), *(m for h in heads for m in graph.members(h))]
        fresh = [n for n in linked if not isinstance(n, Literal) and n not in seen]
        seen.update(fresh)
        waiting.extend(fresh)
