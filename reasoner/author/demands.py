"""What a shape demands of a finding, as a flat list of demands, each at its place. No I/O."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reasoner.author.asked import is_count
from reasoner.rdf import Iri, Literal, Term
from reasoner.terms import CORE, SH, A, local_name
from reasoner.vocabulary import is_ours

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reasoner.author.shape_text import Text
    from reasoner.ontology import Ontology
    from reasoner.rdf import Graph

BOUNDS = {
    SH.minInclusive: ("lower bound", "at least"),
    SH.minExclusive: ("lower bound", "more than"),
    SH.maxInclusive: ("upper bound", "at most"),
    SH.maxExclusive: ("upper bound", "less than"),
}
SAME_PLACE = (SH.node,)
INNER = {SH["not"]: "not", SH.qualifiedValueShape: "a value that is"}
LISTS = {SH["or"]: "one of", SH["and"]: "all of"}
NAMES = {
    "class": "kind",
    "hasValue": "value",
    "minCount": "number of values, at least",
    "maxCount": "number of values, at most",
    "qualifiedMinCount": "number of such values, at least",
    "qualifiedMaxCount": "number of such values, at most",
}
UNSAID = (A, SH.path, SH.targetClass, SH.severity, SH.message)


@dataclass(frozen=True, slots=True)
class Demand:
    """One constraint: where in the shape, of which sort, in words, and with which bound if it sets one."""

    place: tuple[str, ...]
    component: str
    said: str
    bound: str = ""


def demands(shape: Iri, place: tuple[str, ...], graph: Graph, text: Text, ontology: Ontology) -> Iterator[Demand]:
    """Every demand of a shape and of the shapes in it; the names of these are no demand."""
    stated = graph.predicates(shape)
    for predicate in sorted(stated):
        for value in stated[predicate]:
            yield from _of(predicate, value, shape, place, (graph, text, ontology))


def _of(
    predicate: Iri, value: Term, shape: Iri, place: tuple[str, ...], known: tuple[Graph, Text, Ontology]
) -> Iterator[Demand]:
    graph, text, ontology = known
    if predicate in UNSAID or predicate not in SH:
        return
    if isinstance(value, Literal):
        yield _literal(predicate, value, shape, place, known)
    elif predicate in LISTS:
        for arm in graph.members(value):
            name = _arm(arm, graph, text)
            yield Demand(place, LISTS[predicate], name)
            if not isinstance(arm, Literal):
                yield from demands(arm, (*place, f"{LISTS[predicate]} {name}"), graph, text, ontology)
    elif predicate == SH["in"]:
        yield from (Demand(place, "values allowed", text.write(member)) for member in graph.members(value))
    elif (step := _step(predicate, value, graph, text)) is not None:
        yield from demands(value, (*place, *step), graph, text, ontology)
    else:
        yield Demand(place, _name(predicate), text.write(value))


def _step(predicate: Iri, value: Iri, graph: Graph, text: Text) -> tuple[str, ...] | None:
    """What a reference to another shape adds to the place; nothing where it is no such reference."""
    if predicate == SH.property:
        return (text.write(graph.values(value, SH.path)[0]),)
    if predicate in SAME_PLACE:
        return ()
    return (INNER[predicate],) if predicate in INNER else None


def _literal(
    predicate: Iri, value: Literal, shape: Iri, place: tuple[str, ...], known: tuple[Graph, Text, Ontology]
) -> Demand:
    graph, text, ontology = known
    if predicate not in BOUNDS:
        return Demand(place, _name(predicate), text.write(value))
    component, words = BOUNDS[predicate]
    bound = f"{value.value} {_unit(shape, graph, text, ontology)}".strip()
    return Demand(place, component, f"{words} {bound}", bound)


def _name(component: Iri) -> str:
    return NAMES.get(local_name(component), local_name(component))


def _unit(shape: Iri, graph: Graph, text: Text, ontology: Ontology) -> str:
    """The unit in which a bound is: days of what is counted, else the unit that is demanded beside the value."""
    path = graph.iri(shape, SH.path)
    if path and is_count(path, ontology):
        return "days"
    holder = text.holders.get(shape)
    beside = graph.iris(holder, SH.property) if holder and path == CORE.value else []
    return next((graph.text(p, SH.hasValue) for p in beside if graph.iri(p, SH.path) == CORE.unit), "")


def _arm(arm: Term, graph: Graph, text: Text) -> str:
    """A named arm by its name, an inline one by what it is about, so that it is known again with another bound."""
    if isinstance(arm, Literal):
        return arm.value
    if not arm.startswith("_:"):
        return text.write(arm) if is_ours(arm) else local_name(arm)
    kinds = [text.write(k) for k in graph.values(arm, SH["class"])]
    values = [
        text.write(v) for p in graph.iris(arm, SH.property) for q in (SH.path, SH.hasValue) for v in graph.values(p, q)
    ]
    return " ".join((*kinds, *values)) or text.write(arm)
