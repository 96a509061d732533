"""An assessment for the validate command: a table of criteria, the SHACL report, the prepared graphs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reasoner.determine import group_statuses
from reasoner.guideline.probes import run, shapes_with_probes
from reasoner.rationale.words import Words
from reasoner.rdf import Iri, Literal, Triple, ntriples, turtle
from reasoner.render.data import Json, criteria_json, inputs, ladder_json
from reasoner.status import Status
from reasoner.terms import SH, XSD, A
from reasoner.vocabulary import prefixes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reasoner.judge import Assessment
    from reasoner.ontology import Ontology
    from reasoner.rdf import Term
    from reasoner.record import Request
    from reasoner.validate import Engine, Result

Row = tuple[str, str, str, str]


def judged_requests(assessment: Assessment) -> list[Request]:
    """The whole request, and its parts where the edition is divisible."""
    return [r for r in assessment.record.requests if r.part_of is None or assessment.edition.divisible]


def rows(request: Request, assessment: Assessment, ontology: Ontology) -> list[Row]:
    """Notation, label, status and witnesses of each criterion, in the order of the logic."""
    words = Words(ontology, assessment.record)
    edition, answers = assessment.edition, assessment.applied(request.iri)
    found: list[Row] = []
    for item in criteria_json(answers, group_statuses(edition, answers), edition, assessment.record):
        for_it, against = (
            [words.statement(assessment.record.findings[w["finding"]]) for w in item[side]]
            for side in ("supporting", "contrary")
        )
        said = [*(f"+ {s}" for s in sorted(set(for_it))), *(f"- {s}" for s in sorted(set(against)))]
        found.append(
            (item["notation"], item["label"], item["status"], "\n".join([] if item["requirement"] == "group" else said))
        )
    return found


def all_met(assessment: Assessment) -> bool:
    """Whether every criterion that applies is met, for the whole or for every part."""
    statuses = {a.status for r in judged_requests(assessment) for a in assessment.applied(r.iri).values()}
    return statuses <= {Status.MET, Status.NOT_APPLICABLE}


def assessment_json(assessment: Assessment, ontology: Ontology) -> Json:
    """The criteria of one case as JSON, in the form that a determination has them."""
    edition = assessment.edition
    return {
        "case": assessment.record.case,
        "request": assessment.record.whole.iri,
        "edition": edition.iri,
        "in_force": assessment.selection.in_force,
        "as_of": assessment.record.as_of.isoformat(),
        "ladder": ladder_json(assessment),
        "criteria": _criteria(assessment.record.whole, assessment),
        "parts": [
            {"request": r.iri, "criteria": _criteria(r, assessment)} for r in judged_requests(assessment) if r.part_of
        ],
        "inputs": inputs(assessment, ontology),
    }


def _criteria(request: Request, assessment: Assessment) -> list[Json]:
    answers = assessment.applied(request.iri)
    return criteria_json(answers, group_statuses(assessment.edition, answers), assessment.edition, assessment.record)


def shacl_report(assessment: Assessment, ontology: Ontology, engine: Engine) -> str:
    """The SHACL validation report as Turtle, its results named and sorted: the same report gives the same bytes."""
    results = run(assessment.edition, assessment.judged, engine)
    return turtle(report_triples(assessment.record.whole.iri, results), prefixes(ontology))


def report_triples(request: Iri, results: Sequence[Result]) -> Iterator[Triple]:
    """The SHACL validation report of a request, its results named in their order."""
    node = Iri(f"{request}/report")
    conforms = Literal(str(not results).lower(), XSD.boolean)
    yield Triple(node, A, SH.ValidationReport)
    yield Triple(node, SH.conforms, conforms)
    for number, result in enumerate(results, 1):
        found = Iri(f"{node}/{number}")
        yield Triple(node, SH.result, found)
        yield Triple(found, A, SH.ValidationResult)
        stated: list[tuple[Iri, Term]] = [
            (SH.focusNode, Iri(result.focus)),
            (SH.sourceShape, result.shape),
            (SH.sourceConstraintComponent, result.component),
            (SH.resultSeverity, result.severity),
        ]
        yield from (Triple(found, predicate, value) for predicate, value in stated if value)
        if result.path:
            yield Triple(found, SH.resultPath, Iri(result.path))
        if result.value:
            yield Triple(found, SH.value, Iri(result.value))


def prepared_files(assessment: Assessment, ontology: Ontology, engine: Engine) -> dict[str, str]:
    """The graph and shapes that the engine was given, as N-Triples and Turtle, by file name."""
    shapes = sorted(shapes_with_probes(assessment.edition), key=str)
    return {
        "data.nt": ntriples(assessment.judged).decode(),
        "shapes.ttl": turtle(shapes, prefixes(ontology)),
        "report.ttl": shacl_report(assessment, ontology, engine),
    }


def unevaluated(assessment: Assessment) -> bool:
    """Whether some criterion could not be evaluated."""
    return any(
        a.status is Status.NOT_EVALUATED
        for r in judged_requests(assessment)
        for a in assessment.answers[r.iri].values()
    )
