"""Cases in, one row for each out, in the same order: no file is opened here and no case sees another."""

from __future__ import annotations

import gc
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, NamedTuple, TypeVar

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
from reasoner.guideline.gates import shut_of_each
from reasoner.guideline.probes import seen, seen_of_each
from reasoner.judge import Brought, assessed, bring, decide, gates_shut, pass_gates, prepare
from reasoner.load import load_content
from reasoner.ontology import load_ontology
from reasoner.rationale.explain import disputed, explain
from reasoner.rationale.words import Words
from reasoner.rdf import nquads_text
from reasoner.render.dossier import dossier
from reasoner.render.graph import determination_triples, in_its_graph
from reasoner.render.page import page, text
from reasoner.reviewer import audit_determination, refuse_unfit_reviewer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from reasoner.batch.row import Asks, CaseText
    from reasoner.cases import Manner
    from reasoner.contrast import Contrast
    from reasoner.determine import Determination, Verdict
    from reasoner.judge import Assessment
    from reasoner.ontology import Ontology
    from reasoner.rationale.words import Sentence
    from reasoner.rdf import Iri
    from reasoner.validate import Hit

T = TypeVar("T")
K = TypeVar("K")
V = TypeVar("V")


def determine_rows(cases: Sequence[CaseText], manner: Manner, asks: Asks) -> list[Row]:
    """One row for each case, in order; a case that cannot be judged has problems and no outcome."""
    with _uncollected():
        return _rows(cases, manner, asks)


def _rows(cases: Sequence[CaseText], manner: Manner, asks: Asks) -> list[Row]:
    """These rows, of which nothing else is left when the collector is asked again."""
    how = _How(manner, asks, load_ontology())
    begun = [_brought(case, how) for case in cases]
    gates, hits = _gates(begun, how), _hits(begun, how)
    judged = [
        given if isinstance(given, Row) else _assessed(case, given, gates.get(n), hits.get(n), how)
        for n, (case, given) in enumerate(zip(cases, begun, strict=True))
    ]
    others = _others(judged, how)
    return [
        given if isinstance(given, Row) else _row(case, given, others.get(n), how)
        for n, (case, given) in enumerate(zip(cases, judged, strict=True))
    ]


class _How(NamedTuple):
    """How cases are judged, and what is asked for."""

    manner: Manner
    asks: Asks
    ontology: Ontology


