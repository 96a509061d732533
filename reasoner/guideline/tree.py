"""Whether the logic of an edition is a tree of criteria and groups, and its shapes not too deep to run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reasoner.guideline.form import missing, name_of, named_members
from reasoner.rdf import Graph, Iri, Literal
from reasoner.terms import GUIDELINE, SH, A

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reasoner.guideline.form import Fault

DEEPEST = 30
"""How many levels of shapes or groups may stand below each other; no guideline has ten."""
LISTS = (GUIDELINE.allOf, GUIDELINE.anyOf, GUIDELINE.noneOf, GUIDELINE.of)


def depth_faults(graph: Graph) -> Iterator[Fault]:
    """What stands more than ``DEEPEST`` levels below a criterion, a caution or the root of the logic."""
    heads = (*graph.pairs(GUIDELINE.logic), *graph.pairs(GUIDELINE.contraryShape), *graph.pairs(GUIDELINE.raisedBy))
    level = {value for _, value in (*heads, *graph.pairs(SH.qualifiedValueShape)) if not isinstance(value, Literal)}
    deeper, depth = level, 0
    while level and depth <= len(graph):
        level = {below for node in level for below in _next(node, graph)}
        depth += 1
        deeper = level if depth == DEEPEST else deeper
    if depth > DEEPEST and not level:
        for node in sorted(deeper):
            yield (
                "too-deep", node, f"Shapes or groups stand more than {DEEPEST} levels deep here.",
                "Say the same with fewer levels.",
            )  # fmt: skip


def _next(node: Iri, graph: Graph) -> Iterator[Iri]:
    """The shapes, or the members of the logic, one level below; members of a list are as deep as each other."""
    for predicate, values in graph.predicates(node).items():
        if predicate in SH or predicate in (*LISTS, GUIDELINE.unless, GUIDELINE.when):
            for value in (v for v in values if not isinstance(v, Literal) and graph.predicates(v)):
                yield from (m for m in graph.members(value) or [value] if not isinstance(m, Literal))


def logic_faults(graph: Graph) -> Iterator[Fault]:
    """What is wrong with the tree under the edition's ``guideline:logic``, and which criteria it leaves out."""
    for edition in graph.subjects(A, GUIDELINE.Edition):
        root = graph.iri(edition, GUIDELINE.logic)
        if root is None:
            if graph.subjects(A, GUIDELINE.Criterion):
                yield from missing(edition, GUIDELINE.logic)
            continue
        reached: list[Iri] = []
        yield from _walk(root, graph, (), reached)
        outside = set(graph.iris(edition, GUIDELINE.duty))
        for criterion in graph.subjects(A, GUIDELINE.Criterion):
            if criterion not in reached and criterion not in outside:
                yield (
                    "outside-logic",
                    criterion,
                    f"{name_of(criterion)} stands neither in the logic nor among the duties.",
                    "Add it to a group, or to guideline:duty.",
                )


def _walk(iri: Iri, graph: Graph, above: tuple[Iri, ...], reached: list[Iri]) -> Iterator[Fault]:
    if iri in above:
        yield "circular-logic", iri, f"{name_of(iri)} stands under itself in the logic.", "Break the circle."
        return
    if iri in reached:
        yield "named-twice", iri, f"{name_of(iri)} stands twice in the logic.", "Name each criterion and group once."
        return
    reached.append(iri)
    lists = [graph.iri(iri, name) for name in LISTS if graph.values(iri, name)]
    is_criterion = GUIDELINE.Criterion in graph.iris(iri, A)
    is_group = GUIDELINE.Group in graph.iris(iri, A) and not iri.startswith("_:")
    if is_criterion == bool(lists) or len(lists) > 1 or not (is_criterion or is_group):
        yield (
            "not-in-logic",
            iri,
            f"{_member(iri)} is neither a criterion nor a named group with one list of members.",
            "Name a guideline:Criterion, or a guideline:Group with one of allOf, anyOf, noneOf, or atLeast and of.",
        )
        return
    members = [m for head in lists for m in named_members(graph, head)]
    if lists and not members:
        yield "empty-group", iri, f"{name_of(iri)} joins nothing.", "Give the group at least one member."
    asked = graph.text(iri, GUIDELINE.atLeast)
    if asked.isdecimal() and int(asked) > len(members):
        yield "impossible-count", iri, f"{name_of(iri)} asks for more members than it has.", "Lower guideline:atLeast."
    for below in (*members, *graph.iris(iri, GUIDELINE.unless), *graph.iris(iri, GUIDELINE.when)):
        yield from _walk(below, graph, (*above, iri), reached)


def _member(iri: Iri) -> str:
    return "What stands in brackets" if iri.startswith("_:") else name_of(iri)
