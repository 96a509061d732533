"""Gates of a ladder: what a record must have before any authority is asked, each tried on a request without record."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from reasoner.errors import KnowledgeBaseError, Problem
from reasoner.guideline.probes import shacl_of
from reasoner.rdf import Iri, Triple
from reasoner.shapes import Shapes
from reasoner.terms import CORE, RDFS, A
from reasoner.validate import CannotRunError, hits

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reasoner.guideline.ladder import Ladder
    from reasoner.validate import Engine, Hit

CANARY = Iri("urn:canary:TreatmentRequest")
"""A request with nothing on record, which every gate must shut out."""


def shut(ladder: Ladder, data: Iterable[Triple], engine: Engine) -> tuple[Iri, ...]:
    """The gates that a prepared graph does not pass. Raises `KnowledgeBaseError` for a gate that lets all pass."""
    if not ladder.gates:
        return ()
    _refuse_open(ladder, engine)
    return tuple(sorted({hit.shape for hit in _hits(ladder, data, engine)}.intersection(ladder.gates)))


@cache
def _refuse_open(ladder: Ladder, engine: Engine) -> None:
    found = {hit.shape for hit in _hits(ladder, [Triple(CANARY, A, CORE.TreatmentRequest)], engine)}
    for gate in sorted(set(ladder.gates) - found):
        said = f"The gate {ladder.graph.text(gate, RDFS.label)} lets a request without any record pass."
        raise KnowledgeBaseError(Problem("open-gate", ladder.file, None, said, "Mend its shape."))


def _hits(ladder: Ladder, data: Iterable[Triple], engine: Engine) -> frozenset[Hit]:
    try:
        return hits(data, _shapes(ladder), engine)
    except CannotRunError as error:
        raise KnowledgeBaseError(Problem("shape-cannot-run", ladder.file, None, str(error), "Mend the gate.")) from None


@cache
def _shapes(ladder: Ladder) -> Shapes:
    return Shapes(tuple(shacl_of(ladder.graph)))
