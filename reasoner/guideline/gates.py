"""Gates of a ladder: what a record must have before any authority is asked, each tried on a request without record."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from reasoner.errors import KnowledgeBaseError, Problem
from reasoner.guideline.probes import shacl_of
from reasoner.rdf import Graph, Iri, Triple
from reasoner.shapes import Shapes
from reasoner.terms import CORE, RDFS, A
from reasoner.validate import CannotRunError, hits_of_each

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reasoner.guideline.ladder import Ladder
    from reasoner.validate import Engine, Hit

CANARY = Iri("urn:canary:TreatmentRequest")
"""A request with nothing on record, which every gate must shut out."""


def shut_of_each(ladder: Ladder, graphs: Sequence[Graph], engine: Engine) -> list[tuple[Iri, ...]]:
    """The gates that each of some prepared graphs does not pass; no graph sees any other.

    Raises `KnowledgeBaseError` for a gate that lets all pass.
    """
    if not ladder.gates:
        return [() for _ in graphs]
    _refuse_open(ladder, engine)
    seen = _hits(ladder, graphs, engine)
    return [tuple(sorted({hit.shape for hit in found}.intersection(ladder.gates))) for found in seen]


@cache
def _refuse_open(ladder: Ladder, engine: Engine) -> None:
    bare = Graph([Triple(CANARY, A, CORE.TreatmentRequest)])
    found = {hit.shape for hit in _hits(ladder, [bare], engine)[0]}
    for gate in sorted(set(ladder.gates) - found):
        said = f"The gate {ladder.graph.text(gate, RDFS.label)} lets a request without any record pass."
        raise KnowledgeBaseError(Problem("open-gate", ladder.file, None, said, "Mend its shape."))


def _hits(ladder: Ladder, graphs: Sequence[Graph], engine: Engine) -> list[frozenset[Hit]]:
    try:
        return hits_of_each(graphs, _shapes(ladder), engine)
    except CannotRunError as error:
        raise KnowledgeBaseError(Problem("shape-cannot-run", ladder.file, None, str(error), "Mend the gate.")) from None


@cache
def _shapes(ladder: Ladder) -> Shapes:
    return Shapes(tuple(shacl_of(ladder.graph)))
