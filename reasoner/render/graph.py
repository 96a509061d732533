"""A determination as RDF: one named graph with PROV-O links to the documents, findings and editions behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reasoner import __version__
from reasoner.obstacles import obstacles
from reasoner.rationale.words import Words
from reasoner.rdf import Iri, Literal, Quad, Term, Triple, trig
from reasoner.render.data import inputs
from reasoner.terms import CORE, DCTERMS, DETERMINATION, PROV, RDFS, XSD, A, local_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reasoner.assess import Answer
    from reasoner.determine import Determination, Verdict
    from reasoner.judge import Assessment
    from reasoner.ontology import Ontology
    from reasoner.rationale.explain import Rationale
    from reasoner.status import Outcome, Review, Status

PREFIXES = {
    "core": CORE.prefix, "determination": DETERMINATION.prefix, "prov": PROV.prefix, "rdfs": RDFS.prefix,
    "dcterms": DCTERMS.prefix, "xsd": XSD.prefix,
}  # fmt: skip


def named(status: Status | Outcome | Review) -> Iri:
    """The individual that stands for a status, outcome or review in the ontology: ``not met`` is NotMet."""
    return DETERMINATION["".join(word.capitalize() for word in status.value.split())]


def determination_quads(
    assessment: Assessment, determined: Determination, rationale: Rationale, ontology: Ontology
) -> list[Quad]:
    """The determination's statements in a named graph of its own, in sorted order."""
    node = Iri(f"{assessment.record.whole.iri}/determination")
    triples = [
        *_head(node, assessment, determined, ontology),
        *_steps(node, assessment),
        *_verdicts(node, assessment, determined),
        *_obstacles(node, assessment, determined),
        *_grounds(node, rationale),
        *_sentences(node, rationale),
    ]
    return [Quad(*triple, node) for triple in sorted(set(triples), key=str)]


def determination_trig(quads: list[Quad]) -> str:
    """The quads as TriG."""
    return trig(quads, PREFIXES)


def _head(node: Iri, assessment: Assessment, determined: Determination, ontology: Ontology) -> Iterator[Triple]:
    record, words = assessment.record, Words(ontology, assessment.record)
    whole, edition, ladder = record.whole, assessment.edition, assessment.selection.ladder
    treatment = words.say(
        "RequestStated", procedure=words.procedure(whole.procedures), levels=words.levels(whole.segments)
    )
    activity = Iri(node + "/activity")
    yield from _all(node, A, DETERMINATION.Determination, PROV.Entity)
    yield from _all(node, DETERMINATION.determines, whole.iri)
    yield from _all(node, DETERMINATION.disputedTreatment, Literal(treatment))
    yield from _all(node, DETERMINATION.outcome, named(determined.outcome))
    yield from _all(node, DETERMINATION.utilizationReview, named(determined.review))
    yield from _all(node, DETERMINATION.because, *([named(determined.reason)] if determined.reason else []))
    yield from _all(node, DETERMINATION.granted, *determined.granted)
    yield from _all(node, DETERMINATION.underEdition, edition.iri)
    yield from _all(node, DETERMINATION.underLadder, *([ladder.iri] if ladder else []))
    yield from _all(node, DETERMINATION.inForce, _truth(assessment.selection.in_force))
    yield from _all(node, DETERMINATION.asOf, Literal(record.as_of.isoformat(), XSD.date))
    yield from _all(node, PROV.wasGeneratedBy, activity)
    yield from _all(node, PROV.wasDerivedFrom, edition.iri, *(d.iri for d in record.documents))
    yield from _all(activity, A, PROV.Activity)
    yield from _all(activity, PROV.used, edition.iri, *(d.iri for d in record.documents))
    yield from _all(activity, DETERMINATION.version, Literal(__version__))
    hashes = {name: value for name, value in inputs(assessment, ontology).items() if value and name != "version"}
    for name, value in hashes.items():
        used = Iri(f"{node}/input/{name}")
        yield from _all(activity, PROV.used, used)
        yield from _all(used, A, PROV.Entity)
        yield from _all(used, RDFS.label, Literal(name))
        yield from _all(used, DETERMINATION.sha256, Literal(value))


def _steps(node: Iri, assessment: Assessment) -> Iterator[Triple]:
    for position, step in enumerate(assessment.selection.steps, 1):
        iri = Iri(f"{node}/step/{position}")
        yield from _all(node, DETERMINATION.step, iri)
        yield from _all(iri, A, DETERMINATION.LadderStep)
        yield from _all(iri, DETERMINATION.position, Literal(str(position), XSD.integer))
        yield from _all(iri, DETERMINATION.authority, step.edition.iri if step.edition else step.guideline)
        yield from _all(iri, DETERMINATION.reply, Literal(step.reply.value))
        yield from _all(iri, DETERMINATION.text, Literal(step.ground))


