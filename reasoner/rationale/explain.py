"""The rationale: sentences in the order of a real determination, each with what it was derived from.

Labor Code 4610.6 and 8 CCR 9792.10.6 ask for the condition, the documents, the findings and the reasons. The
audit at the end holds the second promise: no sentence without a ground, no criterion without an answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reasoner.dates import spoken
from reasoner.rationale.criteria import criteria, missing
from reasoner.rationale.discrepancies import discrepancies
from reasoner.rationale.forms import sections
from reasoner.rationale.grounds import GroundAnswer, answer_ground
from reasoner.rationale.sources import notes, recommendations
from reasoner.rationale.words import Sentence, Words
from reasoner.select import Reply
from reasoner.status import Outcome, Review, Status
from reasoner.terms import CORE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reasoner.determine import Determination, Verdict
    from reasoner.guideline.edition import WitnessPhrase
    from reasoner.judge import Assessment
    from reasoner.ontology import Ontology
    from reasoner.record import Finding
    from reasoner.select import Selection, Step


@dataclass(frozen=True, slots=True)
class Rationale:
    """Every sentence in order, and the answered grounds of utilization review."""

    sentences: tuple[Sentence, ...]
    grounds: tuple[GroundAnswer, ...]
    discrepancies: tuple[Sentence, ...]


def explain(assessment: Assessment, determined: Determination, ontology: Ontology) -> Rationale:
    """The rationale of a determination. Raises `AssertionError`, our bug, where the audit fails."""
    words = Words(ontology, assessment.record)
    grounds, differing = disputed(assessment, determined, words)
    sentences = in_order(words, (
        *authority(assessment.selection, words), *recommendations(assessment.edition, ontology),
        *(s for v in determined.verdicts for s in result(v, determined, assessment, words)),
        *presentation(assessment, words), *criteria(assessment, determined, words),
        *missing(assessment, determined, words), *_grounds(grounds, assessment, words), *differing,
        *conclusion(assessment, determined, words), *documents(words),
        *notes(assessment.selection.ladder, assessment.edition, ontology),
    ))  # fmt: skip
    found = Rationale(sentences, grounds, differing)
    audit(found, assessment)
    return found


def disputed(
    assessment: Assessment, determined: Determination, words: Words
) -> tuple[tuple[GroundAnswer, ...], tuple[Sentence, ...]]:
    """The answered grounds of utilization review, and every discrepancy of the record."""
    edition, whole = assessment.edition, determined.whole
    grounds = tuple(answer_ground(g, edition, whole.answers, words.ontology) for g in assessment.record.grounds)
    answers = [a for v in determined.verdicts for a in v.answers.values()]
    return grounds, tuple(discrepancies(words, grounds, answers))


def in_order(words: Words, sentences: tuple[Sentence, ...]) -> tuple[Sentence, ...]:
    """The sentences by the order of their sections; within a section as they were said."""
    known = sections(words.ontology)
    return tuple(sorted(sentences, key=lambda s: known[s.section].position))


def documents(words: Words) -> Iterator[Sentence]:
    """The chart documents reviewed, by date."""
    for document in sorted(words.record.documents, key=lambda d: (d.date, d.iri)):
        form = "DocumentReviewedLate" if document.after_decision else "DocumentReviewed"
        yield words.sentence(form, [document.iri], document=words.document(document))


ANSWERING = ("criterion", "caution")
"""The sections that answer criteria, cautions and duties; a recommendation or remedy names them too."""


def audit(rationale: Rationale, assessment: Assessment) -> None:
    """Check that every sentence has a ground and every criterion, duty and caution its answer in the right section."""
    bare = [s.text for s in rationale.sentences if not s.derived_from or not s.text]
    answered = {iri for s in rationale.sentences if s.section in ANSWERING for iri in s.derived_from}
    unanswered = sorted(({*assessment.edition.criteria, *assessment.edition.cautions}) - answered)
    if bare or unanswered:
        message = f"unsupported sentences: {bare}; criteria without an answer: {unanswered}"
        raise AssertionError(message)


def authority(selection: Selection, words: Words) -> Iterator[Sentence]:
    """How the edition was found: each authority that was asked and what it replied."""
    ladder, edition = selection.ladder, selection.edition
    day = spoken(selection.day)
    if ladder is None:
        form = "NamedInForce" if selection.in_force else "NamedContrast"
        yield words.sentence(form, [edition.iri], edition=edition.title, date=day, ground=selection.steps[0].ground)
        return
    decision = [words.record.decision] if words.record.decision else []
    yield words.sentence("LadderChosen", [ladder.iri, *decision], date=day, ladder=ladder.label)
    for step in selection.steps:
        yield from _step(step, words)


def _step(step: Step, words: Words) -> Iterator[Sentence]:
    sources = [
        iri
        for iri in (step.rung.iri if step.rung else None, step.edition.iri if step.edition else step.guideline)
        if iri
    ]
    if step.reply is Reply.GOVERNS and step.edition and step.rung:
        yield words.sentence("RungGoverns", sources, rung=step.rung.label, edition=step.edition.title)
        return
    yield words.sentence("RungSilent" if step.reply is Reply.SILENT else "RungPassed", sources, ground=step.ground)
    if step.reply is Reply.SILENT and step.rung and step.rung.step_down:
        yield words.sentence("SteppedDown", sources, ground=step.rung.step_down)


RESULTS = {
    None: "ResultMet",
    Status.NOT_MET: "ResultNotMet",
    Status.NOT_DOCUMENTED: "ResultNotDocumented",
    Status.CONFLICTING: "ResultConflicting",
}


def result(verdict: Verdict, determined: Determination, assessment: Assessment, words: Words) -> Iterator[Sentence]:
    """Whether the criteria are met, in one sentence."""
    part = part_of(verdict, determined, words)
    yield words.sentence(RESULTS[verdict.reason], [assessment.edition.iri, verdict.request.iri], part=part)


def part_of(verdict: Verdict, determined: Determination, words: Words) -> str:
    """The words that open a sentence about one part, or nothing where the whole is judged."""
    return words.say("ForPart", levels=words.levels(verdict.request.segments)) if determined.parts else ""


def presentation(assessment: Assessment, words: Words) -> Iterator[Sentence]:
    """The patient, and the findings that the edition lists as worth stating."""
    record = assessment.record
    values = record.patient_values
    pieces = [("PatientAge", "age"), ("PatientSex", "sex"), ("PatientOccupation", "occupation")]
    if record.injured:
        pieces.append(("PatientInjured", "injured"))
        values = {**values, "injured": spoken(record.injured)}
    described = [words.say(form, **{name: values[name]}) for form, name in pieces if name in values]
    if described and record.patient:
        yield words.sentence("PatientPresented", [record.patient], description=", ".join(described))
    for item in assessment.edition.presents:
        yield from _presented(item, words)


def _presented(item: WitnessPhrase, words: Words) -> Iterator[Sentence]:
    found = [f for f in words.record.findings.values() if item.kind in f.kinds and f.document and not f.ended_by]
    settled = [f for f in found if f.presence in (CORE.Present, CORE.Absent)]
    if not settled:
        return
    by_statement: dict[str, list[Finding]] = {}
    for iri in words.ordered(f.iri for f in settled):
        by_statement.setdefault(_with_clause(words.record.findings[iri], item, words), []).append(
            words.record.findings[iri]
        )
    said = [words.say("CitedIn", statement=s, document=_documents(fs, words)) for s, fs in by_statement.items()]
    sources = [i for f in settled for i in (f.iri, f.document.iri if f.document else None) if i]
    yield words.sentence("FindingPresented", sorted(sources), findings=words.both(said))


def _with_clause(finding: Finding, item: WitnessPhrase, words: Words) -> str:
    statement = words.dated(finding)
    clause = words.of_finding(item, finding, {}) if item.phrase else ""
    return f"{statement}, {clause}" if clause else statement


def _documents(findings: list[Finding], words: Words) -> str:
    return "; ".join(dict.fromkeys(words.document(f.document) for f in findings if f.document))


def _grounds(grounds: tuple[GroundAnswer, ...], assessment: Assessment, words: Words) -> Iterator[Sentence]:
    for answer in grounds:
        touched = [(assessment.edition.criteria[a.criterion], a) for a in answer.answers]
        labels = words.both([words.say("CriterionIs", label=c.label, status=a.status.value) for c, a in touched])
        sources = [answer.ground.iri, *(c.iri for c, _ in touched)]
        yield words.sentence(answer.reply.value, sources, statement=answer.ground.statement.rstrip("."), labels=labels)


CONCLUSIONS = {
    None: "ConcludesNecessary", Status.NOT_MET: "ConcludesNotMet", Status.NOT_DOCUMENTED: "ConcludesNotDocumented",
    Status.CONFLICTING: "ConcludesConflicting",
}  # fmt: skip
REVIEWS = {
    Review.UPHELD: "ReviewUpheld",
    Review.OVERTURNED: "ReviewOverturned",
    Review.PARTLY_OVERTURNED: "ReviewPartlyOverturned",
    Review.UNDECIDED: "ReviewUndecided",
}


def conclusion(assessment: Assessment, determined: Determination, words: Words) -> Iterator[Sentence]:
    """What is determined of each part or the whole, and what becomes of the denial."""
    edition = assessment.edition
    for verdict in determined.verdicts:
        request = verdict.request
        reason = None if verdict.outcome is Outcome.NECESSARY else verdict.reason
        yield words.sentence(
            CONCLUSIONS[reason],
            [request.iri, edition.iri],
            procedure=words.procedure(request.procedures),
            levels=words.levels(request.segments),
        )
    if not assessment.selection.in_force:
        yield words.sentence("ContrastOnly", [edition.iri])
    elif words.record.decision:
        yield words.sentence(REVIEWS[determined.review], [words.record.decision, words.record.whole.iri, edition.iri])
