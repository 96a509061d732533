"""What must be right in an edition before it may judge anybody.

SHACL engines accept a misspelt constraint, an undefined shape or a missing class in silence. These checks
refuse such an edition; the canaries (probes.py) catch a shape that accepts everything all the same.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from reasoner.errors import Problem
from reasoner.guideline.form import Fault, authoring, form_faults, missing, name_of, named_members
from reasoner.guideline.tree import depth_faults, logic_faults
from reasoner.lines import line_of, places
from reasoner.rdf import Graph, Iri, Literal, Triple
from reasoner.terms import CORE, GUIDELINE, OWL, RDF, RDFS, SH, A, local_name
from reasoner.vocabulary import nearest, prefixed, undeclared

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from reasoner.ontology import Ontology

PHRASES = (GUIDELINE.phraseMet, GUIDELINE.phraseNotMet, GUIDELINE.phraseNotDocumented, GUIDELINE.phraseConflicting)


def check_edition(graph: Graph, content: bytes, file: str, ontology: Ontology) -> list[Problem]:
    """Every problem of an edition that would make its answers unsafe, in order of lines."""
    if deep := list(depth_faults(graph)):
        return _problems(deep, graph, content, file)
    found = [
        *_one_edition(graph), *_imports(graph), *_triple_terms(graph), *_unknown_terms(graph, ontology),
        *_unevaluated_terms(graph), *form_faults(graph, ontology), *_undefined_shapes(graph),
        *_criteria(graph, ontology), *_any_kind(graph), *_cautions(graph), *logic_faults(graph),
    ]  # fmt: skip
    return _problems(found, graph, content, file)


def check_ladder(graph: Graph, content: bytes, file: str, ontology: Ontology) -> list[Problem]:
    """Every problem of a ladder that would make its gates or its order unsafe, in order of lines."""
    found = [
        *_one_ladder(graph), *_imports(graph), *_unknown_terms(graph, ontology), *_unevaluated_terms(graph),
        *_undefined_shapes(graph),
    ]  # fmt: skip
    return _problems(found, graph, content, file)


def _problems(found: Iterable[Fault], graph: Graph, content: bytes, file: str) -> list[Problem]:
    problems = {
        Problem(code, file, _line(code, subject, graph, content), problem, fix) for code, subject, problem, fix in found
    }
    return sorted(problems, key=lambda p: (p.line or 0, p.code, p.problem))


def _line(code: str, subject: Iri, graph: Graph, content: bytes) -> int | None:
    if code == "triple-term":
        return places(content).triple_term or places(content).blank
    line = line_of(content, _owner(subject, graph))
    return places(content).blank if line is None and subject.startswith("_:") else line


def _one_ladder(graph: Graph) -> Iterator[Fault]:
    ladders = graph.subjects(A, GUIDELINE.Ladder)
    if len(ladders) != 1:
        said = f"The file holds {len(ladders)} ladders."
        yield "not-one-ladder", Iri(""), said, "Write exactly one guideline:Ladder in a file."
    for ladder in ladders:
        for predicate in (GUIDELINE.jurisdiction, GUIDELINE.inForceFrom, GUIDELINE.keyedOn, GUIDELINE.rungs):
            if not graph.values(ladder, predicate):
                yield from missing(ladder, predicate)


def _one_edition(graph: Graph) -> Iterator[Fault]:
    editions = graph.subjects(A, GUIDELINE.Edition)
    if len(editions) != 1:
        yield (
            "not-one-edition",
            editions[-1] if editions else Iri(""),
            f"The file holds {len(editions)} editions.",
            "Write exactly one guideline:Edition in a file.",
        )
        return
    silent = graph.iris(editions[0], GUIDELINE.silentOn)
    if not graph.subjects(A, GUIDELINE.Criterion) and not silent:
        yield (
            "no-criterion", editions[0], "The edition has no criterion and says of nothing that it is silent on it.",
            "Add a guideline:Criterion, or guideline:silentOn the class of requests it does not address.",
        )  # fmt: skip


def _imports(graph: Graph) -> Iterator[Fault]:
    for subject, _ in graph.pairs(OWL.imports):
        yield (
            "imports",
            subject,
            "An edition imports nothing; owl:imports is never followed.",
            "Delete the owl:imports statement.",
        )


def _triple_terms(graph: Graph) -> Iterator[Fault]:
    for subject, _ in graph.pairs(RDF.reifies):
        yield (
            "triple-term", subject,
            "A statement is made about a statement, with << >> or {| |}, which no engine reads.",
            "Write it as a statement about the thing itself, or as a guideline:note.",
        )  # fmt: skip


def _unknown_terms(graph: Graph, ontology: Ontology) -> Iterator[Fault]:
    unknown = set(undeclared(graph.all_names(), ontology))
    for triple in graph if unknown else ():
        for term in unknown.intersection(_named(triple)):
            guess = nearest(term, ontology)
            fix = (
                f"Did you mean {prefixed(guess, {})}?"
                if guess
                else "Declare it in ontology/, or use a term that is declared there."
            )
            yield (
                "undeclared-term",
                triple.subject,
                f"{prefixed(term, {})} is declared nowhere in the ontology.",
                fix,
            )


def _named(triple: Triple) -> Iterable[Iri]:
    return [triple.predicate] if isinstance(triple.object, Literal) else [triple.predicate, triple.object]


def _unevaluated_terms(graph: Graph) -> Iterator[Fault]:
    strange = {term for term in graph.all_names() - evaluated_terms() if term in SH}
    for triple in graph if strange else ():
        for term in strange.intersection(_named(triple)):
            yield (
                "unevaluated-term", triple.subject,
                f"sh:{local_name(term)} is not among the SHACL terms that the engines here are shown to evaluate.",
                "Use one that shapes/authoring.ttl lists; a misspelt term would pass in silence.",
            )  # fmt: skip


@cache
def evaluated_terms() -> frozenset[Iri]:
    """The SHACL terms that shapes/authoring.ttl lists as evaluated."""
    return frozenset(subject for subject, _ in authoring().pairs(GUIDELINE.evaluated))


def _undefined_shapes(graph: Graph) -> Iterator[Fault]:
    heads = [pair for p in (SH["or"], SH["and"]) for pair in graph.pairs(p)]
    shape_lists = [(subject, member) for subject, head in heads for member in named_members(graph, head)]
    direct = [
        pair
        for p in (SH.qualifiedValueShape, SH.node, SH.property, SH["not"], GUIDELINE.contraryShape, GUIDELINE.raisedBy)
        for pair in graph.pairs(p)
    ]
    for subject, shape in [*direct, *shape_lists]:
        if isinstance(shape, Literal) or not _is_shape(shape, graph):
            yield (
                "undefined-shape", subject, f"{name_of(shape)} is not defined as a shape in this file.",
                "Define it with a sh:NodeShape and at least one constraint; an undefined shape accepts everything.",
            )  # fmt: skip


def _is_shape(shape: Iri, graph: Graph) -> bool:
    stated = graph.predicates(shape)
    constrains = any(predicate in SH and predicate not in (SH.severity, SH.message) for predicate in stated)
    return constrains and (
        shape.startswith("_:") or bool({SH.NodeShape, SH.PropertyShape}.intersection(graph.iris(shape, A)))
    )


def _criteria(graph: Graph, ontology: Ontology) -> Iterator[Fault]:
    required = (
        RDFS.label,
        GUIDELINE.locator,
        GUIDELINE.looksFor,
        SH.targetClass,
        SH.qualifiedValueShape,
        GUIDELINE.contraryShape,
        *PHRASES,
    )
    for criterion in graph.subjects(A, GUIDELINE.Criterion):
        for predicate in required:
            if not graph.values(criterion, predicate):
                yield from missing(criterion, predicate)
        if graph.iris(criterion, SH.path) != [CORE.evidence] or graph.text(criterion, SH.qualifiedMinCount) != "1":
            yield (
                "not-on-evidence", criterion, f"{name_of(criterion)} does not ask for one finding of the evidence.",
                "Write: sh:path core:evidence ; sh:qualifiedMinCount 1 .",
            )  # fmt: skip
        target, rule = graph.iri(criterion, SH.targetClass), graph.iri(criterion, GUIDELINE.holdsFor)
        if (target == CORE.RequestedSegment) != (rule is not None) or target not in (
            CORE.RequestedSegment,
            CORE.TreatmentRequest,
        ):
            yield (
                "target",
                criterion,
                f"{name_of(criterion)} is asked neither of the request nor, with guideline:holdsFor, of each segment.",
                "Write sh:targetClass core:TreatmentRequest, or core:RequestedSegment with a guideline:holdsFor.",
            )
        yield from _kinds(criterion, graph, ontology)


def _kinds(criterion: Iri, graph: Graph, ontology: Ontology) -> Iterator[Fault]:
    for kind in graph.iris(criterion, GUIDELINE.looksFor):
        if not ontology.is_a(kind, CORE.Finding):
            yield (
                "not-a-finding",
                criterion,
                f"{prefixed(kind, {})} is not a kind of finding.",
                "Look for a class below core:Finding.",
            )


def _any_kind(graph: Graph) -> Iterator[Fault]:
    for criterion in graph.subjects(A, GUIDELINE.Criterion):
        for predicate in (SH.qualifiedValueShape, GUIDELINE.contraryShape):
            for shape in graph.iris(criterion, predicate):
                if not _names_a_class(shape, graph):
                    what = f"{name_of(shape)} can accept a finding of any kind"
                    yield (
                        "any-kind", shape, f"{what}, and so answer {name_of(criterion)} wrongly.",
                        "Add sh:class with the kind of finding, to the shape or to each member of its sh:or.",
                    )  # fmt: skip


def _names_a_class(shape: Iri, graph: Graph, above: tuple[Iri, ...] = ()) -> bool:
    if shape in above:
        return False
    above = (*above, shape)
    if graph.values(shape, SH["class"]) or any(_names_a_class(n, graph, above) for n in graph.iris(shape, SH.node)):
        return True
    alternatives = [named_members(graph, head) for head in graph.iris(shape, SH["or"])]
    return any(members and all(_names_a_class(m, graph, above) for m in members) for members in alternatives)


def _cautions(graph: Graph) -> Iterator[Fault]:
    for caution in graph.subjects(A, GUIDELINE.Caution):
        for predicate in (
            RDFS.label,
            GUIDELINE.locator,
            GUIDELINE.looksFor,
            GUIDELINE.raisedBy,
            GUIDELINE.phraseRaised,
            GUIDELINE.phraseNotRaised,
        ):
            if not graph.values(caution, predicate):
                yield from missing(caution, predicate)


def _owner(subject: Iri, graph: Graph) -> Iri:
    """The named subject in whose statement a blank node stands."""
    seen = {subject}
    while subject.startswith("_:"):
        holders = sorted({t.subject for t in graph if t.object == subject} - seen)
        if not holders:
            return Iri("")
        subject = holders[0]
        seen.add(subject)
    return subject
