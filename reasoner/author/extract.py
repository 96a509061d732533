"""As much of an edition as one of its criteria, groups or cautions depends on, so that a row is judged in no time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from reasoner.guideline.probes import CONTRADICTS, SUPPORTS, TARGETS, shapes_with_probes, sighting
from reasoner.rdf import Graph, Iri, Literal, Triple
from reasoner.terms import local_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from reasoner.guideline.edition import Edition


@dataclass(frozen=True, slots=True, eq=False)
class Extract:
    """An edition with some of its criteria and cautions, and the shapes and probes of these."""

    edition: Edition
    shapes: tuple[Triple, ...]


@lru_cache(maxsize=512)
def extract(edition: Edition, name: str) -> Extract:
    """What the status of a criterion, group or caution follows from; the logic keeps its place but for the rest."""
    wanted = set(_below(edition, name)) or {c for c in (*edition.criteria, *edition.cautions) if local_name(c) == name}
    part = replace(
        edition,
        criteria={iri: c for iri, c in edition.criteria.items() if iri in wanted},
        cautions={iri: c for iri, c in edition.cautions.items() if iri in wanted},
    )
    return Extract(part, tuple(_shapes(edition, wanted)))


def _below(edition: Edition, name: str) -> Iterator[Iri]:
    """The nodes under a node of the logic, and under each node above it that may be waived or not apply."""
    if edition.logic is None:
        return
    for node in edition.logic.below():
        stands_under = any(local_name(n.iri) == name for n in node.below())
        if local_name(node.iri) == name or (stands_under and (node.unless or node.when)):
            yield from (n.iri for n in node.below())


def _shapes(edition: Edition, wanted: Iterable[Iri]) -> Iterator[Triple]:
    graph = _indexed(edition)
    waiting = [sighting(edition, target) for target in TARGETS]
    waiting += [Iri(iri + suffix) for iri in sorted(wanted) for suffix in ("", SUPPORTS, CONTRADICTS)]
    seen = set(waiting)
    while waiting:
        node = waiting.pop()
        for predicate, values in graph.predicates(node).items():
            for value in values:
                yield Triple(node, predicate, value)
                if not isinstance(value, Literal) and value not in seen:
                    seen.add(value)
                    waiting.append(value)


@lru_cache(maxsize=4)
def _indexed(edition: Edition) -> Graph:
    return Graph(shapes_with_probes(edition))
