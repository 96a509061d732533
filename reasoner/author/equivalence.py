"""Mutations that are shown here, without running anything, to change no answer. No I/O.

Two rules. A contrary shape, and either shape of a caution, is only ever asked of findings of the kinds looked for:
where all of these are of the class that such a shape names, or of one of the classes that it lists, a wider class
accepts the same findings. And intake lets no value pass without the unit of its kind, nor a unit without a value:
of the two, a shape that demands both may lose one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reasoner.author.shape_text import shapes_below, text_of
from reasoner.rdf import Iri, Literal
from reasoner.terms import CORE, SH

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reasoner.author.mutations import Mutation
    from reasoner.guideline.edition import Criterion, Edition
    from reasoner.ontology import Ontology
    from reasoner.rdf import Graph, Triple

SAME_KINDS = "the shape is asked only of the kinds looked for, and all of these are of a class that it names"
SAME_UNIT = "intake lets no value pass without the unit of its kind, and no unit without a value"


def proven(mutation: Mutation, edition: Edition, ontology: Ontology) -> str:
    """Why a mutation can change no answer, or nothing where that is not shown."""
    if len(mutation.dropped) != 1:
        return ""
    (old,) = mutation.dropped
    if mutation.kind == "class" and old.predicate == SH["class"]:
        return SAME_KINDS if _same_kinds(old, edition, ontology) else ""
    if mutation.kind == "constraint":
        return SAME_UNIT if _same_unit(old, edition, ontology) else ""
    return ""


def _same_kinds(old: Triple, edition: Edition, ontology: Ontology) -> bool:
    users = list(_users(old.subject, edition))
    classes = _listed_with(old.subject, edition)
    return bool(users) and all(
        only_asked
        and old.subject in _of_the_finding(shape, edition.graph)
        and all(any(ontology.is_a(kind, named) for named in classes) for kind in criterion.looks_for)
        for criterion, shape, only_asked in users
    )


def _listed_with(node: Iri, edition: Edition) -> list[Iri]:
    """The class that a node names, and those of its fellows in a sh:or of which each names a class and no more."""
    graph = edition.graph
    for holder, head in graph.pairs(SH["or"]):
        members = graph.members(None if isinstance(head, Literal) else head)
        if node in members and holder:
            arms = [m for m in members if not isinstance(m, Literal)]
            if all(set(graph.predicates(arm)) == {SH["class"]} for arm in arms):
                return [c for arm in arms for c in graph.iris(arm, SH["class"])]
    return graph.iris(node, SH["class"])


def _same_unit(old: Triple, edition: Edition, ontology: Ontology) -> bool:
    graph = edition.graph
    dropped_unit = (
        old.predicate == SH.property and isinstance(old.object, str) and graph.iri(old.object, SH.path) == CORE.unit
    )
    dropped_value = old.predicate == SH.minCount and graph.iri(old.subject, SH.path) == CORE.value
    shape = old.subject if dropped_unit else text_of(edition).holders.get(old.subject)
    if shape is None or not (dropped_unit or dropped_value):
        return False
    beside = {graph.iri(p, SH.path): p for p in graph.iris(shape, SH.property)}
    if not {CORE.unit, CORE.value} <= set(beside) or not graph.values(beside[CORE.value], SH.minCount):
        return False
    unit, users = graph.text(beside[CORE.unit], SH.hasValue), list(_users(shape, edition))
    return bool(unit and users) and all(
        all(
            unit in _units(kind, ontology)
            for kind in (*criterion.looks_for, *([] if only_asked else _named(used, graph)))
        )
        for criterion, used, only_asked in users
    )


def _units(kind: Iri, ontology: Ontology) -> set[str]:
    return {ontology.graph.text(k, CORE.inUnit) for k in ontology.kinds_of(kind)} - {""}


def _named(shape: Iri, graph: Graph) -> list[Iri]:
    """The classes that a shape names of the finding itself."""
    return [c for inner in sorted(_of_the_finding(shape, graph)) for c in graph.iris(inner, SH["class"])]


def _users(node: Iri, edition: Edition) -> Iterator[tuple[Criterion, Iri, bool]]:
    """Who uses a node and in which shape, and whether that is asked only of the kinds looked for."""
    for criterion in (*edition.criteria.values(), *edition.cautions.values()):
        for shape in (criterion.supporting, criterion.contrary):
            if shape and node in shapes_below(shape, edition.graph):
                yield criterion, shape, shape == criterion.contrary or criterion.iri in edition.cautions


def _of_the_finding(shape: Iri, graph: Graph) -> set[Iri]:
    """The shapes within a shape that are held against the finding itself, not against a value of it."""
    inner = [*graph.iris(shape, SH.node), *graph.iris(shape, SH["not"])]
    lists = [head for p in (SH["or"], SH["and"]) for head in graph.iris(shape, p)]
    inner += [m for head in lists for m in graph.members(head) if not isinstance(m, Literal)]
    return {shape}.union(*(_of_the_finding(i, graph) for i in inner))
