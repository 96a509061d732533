"""Who may decide, and what a determination must have: the shapes of shapes/reviewer.ttl, run through our engines."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from reasoner.data import folder
from reasoner.errors import InputRefusedError, KnowledgeBaseError, Problem
from reasoner.guideline.probes import shacl_of
from reasoner.lines import line_of
from reasoner.rdf import Graph, Iri, Literal, Triple, parse
from reasoner.shapes import Shapes
from reasoner.terms import CORE, GUIDELINE, PROV, RDFS, SH, A
from reasoner.validate import CannotRunError, Engine, Hit, hits

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from reasoner.judge import Prepared
    from reasoner.ontology import Ontology
    from reasoner.rdf import Quad

FILE = "shapes/reviewer.ttl"


@cache
def shapes() -> Graph:
    """The shapes of the reviewer and of a determination."""
    return Graph(quad.triple for quad in parse((folder("shapes") / "reviewer.ttl").read_bytes(), ".ttl"))


@cache
def compiled() -> Shapes:
    """The same, ready for many graphs."""
    return Shapes(tuple(shacl_of(shapes())))


def refuse_unfit_reviewer(prepared: Prepared, ontology: Ontology, engine: Engine) -> None:
    """Raise `InputRefusedError` where the case names a reviewer who may not decide it."""
    if not prepared.graph.subjects(A, CORE.Reviewer):
        return
    case = prepared.case
    found = _found(prepared.graph.plus(_fitting(prepared.graph, ontology)), engine)
    if found:
        raise InputRefusedError(*(_problem(hit, case.file, line_of(case.content, hit.focus)) for hit in found))


def _fitting(graph: Graph, ontology: Ontology) -> Iterable[Triple]:
    """Whose specialty is one by which the requested procedure, or one above it, is treated."""
    for request, reviewer in graph.pairs(CORE.reviewer):
        if isinstance(reviewer, Literal):
            continue
        procedures = {k for kind in graph.iris(request, A) for k in ontology.all_above(kind)}
        suited = {s for kind in procedures for s in ontology.graph.iris(kind, CORE.treatedBySpecialty)}
        for specialty in suited.intersection(graph.iris(reviewer, CORE.specialty)):
            yield Triple(reviewer, CORE.suitedBySpecialty, specialty)


def audit_determination(
    stated: Iterable[Triple | Quad], ontology: Ontology, engine: Engine, file: str = "determination"
) -> None:
    """Raise `KnowledgeBaseError` where a determination lacks a part that the law asks for."""
    graph = Graph(stated)
    found = _found(graph.plus(_kinds(graph, ontology)), engine)
    problems = [_problem(hit, file, None) for hit in found]
    if not found and PROV.wasGeneratedBy not in graph.all_predicates():
        words = "There is no determination in it."
        problems.append(Problem("no-determination", file, None, words, "Give a determination in TriG."))
    if problems:
        raise KnowledgeBaseError(*problems)


def _kinds(graph: Graph, ontology: Ontology) -> Iterator[Triple]:
    """The further kinds of each node that the shapes ask for, by the ontology and by what is stated of classes here."""
    nodes: dict[Iri, list[Iri]] = {}
    for subject, stated in graph.by_subject():
        for kind in stated.get(A, ()):
            if not isinstance(kind, Literal):
                nodes.setdefault(kind, []).append(subject)
    for kind, of_it in nodes.items():
        for above in compiled().mentioned.intersection(_above(kind, graph, ontology)) - {kind}:
            yield from (Triple(node, A, above) for node in of_it)


def _above(kind: Iri, graph: Graph, ontology: Ontology) -> set[Iri]:
    found = set(ontology.kinds_of(kind))
    waiting = [*found]
    while waiting:
        for parent in graph.iris(waiting.pop(), RDFS.subClassOf):
            fresh = ontology.kinds_of(parent) - found
            found |= fresh
            waiting += fresh
    return found


def _found(data: Iterable[Triple], engine: Engine) -> list[Hit]:
    """For each shape that is violated the last of the nodes that do."""
    try:
        found = hits(data, compiled(), engine)
    except CannotRunError as error:
        raise KnowledgeBaseError(
            Problem("shape-cannot-run", FILE, None, str(error), "Mend the shape that the engine names.")
        ) from None
    return list({hit.shape: hit for hit in sorted(found) if hit.shape}.values())


def _problem(found: Hit, file: str, line: int | None) -> Problem:
    graph = shapes()
    code = "".join(f"-{c.lower()}" if c.isupper() else c for c in found.shape.rpartition("#")[2]).strip("-")
    return Problem(code, file, line, graph.text(found.shape, SH.message), graph.text(Iri(found.shape), GUIDELINE.fix))
