"""Guideline editions, read from their files and checked."""

from __future__ import annotations

import codecs
import hashlib
from functools import cache
from typing import TYPE_CHECKING

from reasoner.data import folder, shown
from reasoner.dates import interval
from reasoner.errors import KnowledgeBaseError, Problem
from reasoner.guideline.check import check_edition
from reasoner.guideline.edition import (
    Criterion,
    Edition,
    Group,
    Node,
    Omission,
    Operator,
    Policy,
    Recommendation,
    Remedy,
    Requirement,
    SegmentRule,
    Source,
    Span,
    WitnessPhrase,
)  # fmt: skip
from reasoner.guideline.form import COMPARISONS
from reasoner.rdf import Graph, Iri, Literal, SyntaxFault, Term, triples
from reasoner.terms import BASE, CORE, DCTERMS, GUIDELINE, RDFS, SH, SKOS, A, local_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from reasoner.ontology import Ontology


def read_edition(path: Path, ontology: Ontology) -> Edition:
    """The edition in a file, checked. Raises `KnowledgeBaseError` with every problem found."""
    content = path.read_bytes()
    return _edition(content, shown(path), ontology)


@cache
def _edition(content: bytes, file: str, ontology: Ontology) -> Edition:
    return edition_of(_graph(content, file), content, file, ontology)


def edition_of(graph: Graph, content: bytes, file: str, ontology: Ontology) -> Edition:
    """The edition in a graph that was read from a file, or changed since. Raises `KnowledgeBaseError`."""
    problems = check_edition(graph, content, file, ontology)
    if problems:
        raise KnowledgeBaseError(*problems)
    iri = graph.subjects(A, GUIDELINE.Edition)[0]
    criteria = {c: _criterion(c, graph) for c in graph.subjects(A, GUIDELINE.Criterion)}
    root = graph.iri(iri, GUIDELINE.logic)
    return Edition(
        iri=iri,
        file=file,
        guideline=graph.iri(iri, GUIDELINE.editionOf) or iri,
        label=graph.text(iri, RDFS.label),
        title=graph.text(iri, GUIDELINE.title),
        notations=_texts(graph, iri, SKOS.notation),
        source=_source(iri, graph),
        in_force=span(iri, graph),
        notes=_texts(graph, iri, GUIDELINE.note),
        scope=tuple(graph.iris(iri, GUIDELINE.scope)),
        excludes=tuple(graph.iris(iri, GUIDELINE.excludes)),
        silent_on=tuple(graph.iris(iri, GUIDELINE.silentOn)),
        divisible=graph.text(iri, GUIDELINE.divisible) == "true",
        criteria=criteria,
        duties=tuple(graph.iris(iri, GUIDELINE.duty)),
        cautions={c: _criterion(c, graph) for c in graph.iris(iri, GUIDELINE.caution)},
        groups={g: _group(g, graph) for g in graph.subjects(A, GUIDELINE.Group)},
        logic=node(root, graph) if root else None,
        recommendations=tuple(_recommendations(iri, graph)),
        presents=tuple(_presentation(iri, graph)),
        policy=_policy(iri, graph),
        omissions=tuple(
            Omission(o, graph.text(o, GUIDELINE.locator), graph.text(o, GUIDELINE.reason))
            for o in graph.iris(iri, GUIDELINE.notEncoded)
        ),
        graph=graph,
        content=content,
        sha256=hashlib.sha256(content).hexdigest(),
    )


def _graph(content: bytes, file: str) -> Graph:
    try:
        return Graph(triples(content, ".ttl"))
    except SyntaxFault as fault:
        raise KnowledgeBaseError(not_turtle(content, file, fault)) from None


def not_turtle(content: bytes, file: str, fault: SyntaxFault) -> Problem:
    """What to say of a file that cannot be read."""
    if content.startswith(_MARKS):
        said = "The file begins with a byte order mark."
        return Problem("syntax", file, 1, said, "Save it as UTF-8 without a byte order mark.")
    return Problem("syntax", file, fault.line, f"Not Turtle: {fault}", "Mend the statement at this line.")


_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def span(subject: Iri, graph: Graph) -> Span:
    """The days between ``guideline:inForceFrom`` and ``guideline:inForceUntil``."""
    first, last = (graph.literal(subject, p) for p in (GUIDELINE.inForceFrom, GUIDELINE.inForceUntil))
    return Span(interval(first) if first else None, interval(last) if last else None)


def node(iri: Iri, graph: Graph) -> Node:
    """The logic under a criterion or group."""
    operator = next((o for o in Operator if graph.values(iri, GUIDELINE[o.value])), None)
    list_of = GUIDELINE.of if operator is Operator.AT_LEAST else GUIDELINE[operator or ""]
    unless, when = graph.iri(iri, GUIDELINE.unless), graph.iri(iri, GUIDELINE.when)
    return Node(
        iri=iri,
        operator=operator,
        members=tuple(node(m, graph) for m in _iris(graph.members(graph.iri(iri, list_of)))) if operator else (),
        count=int(graph.text(iri, GUIDELINE.atLeast) or 0),
        unless=node(unless, graph) if unless else None,
        when=node(when, graph) if when else None,
    )


