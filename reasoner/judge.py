"""The whole way of one case: load, intake, derive, classify, select, validate, assess, determine."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from reasoner.assess import Answer, Report, assess, cautions, report
from reasoner.classify import classify
from reasoner.dates import Interval, interval
from reasoner.derive import as_of_date, counted, derive, facts
from reasoner.determine import Determination, as_applied, determination, verdict
from reasoner.errors import InputRefusedError, Problem
from reasoner.guideline.gates import shut_of_each
from reasoner.guideline.probes import seen, untrustworthy
from reasoner.intake import problems
from reasoner.lines import line_of
from reasoner.policy import under
from reasoner.rdf import Iri, Literal
from reasoner.record import Record, record
from reasoner.select import Asked, Selection, by_ladder, by_name
from reasoner.terms import CORE, GUIDELINE, SH, A

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from reasoner.guideline.edition import Edition
    from reasoner.load import Case
    from reasoner.ontology import Ontology
    from reasoner.rdf import Graph
    from reasoner.validate import Engine, Hit


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """A case with everything that was derived and inferred, ready for any SHACL engine."""

    case: Case
    graph: Graph
    as_of: date
    late: list[Iri]
    inferred: Mapping[Iri, frozenset[Iri]]
    """The types that classification added to each subject."""

    def record(self, ontology: Ontology) -> Record:
        """The prepared case as plain values."""
        return record(self.case.name, self.graph, self.as_of, self.late, ontology)


class Brought(NamedTuple):
    """A prepared case before the edition that governs it, ready for the engine."""

    prepared: Prepared
    selection: Selection
    graph: Graph
    """What the engine is given: the prepared graph, under the edition's conflict policy if it has one."""
    record: Record


@dataclass(frozen=True, slots=True, eq=False)
class Assessment:
    """A case judged criterion by criterion under one edition."""

    prepared: Prepared
    judged: Graph
    """The graph that the engine was given: the prepared one, under the edition's conflict policy if it has one."""
    selection: Selection
    record: Record
    found: Report
    """What the engine found, by shape."""
    untrustworthy: frozenset[Iri]
    answers: Mapping[Iri, Mapping[Iri, Answer]] = field(hash=False)
    """The answers by request or part, then by criterion."""

    @property
    def edition(self) -> Edition:
        return self.selection.edition

    def applied(self, request: Iri) -> Mapping[Iri, Answer]:
        """The answers for a request or part, with what a waiver or condition takes out marked not applicable."""
        return as_applied(self.edition, self.answers[request])


def prepare(case: Case, ontology: Ontology, engine: Engine, as_of: date | None = None) -> Prepared:
    """The case with derived and inferred statements. Raises `InputRefusedError` for a case that fails intake."""
    found = problems(case, ontology, engine)
    if found:
        raise InputRefusedError(*found)
    day = as_of or as_of_date(case.graph)
    quads, late = counted(case.quads, day)
    known = facts(quads, ontology, day, None if late else case.graph)
    if not known.document_of:
        raise InputRefusedError(
            Problem(
                "empty-record",
                case.file,
                None,
                f"No chart document is dated by {day}, so there is no record to judge.",
                "Choose a later --as-of date, or add the documents.",
            )
        )
    derived = known.graph.plus(derive(known))
    inferred = classify(derived, ontology)
    added: dict[Iri, set[Iri]] = {}
    for triple in inferred:
        if triple.predicate == A and not isinstance(triple.object, Literal):
            added.setdefault(triple.subject, set()).add(triple.object)
    return Prepared(case, derived.plus(inferred), day, late, {s: frozenset(kinds) for s, kinds in added.items()})


def judge(prepared: Prepared, ontology: Ontology, engine: Engine, guideline: str | None = None) -> Assessment:
    """Every criterion of the governing edition answered, for the request and each of its parts.

    ``guideline`` names an edition to use instead of the ladder's. Raises `InputRefusedError` where no edition
    governs or a gate of the ladder is shut.
    """
    brought = bring(prepared, ontology, guideline)
    pass_gates(brought, gates_shut(brought, engine))
    return assessed(brought, seen(brought.selection.edition, brought.graph, engine), ontology, engine)


def bring(prepared: Prepared, ontology: Ontology, guideline: str | None = None) -> Brought:
    """A case before the edition that governs it. Raises `InputRefusedError` where none does."""
    known = prepared.record(ontology)
    asked = _asked(prepared, known)
    selection = by_name(guideline, asked, ontology) if guideline else by_ladder(asked, ontology)
    return Brought(prepared, selection, *settled(prepared, known, selection.edition, ontology))


def gates_shut(brought: Brought, engine: Engine) -> tuple[Iri, ...]:
    """The gates of the ladder that a case does not pass."""
    ladder = brought.selection.ladder
    return shut_of_each(ladder, [brought.prepared.graph], engine)[0] if ladder else ()


def pass_gates(brought: Brought, gates: tuple[Iri, ...]) -> None:
    """Raise `InputRefusedError` for a case that does not pass some gates of its ladder."""
    ladder, prepared = brought.selection.ladder, brought.prepared
    if ladder and gates:
        stated, file, line = ladder.graph, prepared.case.file, line_of(prepared.case.content, _whole(prepared))
        said = ((stated.text(gate, SH.message), stated.text(gate, GUIDELINE.fix)) for gate in gates)
        raise InputRefusedError(*(Problem("gate", file, line, words, fix) for words, fix in said))


def assessed(brought: Brought, hits: frozenset[Hit], ontology: Ontology, engine: Engine) -> Assessment:
    """Every criterion answered by what the engine has seen."""
    prepared, selection, graph, known = brought
    edition = selection.edition
    distrusted, found = untrustworthy(edition, ontology, engine), report(hits)
    answers = {r.iri: assess(r, edition, found, known, distrusted) for r in known.requests}
    return Assessment(prepared, graph, selection, known, found, distrusted, answers)


def settled(prepared: Prepared, known: Record, edition: Edition, ontology: Ontology) -> tuple[Graph, Record]:
    """A prepared case and its record under the edition's conflict policy; as they are where it has none."""
    if not edition.policy:
        return prepared.graph, known
    graph = under(edition.policy, prepared.graph, known, ontology)
    return graph, record(prepared.case.name, graph, prepared.as_of, prepared.late, ontology)


def decide(assessment: Assessment) -> Determination:
    """The determination of an assessed case. Raises `KnowledgeBaseError` where a criterion was not evaluated."""
    edition, found = assessment.edition, assessment.found
    verdicts = {
        r.iri: verdict(r, edition, assessment.answers[r.iri], cautions(r, edition, found, assessment.untrustworthy))
        for r in assessment.record.requests
    }
    return determination(assessment.record, edition, verdicts)


def _asked(prepared: Prepared, known: Record) -> Asked:
    graph, whole = prepared.graph, known.whole
    dates: dict[Iri, Interval] = {}
    for predicate in (CORE.requestedOn, CORE.plannedOn, CORE.decidedOn):
        for _, value in graph.pairs(predicate):
            if isinstance(value, Literal):
                dates.setdefault(predicate, interval(value))
    return Asked(
        case_file=prepared.case.file, jurisdiction=graph.iri(whole.iri, CORE.jurisdiction), kinds=whole.kinds,
        dates=dates, day=dates.get(CORE.decidedOn) or dates[CORE.requestedOn],
    )  # fmt: skip


def _whole(prepared: Prepared) -> Iri:
    requests = (s for s, _ in prepared.graph.pairs(CORE.requestedOn))
    return next((r for r in requests if prepared.graph.iri(r, CORE.partOf) is None), Iri(""))
