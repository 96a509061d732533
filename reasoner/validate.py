"""One prepared graph and one graph of shapes in, an ordered tuple of results out, whichever engine."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from reasoner.cut import Cut, cut
from reasoner.rdf import Graph, Iri, Literal, Term, Triple, ntriples
from reasoner.terms import SH

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from reasoner.shapes import Shapes


class Engine(StrEnum):
    """The SHACL engines: the reference, and a faster one held to identical results."""

    REFERENCE = "reference"
    FAST = "fast"


class Result(NamedTuple):
    """One validation result; a value or path that the result does not have is empty."""

    shape: Iri
    focus: str
    value: str
    component: Iri
    path: str
    severity: Iri


class Hit(NamedTuple):
    """A shape with a target, and a focus node for which it has a result."""

    shape: Iri
    focus: Iri


class CannotRunError(Exception):
    """Shapes that the engine cannot run, in the engine's words."""


def default_engine() -> Engine:
    """The fast engine where it is installed, else the reference."""
    from reasoner.engines import fast  # noqa: PLC0415 - neither engine is loaded before it is used

    return Engine.FAST if fast.installed() else Engine.REFERENCE


def validate(data: Iterable[Triple], shapes: Iterable[Triple], engine: Engine) -> tuple[Result, ...]:
    """The results of validating the data against the shapes, sorted.

    Raises `CannotRunError` where the engine cannot run the shapes. SHACL 1.0 Core, section 3.6.
    """
    if engine is Engine.FAST:
        from reasoner.engines import fast as chosen  # noqa: PLC0415
    else:
        from reasoner.engines import reference as chosen  # type: ignore[no-redef]  # noqa: PLC0415
    try:
        report = chosen.report(ntriples(data), ntriples(shapes))
    except chosen.EngineFault as fault:
        raise CannotRunError(str(fault)) from None
    return _results(Graph(quad.triple for quad in report))


def hits(data: Iterable[Triple], shapes: Shapes, engine: Engine) -> frozenset[Hit]:
    """Of the results of validating the data against the shapes, which shape has one for which focus node.

    Raises `CannotRunError` where the engine cannot run the shapes.
    """
    if engine is Engine.REFERENCE or shapes.as_they_are:
        return frozenset(Hit(r.shape, Iri(r.focus)) for r in validate(data, shapes.triples, engine))
    return _alone(cut(data, shapes), shapes)


TOGETHER = 100
"""Graphs that an engine is given as one, at most."""
FEW = 12
"""Fewer graphs cost less one by one: the engine takes in the shapes anew for each set of graphs (measured)."""


def hits_of_each(graphs: Sequence[Graph], shapes: Shapes, engine: Engine) -> list[frozenset[Hit]]:
    """The `hits` of each graph, for less than they cost one by one: no graph sees any other.

    Raises `CannotRunError` where the engine cannot run the shapes.
    """
    if engine is Engine.REFERENCE or shapes.as_they_are or shapes.reach_across:
        return [hits(graph, shapes, engine) for graph in graphs]
    sets = (graphs[start : start + TOGETHER] for start in range(0, len(graphs), TOGETHER))
    return [found for together in sets for found in _together(together, shapes)]


def _together(graphs: Sequence[Graph], shapes: Shapes) -> list[frozenset[Hit]]:
    from reasoner.engines import fast  # noqa: PLC0415 - neither engine is loaded before it is used

    owners: list[int] = []
    cuts: list[Cut] = []
    for number, graph in enumerate(graphs):
        cuts.append(cut(graph, shapes, len(owners)))
        owners += [number] * len(cuts[-1].nodes)
    joined = [given.content for given in cuts if given.apart]
    if len(joined) < FEW:
        return [hits(graph, shapes, Engine.FAST) for graph in graphs]
    try:
        found = fast.failures(b"".join(joined), shapes.content)
    except fast.EngineFault:  # one graph may be at fault: each is told for itself
        return [hits(graph, shapes, Engine.FAST) for graph in graphs]
    nodes, names = [node for given in cuts for node in given.nodes], shapes.full_names
    of_each: list[list[Hit]] = [[] for _ in graphs]
    for shape, focus in found:
        number = int(focus[3:-1])
        of_each[owners[number]].append(Hit(names[shape], nodes[number]))
    return [
        _of_all(told, given.alike) if given.apart else hits(graph, shapes, Engine.FAST)
        for graph, given, told in zip(graphs, cuts, of_each, strict=True)
    ]


def _alone(given: Cut, shapes: Shapes) -> frozenset[Hit]:
    from reasoner.engines import fast  # noqa: PLC0415 - neither engine is loaded before it is used

    try:
        found = fast.pairs(given.content, shapes.marked)
    except fast.EngineFault as fault:
        raise CannotRunError(str(fault)) from None
    names, nodes = shapes.full_names, given.nodes
    told = [
        Hit(names.get(shape, Iri(shape)), nodes[int(focus[3:-1])] if focus[:3] == "<n:" else shapes.name_of(focus))
        for shape, focus in found
    ]
    return _of_all(told, given.alike)


def _of_all(told: list[Hit], alike: Mapping[Iri, Iri]) -> frozenset[Hit]:
    """What is told of the nodes that were given, and so of those that are like them."""
    if not alike:
        return frozenset(told)
    shapes: dict[Iri, list[Iri]] = {}
    for shape, focus in told:
        shapes.setdefault(focus, []).append(shape)
    return frozenset(told).union(Hit(s, node) for node, other in alike.items() for s in shapes.get(other, ()))


def _results(report: Graph) -> tuple[Result, ...]:
    return tuple(
        sorted(
            Result(
                shape=report.iri(node, SH.sourceShape) or Iri(""),
                focus=_text(report.values(node, SH.focusNode)),
                value=_text(report.values(node, SH.value)),
                component=report.iri(node, SH.sourceConstraintComponent) or Iri(""),
                path=_text(report.values(node, SH.resultPath)),
                severity=report.iri(node, SH.resultSeverity) or Iri(""),
            )
            for _, node in report.pairs(SH.result)
            if not isinstance(node, Literal)
        )
    )


def _text(terms: list[Term]) -> str:
    return next((term.value if isinstance(term, Literal) else term for term in terms), "")