def _criterion(iri: Iri, graph: Graph) -> Criterion:
    supporting = graph.iri(iri, SH.qualifiedValueShape) or graph.iri(iri, GUIDELINE.raisedBy) or Iri("")
    contrary = graph.iri(iri, GUIDELINE.contraryShape)
    rule = graph.iri(iri, GUIDELINE.holdsFor)
    return Criterion(
        iri=iri, name=local_name(iri), notation=graph.text(iri, SKOS.notation), label=graph.text(iri, RDFS.label),
        source=_source(iri, graph), requirement=_requirement(iri, graph),
        looks_for=tuple(graph.iris(iri, GUIDELINE.looksFor)),
        target=graph.iri(iri, SH.targetClass) or CORE.TreatmentRequest,
        holds_for=SegmentRule(local_name(rule)) if rule else None,
        supporting=supporting, contrary=contrary, both_means=graph.iri(iri, GUIDELINE.bothMeans),
        phrases=_phrases(iri, graph),
        witness_phrases=tuple(_witness_phrase(w, graph) for w in graph.iris(iri, GUIDELINE.witnessPhrase)),
        remedy=_remedy(iri, graph), bounds={**_bounds(contrary, graph), **_bounds(supporting, graph)},
    )  # fmt: skip


def _group(iri: Iri, graph: Graph) -> Group:
    return Group(
        iri=iri, name=local_name(iri), notation=graph.text(iri, SKOS.notation), label=graph.text(iri, RDFS.label),
        locator=graph.text(iri, GUIDELINE.locator), requirement=Requirement.GROUP,
        phrases=_phrases(iri, graph), remedy=_remedy(iri, graph),
    )  # fmt: skip


def _requirement(iri: Iri, graph: Graph) -> Requirement:
    stated = graph.iri(iri, GUIDELINE.requirement)
    return Requirement(local_name(stated).lower()) if stated else Requirement.REQUIRED


def _phrases(iri: Iri, graph: Graph) -> Mapping[str, str]:
    names = ("phraseMet", "phraseNotMet", "phraseNotDocumented", "phraseConflicting", "phraseRaised", "phraseNotRaised")
    return {name: text for name in names if (text := graph.text(iri, GUIDELINE[name]))}


def _source(iri: Iri, graph: Graph) -> Source:
    publication = graph.iri(iri, DCTERMS.source)
    mark = graph.iri(iri, GUIDELINE.verification)
    return Source(
        title=graph.text(publication, RDFS.label) if publication else "",
        locator=graph.text(iri, GUIDELINE.locator),
        verification=local_name(mark) if mark else "",
    )


def _remedy(iri: Iri, graph: Graph) -> Remedy | None:
    found = graph.iri(iri, GUIDELINE.remedy)
    if found is None:
        return None
    actor = graph.iri(found, GUIDELINE.actor)
    return Remedy(found, graph.text(found, GUIDELINE.phrase), local_name(actor) if actor else "")


def _witness_phrase(iri: Iri, graph: Graph) -> WitnessPhrase:
    return WitnessPhrase(iri, graph.iri(iri, GUIDELINE.ofKind) or Iri(""), graph.text(iri, GUIDELINE.phrase))


def _presentation(edition: Iri, graph: Graph) -> Iterator[WitnessPhrase]:
    for item in _iris(graph.members(graph.iri(edition, GUIDELINE.presents))):
        described = graph.predicates(item)
        yield _witness_phrase(item, graph) if described else WitnessPhrase(item, item, "")


def _recommendations(edition: Iri, graph: Graph) -> Iterator[Recommendation]:
    for item in _iris(graph.members(graph.iri(edition, GUIDELINE.recommendations))):
        yield Recommendation(
            item, graph.text(item, GUIDELINE.phrase), graph.text(item, GUIDELINE.locator),
            tuple(graph.iris(item, GUIDELINE.encodedBy)),
        )  # fmt: skip


def _policy(edition: Iri, graph: Graph) -> Policy | None:
    policy = graph.iri(edition, GUIDELINE.conflictPolicy)
    if policy is None:
        return None
    roles = tuple(_iris(graph.members(graph.iri(policy, GUIDELINE.roles))))
    return Policy(policy == GUIDELINE.LaterPrevails, roles)


def _bounds(shape: Iri | None, graph: Graph) -> dict[str, str]:
    found: dict[str, str] = {}
    for below in _reachable(shape, graph) if shape else ():
        path = graph.iri(below, SH.path)
        for comparison in COMPARISONS:
            if path and (bound := graph.text(below, comparison)):
                found.setdefault(local_name(path), bound)
    return found


def _reachable(shape: Iri, graph: Graph) -> list[Iri]:
    seen, waiting = [shape], [shape]
    while waiting:
        for values in graph.predicates(waiting.pop()).values():
            fresh = [v for v in values if not isinstance(v, Literal) and v not in seen and graph.predicates(v)]
            seen.extend(fresh)
            waiting.extend(fresh)
    return seen


def _texts(graph: Graph, subject: Iri, predicate: Iri) -> tuple[str, ...]:
    return tuple(v.value for v in graph.values(subject, predicate) if isinstance(v, Literal))


def _iris(terms: list[Term]) -> list[Iri]:
    return [term for term in terms if not isinstance(term, Literal)]


def editions_of(guideline: Iri) -> list[Path]:
    """The files of a guideline's editions: the guideline's IRI mirrors their folder."""
    return sorted((folder("shapes") / guideline.removeprefix(BASE)).glob("*.ttl"))


def all_editions() -> list[Path]:
    """The files of every packaged edition, in order of their paths."""
    return [path for path in sorted(folder("shapes").glob("*/*/*.ttl")) if path.parts[-3] != "ladders"]
