"""Ladders: the order of authorities in a jurisdiction, read from their files."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from reasoner.data import folder, shown
from reasoner.errors import KnowledgeBaseError, Problem
from reasoner.guideline.check import check_ladder
from reasoner.guideline.edition_file import span
from reasoner.rdf import Graph, Iri, Literal, SyntaxFault, triples
from reasoner.terms import CORE, GUIDELINE, RDFS, A, local_name

if TYPE_CHECKING:
    from reasoner.guideline.edition import Span
    from reasoner.ontology import Ontology


class Rung(NamedTuple):
    """One place in a ladder."""

    iri: Iri
    label: str
    locator: str
    guidelines: tuple[Iri, ...]
    step_down: str


@dataclass(frozen=True, slots=True, eq=False)
class Ladder:
    """A jurisdiction's order of authorities, as the law stood for some time."""

    iri: Iri
    file: str
    label: str
    locator: str
    jurisdiction: Iri
    in_force: Span
    verification: str
    notes: tuple[str, ...]
    keyed_on: Iri
    rungs: tuple[Rung, ...]
    gates: tuple[Iri, ...]
    graph: Graph
    sha256: str


@cache
def ladders(ontology: Ontology) -> tuple[Ladder, ...]:
    """Every packaged ladder, in order of their paths. Raises `KnowledgeBaseError` for one that fails its checks."""
    files = sorted((folder("shapes") / "ladders").glob("*/*.ttl"))
    return tuple(read_ladder(file.read_bytes(), shown(file), ontology) for file in files)


def read_ladder(content: bytes, file: str, ontology: Ontology) -> Ladder:
    """The ladder in a file's bytes, checked."""
    try:
        graph = Graph(triples(content, ".ttl"))
    except SyntaxFault as fault:
        problem = Problem("syntax", file, fault.line, f"Not Turtle: {fault}", "Mend the statement at this line.")
        raise KnowledgeBaseError(problem) from None
    if problems := check_ladder(graph, content, file, ontology):
        raise KnowledgeBaseError(*problems)
    iri = graph.subjects(A, GUIDELINE.Ladder)[0]
    mark = graph.iri(iri, GUIDELINE.verification)
    return Ladder(
        iri=iri,
        file=file,
        label=graph.text(iri, RDFS.label),
        locator=graph.text(iri, GUIDELINE.locator),
        jurisdiction=graph.iri(iri, GUIDELINE.jurisdiction) or Iri(""),
        in_force=span(iri, graph),
        verification=local_name(mark) if mark else "",
        notes=tuple(v.value for v in graph.values(iri, GUIDELINE.note) if isinstance(v, Literal)),
        keyed_on=graph.iri(iri, GUIDELINE.keyedOn) or CORE.decidedOn,
        rungs=tuple(
            _rung(r, graph) for r in graph.members(graph.iri(iri, GUIDELINE.rungs)) if not isinstance(r, Literal)
        ),
        gates=tuple(graph.iris(iri, GUIDELINE.gate)),
        graph=graph,
        sha256=hashlib.sha256(content).hexdigest(),
    )


def _rung(iri: Iri, graph: Graph) -> Rung:
    guidelines = graph.members(graph.iri(iri, GUIDELINE.authority))
    return Rung(
        iri, graph.text(iri, RDFS.label), graph.text(iri, GUIDELINE.locator),
        tuple(g for g in guidelines if not isinstance(g, Literal)), graph.text(iri, GUIDELINE.stepDown),
    )  # fmt: skip
