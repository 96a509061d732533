"""Cases in, one row for each out, in the same order: no file is opened here and no case sees another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reasoner.batch.row import (
    CautionRow,
    CriterionRow,
    DiscrepancyRow,
    ProblemRow,
    RequestRow,
    Row,
    RungRow,
)  # fmt: skip
from reasoner.contrast import contrasts
from reasoner.errors import Problem, ReasonerError
from reasoner.judge import decide, judge, prepare
from reasoner.load import load_content
from reasoner.ontology import load_ontology
from reasoner.rationale.explain import disputed, explain
from reasoner.rationale.words import Words
from reasoner.rdf import nquads
from reasoner.render.dossier import dossier
from reasoner.render.graph import determination_quads
from reasoner.render.page import page, text
from reasoner.reviewer import audit_determination, refuse_unfit_reviewer

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from reasoner.batch.row import Asks, CaseText
    from reasoner.cases import Manner
    from reasoner.determine import Determination, Verdict
    from reasoner.judge import Assessment
    from reasoner.ontology import Ontology


def determine_rows(cases: Sequence[CaseText], manner: Manner, asks: Asks) -> list[Row]:
    """One row for each case, in order; a case that cannot be judged has problems and no outcome."""
    ontology = load_ontology()
    return [_row(case, manner, asks, ontology) for case in cases]


def _row(given: CaseText, manner: Manner, asks: Asks, ontology: Ontology) -> Row:
    sha256 = None
    try:
        case = load_content(given.name, given.file, given.ending, given.content)
        sha256 = case.sha256
        prepared = prepare(case, ontology, manner.engine, manner.as_of)
        refuse_unfit_reviewer(prepared, ontology, manner.engine)
        assessment = judge(prepared, ontology, manner.engine, manner.guideline)
        return _judged(assessment, manner, asks, ontology)
    except ReasonerError as error:
        return problem_row(given, error.problems, sha256)
    except Exception as error:  # noqa: BLE001 - a bug of ours on one case must not stop the others
        return problem_row(given, (our_bug(given, error),), sha256)


def our_bug(given: CaseText, error: Exception) -> Problem:
    """An error that nobody foresaw, told as ours."""
    return Problem(
        "our-bug", given.file, None, f"{type(error).__name__}: {error}",
        "This is our mistake. Please report it with the case.",
    )  # fmt: skip


def problem_row(given: CaseText, problems: Iterable[Problem], sha256: str | None = None) -> Row:
    """The row of a case that was not judged."""
    found = tuple(ProblemRow(p.code, p.file, p.line, p.problem, p.fix) for p in problems)
    return Row(given.name, given.file, sha256, problems=found)


def _judged(assessment: Assessment, manner: Manner, asks: Asks, ontology: Ontology) -> Row:
    determined = decide(assessment)
    record, edition, selection = assessment.record, assessment.edition, assessment.selection
    verdicts = _verdicts(determined)
    determination, rationale = _told(assessment, determined, manner, asks, ontology)
    _, discrepancies = disputed(assessment, determined, Words(ontology, record))
    return Row(
        case=record.case, file=assessment.prepared.case.file, sha256=assessment.prepared.case.sha256,
        as_of=record.as_of, edition=edition.iri, edition_label=edition.label, edition_sha256=edition.sha256,
        ladder=selection.ladder.iri if selection.ladder else None,
        rungs=tuple(RungRow(s.authority, s.reply.value, s.ground) for s in selection.steps),
        outcome=determined.outcome.value,
        reason=determined.reason.value if determined.reason else None,
        review=determined.review.value, granted=tuple(determined.granted),
        requests=tuple(_request(v) for v in verdicts),
        criteria=tuple(row for v in verdicts for row in _criteria(v, assessment)),
        cautions=tuple(CautionRow(v.request.iri, r.caution, r.raised) for v in verdicts for r in v.cautions),
        discrepancies=tuple(DiscrepancyRow(s.text, tuple(s.derived_from)) for s in discrepancies),
        determination=determination, rationale=rationale,
    )  # fmt: skip


def _verdicts(determined: Determination) -> list[Verdict]:
    """The verdict on the whole, then those of the parts that are decided apart."""
    whole = determined.whole
    return [whole, *(p for p in determined.parts if p.request.iri != whole.request.iri)]


def _request(verdict: Verdict) -> RequestRow:
    reason = verdict.reason.value if verdict.reason else None
    return RequestRow(verdict.request.iri, verdict.request.part_of, verdict.outcome.value, reason)


def _criteria(verdict: Verdict, assessment: Assessment) -> Iterator[CriterionRow]:
    for iri, answer in verdict.answers.items():
        criterion = assessment.edition.criteria[iri]
        yield CriterionRow(
            verdict.request.iri, iri, criterion.name, criterion.notation, criterion.label, answer.status.value,
            answer.computed.value, tuple(sorted(answer.supporting)), tuple(sorted(answer.contrary)),
            tuple(sorted(answer.elsewhere)), tuple(answer.adjudications),
        )  # fmt: skip


def _told(
    assessment: Assessment, determined: Determination, manner: Manner, asks: Asks, ontology: Ontology
) -> tuple[str | None, str | None]:
    """The determination as audited N-Quads and the rationale as text, where asked for."""
    if not (asks.determination or asks.rationale or asks.dossier):
        return None, None
    rationale = explain(assessment, determined, ontology)
    quads = determination_quads(assessment, determined, rationale, ontology)
    audit_determination(quads, ontology, manner.engine)
    if asks.dossier:
        others = contrasts(assessment, asks.also, ontology, manner.engine)
        return dossier(assessment, quads, manner.engine, others), None
    return (
        nquads(quads).decode() if asks.determination else None,
        text(page(assessment, determined, rationale, ontology), cite=False) if asks.rationale else None,
    )
