"""Everything that is known of one judged case as named graphs: its dossier, as a store holds it (docs/store.md)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NoReturn

from reasoner.batch.names import CASES, namespace
from reasoner.contrast import contrast_triples
from reasoner.errors import InputRefusedError, Problem
from reasoner.guideline.retold import retold
from reasoner.ontology import load_ontology
from reasoner.rdf import Iri, Literal, Quad, Triple, nquads_text
from reasoner.render.report import report_triples
from reasoner.store.description.counts import counted
from reasoner.store.summary import LISTS, list_graph
from reasoner.terms import BASE, DCTERMS, DETERMINATION, PROV, STORE, A, local_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from reasoner.contrast import Contrast
    from reasoner.guideline.edition import Edition
    from reasoner.judge import Assessment
    from reasoner.validate import Engine

FACTS, DERIVED, TYPES, REPORT, DETERMINED, CONTRASTS = (
    "facts", "derived", "types", "report", "determination", "contrasts"
)  # fmt: skip
MADE = frozenset({FACTS, DERIVED, TYPES, REPORT, DETERMINED, CONTRASTS, LISTS})
"""The last segments of the names of graphs that are made here, after the request's name; no document is called so."""
KINDS = {
    FACTS: STORE.Facts, DERIVED: STORE.DerivedFacts, TYPES: STORE.InferredTypes, REPORT: STORE.ValidationReport,
    CONTRASTS: STORE.Contrasts,
}  # fmt: skip


def dossier(
    assessment: Assessment, determination: list[Quad], engine: Engine, contrasts: tuple[Contrast, ...] = ()
) -> str:
    """All graphs of a case as N-Quads, after a first line, a comment, that tells of them in JSON.

    Raises `InputRefusedError` where the names of its graphs could be those of another case.
    """
    case = _case(assessment)
    graph = Iri(f"{assessment.record.whole.iri}/{CONTRASTS}")
    made = _made(assessment, determination, engine) + _in(graph, contrast_triples(graph, case, contrasts))
    told = _told(case, assessment, made, contrasts)
    quads = [*made, *(Quad(*triple, case) for triple in _catalogued(case, assessment, told["graphs"]))]
    quads += _in(case, (Triple(graph, PROV.wasDerivedFrom, contrast.edition.iri) for contrast in contrasts))
    told["graphs"] += [case, list_graph(case)]
    told["quads"] = len(quads)
    told["counts"] = _counts(quads, case, assessment, [contrast.edition for contrast in contrasts])
    return f"# {json.dumps(told)}\n{nquads_text(quads)}"


def _case(assessment: Assessment) -> Iri:
    """The namespace that all statements of the case share, which names the case."""
    request, case = assessment.record.whole.iri, assessment.prepared.case
    space = namespace(request)
    if space is None or (space.startswith(BASE) and (not space.startswith(CASES) or space == CASES + "/")):
        _refuse(case.file, request, "The request has no namespace of its case.")
    for graph in {quad.graph for quad in case.quads} - {None}:
        if namespace(graph or "") != space or graph == space or local_name(graph or "") in MADE:
            _refuse(case.file, graph or "", f"{local_name(graph or '')} cannot name a chart document in a store.")
    return Iri(space)


def _refuse(file: str, name: str, words: str) -> NoReturn:
    fix = (
        f"Name request and documents in one namespace, {CASES}<name of the case>/, and no document "
        f"{', '.join(sorted(MADE))}."
    )
    raise InputRefusedError(Problem("no-case-name", file, None, f"{words} ({name[:200]})", fix))


def _made(assessment: Assessment, determination: list[Quad], engine: Engine) -> list[Quad]:
    prepared, request = assessment.prepared, assessment.record.whole.iri
    facts, stated = Iri(f"{request}/{FACTS}"), {quad.triple for quad in prepared.case.quads}
    types = {Triple(s, A, kind) for s, kinds in prepared.inferred.items() for kind in kinds}
    derived = prepared.graph.triples - stated - types
    results = retold(assessment.edition, assessment.judged, assessment.found, engine)
    return [
        *(quad if quad.graph else quad._replace(graph=facts) for quad in prepared.case.quads),
        *_in(f"{request}/{DERIVED}", derived),
        *_in(f"{request}/{TYPES}", types - stated),
        *_in(f"{request}/{REPORT}", report_triples(request, results)),
        *determination,
    ]


def _in(graph: str, triples: Iterable[Triple]) -> list[Quad]:
    return [Quad(*triple, Iri(graph)) for triple in triples]


def _told(case: Iri, assessment: Assessment, made: list[Quad], contrasts: tuple[Contrast, ...]) -> dict[str, Any]:
    steps, edition = assessment.selection.steps, assessment.edition
    consulted = {edition.guideline, *(s.guideline for s in steps), *(c.edition.guideline for c in contrasts)}
    return {
        "name": assessment.record.case,
        "iri": case,
        "sha256": assessment.prepared.case.sha256,
        "file": assessment.prepared.case.file,
        "edition": edition.iri,
        "consulted": sorted(consulted),
        "graphs": sorted({str(quad.graph) for quad in made}),
    }


def _counts(quads: list[Quad], case: Iri, assessment: Assessment, others: list[Edition]) -> dict[str, int]:
    """What a store's description adds up; what the case names and does not describe, ontology and editions do."""
    request = assessment.record.whole.iri
    kinds = {Iri(f"{request}/{name}"): kind for name, kind in KINDS.items()}
    kinds |= {Iri(f"{request}/{DETERMINED}"): DETERMINATION.Determination, case: STORE.Case}
    editions = (edition.graph for edition in (assessment.edition, *others))
    return counted(quads, case, kinds, (load_ontology().graph, *editions))


def _catalogued(case: Iri, assessment: Assessment, graphs: list[str]) -> Iterator[Triple]:
    """What the case's own graph says: its name, its graphs, and what each was derived from."""
    request, loaded = assessment.record.whole.iri, assessment.prepared.case
    read = sorted({quad.graph or Iri(f"{request}/{FACTS}") for quad in loaded.quads})
    yield Triple(case, A, STORE.Case)
    yield Triple(case, DCTERMS.identifier, Literal(assessment.record.case))
    yield Triple(case, DCTERMS.source, Literal(loaded.file))
    yield Triple(case, DETERMINATION.sha256, Literal(loaded.sha256))
    yield Triple(case, STORE.request, request)
    yield Triple(case, STORE.determination, Iri(f"{request}/{DETERMINED}"))
    yield from (Triple(case, DCTERMS.hasPart, Iri(graph)) for graph in graphs)
    named = {name: Iri(f"{request}/{name}") for name in KINDS}
    yield from (Triple(named[name], A, kind) for name, kind in KINDS.items() if named[name] in graphs)
    judged = [Iri(g) for g in graphs if g in {named[DERIVED], named[TYPES]}]
    yield from (Triple(graph, PROV.wasDerivedFrom, source) for graph in judged for source in read)
    for source in (*read, *judged, assessment.edition.iri):
        yield Triple(named[REPORT], PROV.wasDerivedFrom, source)
    if named[CONTRASTS] in graphs:
        yield from (Triple(named[CONTRASTS], PROV.wasDerivedFrom, source) for source in (*read, *judged))
    yield Triple(Iri(f"{request}/{DETERMINED}"), PROV.wasDerivedFrom, named[REPORT])
