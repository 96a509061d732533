"""Hand-written rows run: whether each criterion, group and caution answers an edited case as its author expects.

Rows are judged by their edition as it stands, whatever the ladder and the dates on which it is in force.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from reasoner.assess import assess, cautions, report
from reasoner.author.deck_file import NOT_RAISED, RAISED, Deck, Row, deck_path, read_deck
from reasoner.author.extract import Extract, extract
from reasoner.determine import inapplicable
from reasoner.errors import InputRefusedError, KnowledgeBaseError, Problem
from reasoner.guideline.probes import shapes_with_probes, untrustworthy
from reasoner.judge import Prepared, prepare, settled
from reasoner.logic import folds, status_of
from reasoner.ontology import load_ontology
from reasoner.status import Status
from reasoner.terms import local_name
from reasoner.validate import CannotRunError, validate

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from reasoner.assess import Answer
    from reasoner.guideline.edition import Edition
    from reasoner.load import Case
    from reasoner.rdf import Graph, Iri
    from reasoner.record import Record
    from reasoner.validate import Engine, Result

__all__ = [
    "Deck", "Row", "RowResult", "deck_path", "read_deck", "run_deck", "run_row", "segment_statuses", "statuses",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class RowResult:
    """What a row's criterion answered."""

    row: Row
    got: str
    got_by_segment: Mapping[str, str] = field(hash=False)
    passed: bool


@dataclass(frozen=True, slots=True, eq=False)
class _Judged:
    answers: Mapping[Iri, Answer]
    statuses: Mapping[str, str]


def run_deck(deck: Deck, engine: Engine) -> tuple[RowResult, ...]:
    """What became of each row. Raises `KnowledgeBaseError` with every row whose case fails intake."""
    results: list[RowResult] = []
    problems: list[Problem] = []
    for row in deck.rows:
        try:
            results.append(run_row(row, deck.edition, engine))
        except KnowledgeBaseError as error:
            problems.extend(error.problems)
    if problems:
        raise KnowledgeBaseError(*dict.fromkeys(problems))
    return tuple(results)


def run_row(row: Row, edition: Edition, engine: Engine) -> RowResult:
    """What became of a row, for which only what its criterion depends on is run.

    Raises `KnowledgeBaseError` where its case fails intake.
    """
    part = extract(edition, row.criterion)
    try:
        judged = _judged(row.case, edition, engine, row.as_of, part)
    except InputRefusedError as error:
        raise KnowledgeBaseError(*(_of_row(problem, row) for problem in error.problems)) from None
    got = judged.statuses[row.criterion]
    by_segment = _by_segment(row.criterion, judged.answers)
    passed = got == row.expect and all(by_segment.get(s) == status for s, status in row.by_segment.items())
    return RowResult(row, got, by_segment, passed)


def statuses(case: Case, edition: Edition, engine: Engine, as_of: date | None = None) -> Mapping[str, str]:
    """The answer of every criterion, group and caution, by local name, to the whole request of a case.

    Raises `InputRefusedError` for a case that fails intake.
    """
    return _judged(case, edition, engine, as_of, _whole(edition)).statuses


def segment_statuses(
    case: Case, edition: Edition, engine: Engine, as_of: date | None = None
) -> Mapping[str, Mapping[str, str]]:
    """For each criterion asked of segments, its status at each segment, all by local name."""
    answers = _judged(case, edition, engine, as_of, _whole(edition)).answers
    return {local_name(c): _by_segment(local_name(c), answers) for c, answer in answers.items() if answer.by_segment}


def _whole(edition: Edition) -> Extract:
    return Extract(edition, shapes_with_probes(edition))


def _judged(case: Case, edition: Edition, engine: Engine, as_of: date | None, part: Extract) -> _Judged:
    prepared, known = _prepared(case, engine, as_of)
    ontology = load_ontology()
    graph, known = settled(prepared, known, edition, ontology)
    distrusted = untrustworthy(edition, ontology, engine)
    found = report(_results(part, graph, engine))
    answers = assess(known.whole, part.edition, found, known, distrusted)
    raised = {
        local_name(c.caution): RAISED if c.raised else NOT_RAISED
        for c in cautions(known.whole, part.edition, found, distrusted)
    }
    return _Judged(answers, {**_folded(edition, answers), **raised})


def _results(part: Extract, graph: Graph, engine: Engine) -> tuple[Result, ...]:
    try:
        return validate(graph, part.shapes, engine)
    except CannotRunError as error:
        words = f"The {engine} engine cannot run the shapes of this edition: {error}"
        problem = Problem("shape-cannot-run", part.edition.file, None, words, "Mend the shape that the engine names.")
        raise KnowledgeBaseError(problem) from None


def _folded(edition: Edition, answers: Mapping[Iri, Answer]) -> dict[str, str]:
    """Criteria, groups whose members are all answered; what is waived or out of its condition is not applicable."""
    criteria = {iri: answer.status for iri, answer in answers.items()}
    groups: dict[Iri, Status] = {}
    if edition.logic:
        known = {iri: (criteria.get(iri, Status.NOT_DOCUMENTED), c.requirement) for iri, c in edition.criteria.items()}
        broken = Status.NOT_EVALUATED in criteria.values()
        waived = set() if broken else inapplicable(edition.logic, folds(edition.logic, known))
        criteria |= dict.fromkeys(waived & criteria.keys(), Status.NOT_APPLICABLE)
        for node in edition.logic.below():
            if node.operator and all(n.operator or n.iri in answers for n in node.below()):
                groups[node.iri] = (
                    Status.NOT_EVALUATED if broken
                    else Status.NOT_APPLICABLE if node.iri in waived else status_of(node, known)
                )  # fmt: skip
    return {local_name(iri): str(status) for iri, status in {**criteria, **groups}.items()}


def _by_segment(criterion: str, answers: Mapping[Iri, Answer]) -> dict[str, str]:
    found = next((a.by_segment for c, a in answers.items() if local_name(c) == criterion), {})
    return {local_name(segment): str(status) for segment, status in found.items()}


@lru_cache(maxsize=1024)
def _prepared(case: Case, engine: Engine, as_of: date | None) -> tuple[Prepared, Record]:
    """A case made ready once, however many editions judge it."""
    prepared = prepare(case, load_ontology(), engine, as_of)
    return prepared, prepared.record(load_ontology())


def _of_row(problem: Problem, row: Row) -> Problem:
    words = f"The case of the row {row.name!r} fails intake ({problem.code}): {problem.problem}"
    return Problem("row-fails-intake", row.case.file, row.line, words, problem.fix)
