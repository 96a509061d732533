"""A validation report told from what an engine found, which names shapes and focus nodes and no more."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from reasoner.guideline.probes import run, shapes_with_probes
from reasoner.rdf import Graph, Iri
from reasoner.terms import SH, A
from reasoner.validate import Result

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from reasoner.assess import Report
    from reasoner.guideline.edition import Edition
    from reasoner.rdf import Triple
    from reasoner.validate import Engine


def retold(edition: Edition, data: Iterable[Triple], found: Report, engine: Engine) -> tuple[Result, ...]:
    """What `run` gives, told from what was found on the data, so that the engine need not be asked again.

    It is asked where a shape was found of which that does not tell every result.
    """
    shapes = _told_by_focus(edition)
    if not shapes.keys() >= found.found.keys():
        return run(edition, data, engine)
    return tuple(sorted(shapes[shape].on(focus) for shape, foci in found.found.items() for focus in foci))


class _ToldByFocus(NamedTuple):
    """A shape that has one result for a focus node, and the same for all but for the node."""

    shape: Iri
    component: Iri
    path: str
    severity: Iri

    def on(self, focus: Iri) -> Result:
        return Result(self.shape, focus, "" if self.path else focus, self.component, self.path, self.severity)


_ONLY_CONSTRAINT = {
    frozenset({SH["not"]}): SH.NotConstraintComponent,
    frozenset({SH.nodeKind}): SH.NodeKindConstraintComponent,
    frozenset({SH.path, SH.qualifiedValueShape, SH.qualifiedMinCount}): SH.QualifiedMinCountConstraintComponent,
}
"""What a shape must consist of, beside its targets, to have one result: on the node, or on its path as a whole."""


@cache
def _told_by_focus(edition: Edition) -> Mapping[Iri, _ToldByFocus]:
    graph = Graph(shapes_with_probes(edition))
    found = {}
    for shape in {shape for shape, _ in graph.pairs(SH.targetClass)}:
        stated = graph.predicates(shape)
        parts = frozenset(stated) - {A, SH.targetClass, SH.severity, SH.message}
        component, path = _ONLY_CONSTRAINT.get(parts), graph.iri(shape, SH.path) or ""
        if component and all(len(stated[part]) == 1 for part in parts) and not path.startswith("_:"):
            severity = graph.iri(shape, SH.severity) or SH.Violation
            found[shape] = _ToldByFocus(shape, component, path, severity)
    return found
