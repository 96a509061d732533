"""Who may decide, and what a determination must have: the shapes of shapes/reviewer.ttl, run through our engines."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from reasoner.data import folder
from reasoner.errors import InputRefusedError, KnowledgeBaseError, Problem
from reasoner.guideline.probes import shacl_of
from reasoner.lines import line_of
from reasoner.rdf import Graph, Iri, Literal, Triple, parse
from reasoner.terms import CORE, GUIDELINE, PROV, SH, A
from reasoner.validate import CannotRunError, Engine, Result, validate

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reasoner.judge import Prepared
    from reasoner.ontology import Ontology
    from reasoner.rdf import Quad

FILE = "shapes/reviewer.ttl"


@cache
def shapes() -> Graph:
    """The shapes of the reviewer and of a determination."""
    return Graph(quad.triple for quad in parse((folder("shapes") / "reviewer.ttl").read_bytes(), ".ttl"))


def refuse_unfit_reviewer(prepared: Prepared, ontology: Ontology, engine: Engine) -> None:
    """Raise `InputRefusedError` where the case names a reviewer who may not decide it."""
    if not prepared.graph.subjects(A, CORE.Reviewer):
        return
    case = prepared.case
    found = _run([*prepared.graph, *_fitting(prepared.graph, ontology)], engine)
    if found:
        raise InputRefusedError(*(_problem(r, case.file, line_of(case.content, r.focus)) for r in found))


def _fitting(graph: Graph, ontology: Ontology) -> Iterable[Triple]:
    """Whose specialty is one by which the requested procedure, or one above it, is treated."""
    for request, reviewer in graph.pairs(CORE.reviewer):
        if isinstance(reviewer, Literal):
            continue
        procedures = {k for kind in graph.iris(request, A) for k in ontology.all_above(kind)}
        suited = {s for kind in procedures for s in ontology.graph.iris(kind, CORE.treatedBySpecialty)}
        for specialty in suited.intersection(graph.iris(reviewer, CORE.specialty)):
            yield Triple(reviewer, CORE.suitedBySpecialty, specialty)


def audit_determination(quads: Iterable[Quad], ontology: Ontology, engine: Engine, file: str = "determination") -> None:
    """Raise `KnowledgeBaseError` where a determination lacks a part that the law asks for."""
    stated = [quad.triple for quad in quads]
    graph = Graph(stated)
    kinds = [Triple(s, A, k) for s, o in graph.pairs(A) if not isinstance(o, Literal) for k in ontology.kinds_of(o)]
    found = _run([*stated, *kinds], engine)
    if found or not graph.pairs(PROV.wasGeneratedBy):
        problems = [_problem(r, file, None) for r in found]
        raise KnowledgeBaseError(
            *(
                problems
                or [
                    Problem(
                        "no-determination",
                        file,
                        None,
                        "There is no determination in it.",
                        "Give a determination in TriG.",
                    )
                ]
            )
        )


def _run(data: Iterable[Triple], engine: Engine) -> list[Result]:
    try:
        return list({r.shape: r for r in validate(data, shacl_of(shapes()), engine) if r.shape}.values())
    except CannotRunError as error:
        raise KnowledgeBaseError(
            Problem("shape-cannot-run", FILE, None, str(error), "Mend the shape that the engine names.")
        ) from None


def _problem(result: Result, file: str, line: int | None) -> Problem:
    graph = shapes()
    code = "".join(f"-{c.lower()}" if c.isupper() else c for c in result.shape.rpartition("#")[2]).strip("-")
    return Problem(code, file, line, graph.text(result.shape, SH.message), graph.text(Iri(result.shape), GUIDELINE.fix))