def _verdicts(node: Iri, assessment: Assessment, determined: Determination) -> Iterator[Triple]:
    for verdict in dict.fromkeys((determined.whole.request.iri, *(v.request.iri for v in determined.parts))):
        found = next(v for v in (determined.whole, *determined.parts) if v.request.iri == verdict)
        part = found.request.iri if found in determined.parts else None
        stem = f"{node}/part/{local_name(part)}" if part else f"{node}/answer"
        if part:
            yield from _all(Iri(stem), DETERMINATION.outcome, named(found.outcome))
            yield from _all(Iri(stem), DETERMINATION.determines, part)
        yield from _answers(node, stem, found, assessment)


def _obstacles(node: Iri, assessment: Assessment, determined: Determination) -> Iterator[Triple]:
    found = obstacles(determined, assessment.edition)
    yield from _all(node, DETERMINATION.standsInTheWay, *found.all)
    yield from _all(node, DETERMINATION.turnsOn, *found.sole)


def _answers(node: Iri, stem: str, verdict: Verdict, assessment: Assessment) -> Iterator[Triple]:
    for criterion, answer in verdict.answers.items():
        yield from _answer(node, Iri(f"{stem}/{local_name(criterion)}"), criterion, answer, verdict)
    for group in (g for g in verdict.groups if assessment.edition.groups[g].phrases):
        iri = Iri(f"{stem}/{local_name(group)}")
        yield from _all(node, DETERMINATION.answer, iri)
        yield from _all(iri, A, DETERMINATION.Answer)
        yield from _all(iri, DETERMINATION.ofPart, verdict.request.iri)
        yield from _all(iri, DETERMINATION.criterion, group)
        yield from _all(iri, DETERMINATION.status, named(verdict.groups[group]))
    for raised in verdict.cautions:
        iri = Iri(f"{stem}/{local_name(raised.caution)}")
        yield from _all(node, DETERMINATION.answer, iri)
        yield from _all(iri, A, DETERMINATION.Answer)
        yield from _all(iri, DETERMINATION.ofPart, verdict.request.iri)
        yield from _all(iri, DETERMINATION.criterion, raised.caution)
        yield from _all(iri, DETERMINATION.raised, _truth(raised.raised))
        yield from _all(iri, DETERMINATION.supportedBy, *(raised.supporting if raised.raised else ()))


def _answer(node: Iri, iri: Iri, criterion: Iri, answer: Answer, verdict: Verdict) -> Iterator[Triple]:
    yield from _all(node, DETERMINATION.answer, iri)
    yield from _all(iri, A, DETERMINATION.Answer)
    yield from _all(iri, DETERMINATION.ofPart, verdict.request.iri)
    yield from _all(iri, DETERMINATION.criterion, criterion)
    yield from _all(iri, DETERMINATION.status, named(answer.status))
    yield from _all(iri, DETERMINATION.computedStatus, named(answer.computed))
    yield from _all(iri, DETERMINATION.supportedBy, *answer.supporting)
    yield from _all(iri, DETERMINATION.contradictedBy, *answer.contrary)


def _grounds(node: Iri, rationale: Rationale) -> Iterator[Triple]:
    for found in rationale.grounds:
        iri = Iri(f"{node}/ground/{local_name(found.ground.iri)}")
        yield from _all(node, DETERMINATION.answersGround, iri)
        yield from _all(iri, A, DETERMINATION.GroundAnswer)
        yield from _all(iri, DETERMINATION.toGround, found.ground.iri)
        yield from _all(iri, DETERMINATION.reply, Literal(found.reply.name.lower().replace("_", " ")))
        yield from _all(iri, DETERMINATION.criterion, *(a.criterion for a in found.answers))


def _sentences(node: Iri, rationale: Rationale) -> Iterator[Triple]:
    for position, sentence in enumerate(rationale.sentences, 1):
        iri = Iri(f"{node}/sentence/{position}")
        kind = Literal(sentence.section)
        yield from _all(node, DETERMINATION.sentence, iri)
        yield from _all(iri, A, DETERMINATION.Sentence)
        yield from _all(iri, DETERMINATION.position, Literal(str(position), XSD.integer))
        yield from _all(iri, DCTERMS.type, kind)
        yield from _all(iri, DETERMINATION.text, Literal(sentence.text))
        yield from _all(iri, PROV.wasDerivedFrom, *sentence.derived_from)
        if sentence in rationale.discrepancies:
            yield from _all(node, DETERMINATION.discrepancy, iri)
            yield from _all(iri, A, DETERMINATION.Discrepancy)


def _all(subject: Iri, predicate: Iri, *values: Term) -> Iterator[Triple]:
    return (Triple(subject, predicate, value) for value in values)


def _truth(value: bool) -> Literal:  # noqa: FBT001
    return Literal(str(value).lower(), XSD.boolean)