@contextmanager
def _uncollected() -> Iterator[None]:
    """Leave the garbage of a chunk until its end: the collector would go through all its cases again and again."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


def _brought(given: CaseText, how: _How) -> Brought | Row:
    """A case before its edition, or the row that says why it cannot be judged."""
    manner, _, ontology = how
    sha256 = None
    try:
        case = load_content(given.name, given.file, given.ending, given.content)
        sha256 = case.sha256
        prepared = prepare(case, ontology, manner.engine, manner.as_of)
        refuse_unfit_reviewer(prepared, ontology, manner.engine)
        return bring(prepared, ontology, manner.guideline)
    except Exception as error:  # noqa: BLE001 - a bug of ours on one case must not stop the others
        return _not_judged(given, error, sha256)


def _gates(begun: Sequence[Brought | Row], how: _How) -> dict[int, tuple[Iri, ...]]:
    """The gates that each case does not pass, by its number."""
    return _of_each(
        begun,
        lambda brought: brought.selection.ladder,
        lambda ladder, many: shut_of_each(ladder, [brought.prepared.graph for brought in many], how.manner.engine),
    )


def _hits(begun: Sequence[Brought | Row], how: _How) -> dict[int, frozenset[Hit]]:
    """What the engine sees in each case that is before an edition, by its number."""
    return _of_each(
        begun,
        lambda brought: brought.selection.edition,
        lambda edition, many: seen_of_each(edition, [brought.graph for brought in many], how.manner.engine),
    )


def _others(judged: Sequence[Assessment | Row], how: _How) -> dict[int, tuple[Contrast, ...]]:
    """What other editions would make of each case, by its number, where that is asked for."""
    also = how.asks.also if how.asks.dossier else ()
    return _of_each(
        judged,
        lambda _: also or None,
        lambda _, many: contrasts(many, also, how.ontology, how.manner.engine),
    )


def _of_each(
    given: Sequence[T | Row], of: Callable[[T], K | None], ask: Callable[[K, list[T]], list[V]]
) -> dict[int, V]:
    """What is found by asking at once for all cases that have the same; nothing where that fails for one of them."""
    groups: dict[K, list[tuple[int, T]]] = {}
    for number, one in enumerate(given):
        if not isinstance(one, Row) and (key := of(one)) is not None:
            groups.setdefault(key, []).append((number, one))
    found: dict[int, V] = {}
    for key, members in groups.items():
        with suppress(Exception):  # each case is asked for alone where it is needed, and its error told
            answers = ask(key, [one for _, one in members])
            found.update(zip((number for number, _ in members), answers, strict=True))
    return found


def _assessed(
    given: CaseText, brought: Brought, gates: tuple[Iri, ...] | None, hits: frozenset[Hit] | None, how: _How
) -> Assessment | Row:
    """A case judged criterion by criterion, or the row that says why it is not."""
    manner, _, ontology = how
    try:
        pass_gates(brought, gates_shut(brought, manner.engine) if gates is None else gates)
        if hits is None:
            hits = seen(brought.selection.edition, brought.graph, manner.engine)
        return assessed(brought, hits, ontology, manner.engine)
    except Exception as error:  # noqa: BLE001 - a bug of ours on one case must not stop the others
        return _not_judged(given, error, brought.prepared.case.sha256)


def _row(given: CaseText, assessment: Assessment, others: tuple[Contrast, ...] | None, how: _How) -> Row:
    """The row of a judged case; what is told of it has passed the audit."""
    try:
        return _determined(assessment, others, how)
    except Exception as error:  # noqa: BLE001 - a bug of ours on one case must not stop the others
        return _not_judged(given, error, assessment.prepared.case.sha256)


def _not_judged(given: CaseText, error: Exception, sha256: str | None) -> Row:
    problems = error.problems if isinstance(error, ReasonerError) else (our_bug(given, error),)
    return problem_row(given, problems, sha256)


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


def _determined(assessment: Assessment, others: tuple[Contrast, ...] | None, how: _How) -> Row:
    determined = decide(assessment)
    record, edition, selection = assessment.record, assessment.edition, assessment.selection
    verdicts = _verdicts(determined)
    told = _told(assessment, determined, others, how)
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
        discrepancies=tuple(DiscrepancyRow(s.text, tuple(s.derived_from)) for s in told.discrepancies),
        determination=told.determination, rationale=told.rationale,
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


class _Told(NamedTuple):
    """The discrepancies of a case; its determination as audited N-Quads and its rationale as text, where asked for."""

    discrepancies: tuple[Sentence, ...]
    determination: str | None = None
    rationale: str | None = None


def _told(assessment: Assessment, determined: Determination, others: tuple[Contrast, ...] | None, how: _How) -> _Told:
    manner, asks, ontology = how
    if not (asks.determination or asks.rationale or asks.dossier):
        return _Told(disputed(assessment, determined, Words(ontology, assessment.record))[1])
    rationale = explain(assessment, determined, ontology)
    stated = determination_triples(assessment, determined, rationale, ontology)
    audit_determination(stated, ontology, manner.engine)
    if asks.dossier:
        if others is None:
            (others,) = contrasts([assessment], asks.also, ontology, manner.engine)
        return _Told(
            rationale.discrepancies, dossier(assessment, in_its_graph(stated, assessment), manner.engine, others)
        )
    return _Told(
        rationale.discrepancies,
        nquads_text(in_its_graph(stated, assessment)) if asks.determination else None,
        text(page(assessment, determined, rationale, ontology), cite=False) if asks.rationale else None,
    )
