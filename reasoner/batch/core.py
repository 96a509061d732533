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
from reasoner.reviewer import audit_statements, refuse_unfit_reviewer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from reasoner.batch.row import Asks, CaseText
    from reasoner.cases import Manner
    from reasoner.determine import Determination, Verdict
    from reasoner.judge import Assessment
    from reasoner.ontology import Ontology
    from reasoner.rationale.words import Sentence
    from reasoner.rdf import Iri
    from reasoner.validate import Engine, Hit

K = TypeVar("K")
V = TypeVar("V")


def determine_rows(cases: Sequence[CaseText], manner: Manner, asks: Asks) -> list[Row]:
    """One row for each case, in order; a case that cannot be judged has problems and no outcome."""
    with _uncollected():
        return _rows(cases, manner, asks)


def _rows(cases: Sequence[CaseText], manner: Manner, asks: Asks) -> list[Row]:
    """These rows, of which nothing else is left when the collector is asked again."""
    ontology = load_ontology()
    begun = [_brought(case, manner, ontology) for case in cases]
    gates, hits = _gates(begun, manner.engine), _hits(begun, manner.engine)
    return [
        given if isinstance(given, Row) else _row(case, given, gates.get(n), hits.get(n), (manner, asks, ontology))
        for n, (case, given) in enumerate(zip(cases, begun, strict=True))
    ]


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


def _brought(given: CaseText, manner: Manner, ontology: Ontology) -> Brought | Row:
    """A case before its edition, or the row that says why it cannot be judged."""
    sha256 = None
    try:
        case = load_content(given.name, given.file, given.ending, given.content)
        sha256 = case.sha256
        prepared = prepare(case, ontology, manner.engine, manner.as_of)
        refuse_unfit_reviewer(prepared, ontology, manner.engine)
        return bring(prepared, ontology, manner.guideline)
    except ReasonerError as error:
        return problem_row(given, error.problems, sha256)
    except Exception as error:  # noqa: BLE001 - a bug of ours on one case must not stop the others
        return problem_row(given, (our_bug(given, error),), sha256)


def _gates(begun: Sequence[Brought | Row], engine: Engine) -> dict[int, tuple[Iri, ...]]:
    """The gates that each case does not pass, by its number."""
    return _of_each(
        begun,
        lambda brought: brought.selection.ladder,
        lambda ladder, many: shut_of_each(ladder, [brought.prepared.graph for brought in many], engine),
    )


def _hits(begun: Sequence[Brought | Row], engine: Engine) -> dict[int, frozenset[Hit]]:
    """What the engine sees in each case that is before an edition, by its number."""
    return _of_each(
        begun,
        lambda brought: brought.selection.edition,
        lambda edition, many: seen_of_each(edition, [brought.graph for brought in many], engine),
    )


def _of_each(
    begun: Sequence[Brought | Row], of: Callable[[Brought], K | None], ask: Callable[[K, list[Brought]], list[V]]
) -> dict[int, V]:
    """What is found by asking at once for all cases that have the same; nothing where that fails for one of them."""
    groups: dict[K, list[tuple[int, Brought]]] = {}
    for number, brought in enumerate(begun):
        if not isinstance(brought, Row) and (key := of(brought)) is not None:
            groups.setdefault(key, []).append((number, brought))
    found: dict[int, V] = {}
    for key, members in groups.items():
        with suppress(Exception):  # each case is asked for alone where it is assessed, and its error told
            answers = ask(key, [brought for _, brought in members])
            found.update(zip((number for number, _ in members), answers, strict=True))
    return found


def _row(
    given: CaseText,
    brought: Brought,
    gates: tuple[Iri, ...] | None,
    hits: frozenset[Hit] | None,
    how: tuple[Manner, Asks, Ontology],
) -> Row:
    manner, asks, ontology = how
    engine = manner.engine
    try:
        pass_gates(brought, gates_shut(brought, engine) if gates is None else gates)
        if hits is None:
            hits = seen(brought.selection.edition, brought.graph, engine)
        return _judged(assessed(brought, hits, ontology, engine), manner, asks, ontology)
    except ReasonerError as error:
        return problem_row(given, error.problems, brought.prepared.case.sha256)
    except Exception as error:  # noqa: BLE001 - a bug of ours on one case must not stop the others
        return problem_row(given, (our_bug(given, error),), brought.prepared.case.sha256)


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
    told = _told(assessment, determined, manner, asks, ontology)
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


def _told(assessment: Assessment, determined: Determination, manner: Manner, asks: Asks, ontology: Ontology) -> _Told:
    if not (asks.determination or asks.rationale or asks.dossier):
        return _Told(disputed(assessment, determined, Words(ontology, assessment.record))[1])
    rationale = explain(assessment, determined, ontology)
    stated = determination_triples(assessment, determined, rationale, ontology)
    audit_statements(stated, ontology, manner.engine)
    if asks.dossier:
        others = contrasts(assessment, asks.also, ontology, manner.engine)
        quads = in_its_graph(stated, assessment)
        return _Told(rationale.discrepancies, dossier(assessment, quads, manner.engine, others))
    return _Told(
        rationale.discrepancies,
        nquads_text(in_its_graph(stated, assessment)) if asks.determination else None,
        text(page(assessment, determined, rationale, ontology), cite=False) if asks.rationale else None,
    )
