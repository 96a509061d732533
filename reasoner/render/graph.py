"""A determination as RDF: one named graph with PROV-O links to the documents, findings and editions behind it."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Protocol

from reasoner import __version__
from reasoner.rationale.words import Words
from reasoner.rdf import Iri, Literal, Quad, Term, Triple, trig
from reasoner.render.data import inputs
from reasoner.terms import CORE, DCTERMS, DETERMINATION, PROV, RDFS, XSD, A, local_name

if TYPE_CHECKING:
    from collections.abc import Iterable

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


class _State(Protocol):
    """Takes in a statement of each value."""

    def __call__(self, subject: Iri, predicate: Iri, *values: Term) -> None: ...


@cache
def named(status: Status | Outcome | Review) -> Iri:
    """The individual that stands for a status, outcome or review in the ontology: ``not met`` is NotMet."""
    return DETERMINATION["".join(word.capitalize() for word in status.value.split())]


def determination_quads(
    assessment: Assessment, determined: Determination, rationale: Rationale, ontology: Ontology
) -> list[Quad]:
    """The determination's statements in a named graph of its own, in sorted order."""
    stated = sorted(determination_triples(assessment, determined, rationale, ontology), key=str)
    return in_its_graph(stated, assessment)


def determination_triples(
    assessment: Assessment, determined: Determination, rationale: Rationale, ontology: Ontology
) -> set[Triple]:
    """The determination's statements."""
    node, stated = _name(assessment), set[Triple]()
    add, new = stated.add, tuple.__new__  # which takes a third of the time of Triple(...)

    def state(subject: Iri, predicate: Iri, *values: Term) -> None:
        for value in values:
            add(new(Triple, (subject, predicate, value)))

    _head(state, node, assessment, determined, ontology)
    _steps(state, node, assessment)
    _verdicts(state, node, assessment, determined)
    _grounds(state, node, rationale)
    _sentences(state, node, rationale)
    return stated


def in_its_graph(triples: Iterable[Triple], assessment: Assessment) -> list[Quad]:
    """Statements of a case's determination in the graph that it is."""
    node = _name(assessment)
    return [Quad(*triple, node) for triple in triples]


def _name(assessment: Assessment) -> Iri:
    return Iri(f"{assessment.record.whole.iri}/determination")


def determination_trig(quads: list[Quad]) -> str:
    """The quads as TriG."""
    return trig(quads, PREFIXES)


def _head(state: _State, node: Iri, assessment: Assessment, determined: Determination, ontology: Ontology) -> None:
    record, words = assessment.record, Words(ontology, assessment.record)
    whole, edition, ladder = record.whole, assessment.edition, assessment.selection.ladder
    treatment = words.say(
        "RequestStated", procedure=words.procedure(whole.procedures), levels=words.levels(whole.segments)
    )
    activity = Iri(node + "/activity")
    state(node, A, DETERMINATION.Determination, PROV.Entity)
    state(node, DETERMINATION.determines, whole.iri)
    state(node, DETERMINATION.disputedTreatment, Literal(treatment))
    state(node, DETERMINATION.outcome, named(determined.outcome))
    state(node, DETERMINATION.utilizationReview, named(determined.review))
    state(node, DETERMINATION.because, *([named(determined.reason)] if determined.reason else []))
    state(node, DETERMINATION.granted, *determined.granted)
    state(node, DETERMINATION.underEdition, edition.iri)
    state(node, DETERMINATION.underLadder, *([ladder.iri] if ladder else []))
    state(node, DETERMINATION.inForce, _truth(assessment.selection.in_force))
    state(node, DETERMINATION.asOf, Literal(record.as_of.isoformat(), XSD.date))
    state(node, PROV.wasGeneratedBy, activity)
    state(node, PROV.wasDerivedFrom, edition.iri, *(d.iri for d in record.documents))
    state(activity, A, PROV.Activity)
    state(activity, PROV.used, edition.iri, *(d.iri for d in record.documents))
    state(activity, DETERMINATION.version, Literal(__version__))
    hashes = {name: value for name, value in inputs(assessment, ontology).items() if value and name != "version"}
    for name, value in hashes.items():
        used = Iri(f"{node}/input/{name}")
        state(activity, PROV.used, used)
        state(used, A, PROV.Entity)
        state(used, RDFS.label, Literal(name))
        state(used, DETERMINATION.sha256, Literal(value))


def _steps(state: _State, node: Iri, assessment: Assessment) -> None:
    for position, step in enumerate(assessment.selection.steps, 1):
        iri = Iri(f"{node}/step/{position}")
        state(node, DETERMINATION.step, iri)
        state(iri, A, DETERMINATION.LadderStep)
        state(iri, DETERMINATION.position, Literal(str(position), XSD.integer))
        state(iri, DETERMINATION.authority, step.edition.iri if step.edition else step.guideline)
        state(iri, DETERMINATION.reply, Literal(step.reply.value))
        state(iri, DETERMINATION.text, Literal(step.ground))


def _verdicts(state: _State, node: Iri, assessment: Assessment, determined: Determination) -> None:
    for verdict in dict.fromkeys((determined.whole.request.iri, *(v.request.iri for v in determined.parts))):
        found = next(v for v in (determined.whole, *determined.parts) if v.request.iri == verdict)
        part = found.request.iri if found in determined.parts else None
        stem = f"{node}/part/{local_name(part)}" if part else f"{node}/answer"
        if part:
            state(Iri(stem), DETERMINATION.outcome, named(found.outcome))
            state(Iri(stem), DETERMINATION.determines, part)
        _answers(state, node, stem, found, assessment)


def _answers(state: _State, node: Iri, stem: str, verdict: Verdict, assessment: Assessment) -> None:
    for criterion, answer in verdict.answers.items():
        _answer(state, node, Iri(f"{stem}/{local_name(criterion)}"), criterion, answer, verdict)
    for group in (g for g in verdict.groups if assessment.edition.groups[g].phrases):
        iri = Iri(f"{stem}/{local_name(group)}")
        state(node, DETERMINATION.answer, iri)
        state(iri, A, DETERMINATION.Answer)
        state(iri, DETERMINATION.ofPart, verdict.request.iri)
        state(iri, DETERMINATION.criterion, group)
        state(iri, DETERMINATION.status, named(verdict.groups[group]))
    for raised in verdict.cautions:
        iri = Iri(f"{stem}/{local_name(raised.caution)}")
        state(node, DETERMINATION.answer, iri)
        state(iri, A, DETERMINATION.Answer)
        state(iri, DETERMINATION.ofPart, verdict.request.iri)
        state(iri, DETERMINATION.criterion, raised.caution)
        state(iri, DETERMINATION.raised, _truth(raised.raised))
        state(iri, DETERMINATION.supportedBy, *(raised.supporting if raised.raised else ()))


def _answer(state: _State, node: Iri, iri: Iri, criterion: Iri, answer: Answer, verdict: Verdict) -> None:
    state(node, DETERMINATION.answer, iri)
    state(iri, A, DETERMINATION.Answer)
    state(iri, DETERMINATION.ofPart, verdict.request.iri)
    state(iri, DETERMINATION.criterion, criterion)
    state(iri, DETERMINATION.status, named(answer.status))
    state(iri, DETERMINATION.computedStatus, named(answer.computed))
    state(iri, DETERMINATION.supportedBy, *answer.supporting)
    state(iri, DETERMINATION.contradictedBy, *answer.contrary)


def _grounds(state: _State, node: Iri, rationale: Rationale) -> None:
    for found in rationale.grounds:
        iri = Iri(f"{node}/ground/{local_name(found.ground.iri)}")
        state(node, DETERMINATION.answersGround, iri)
        state(iri, A, DETERMINATION.GroundAnswer)
        state(iri, DETERMINATION.toGround, found.ground.iri)
        state(iri, DETERMINATION.reply, Literal(found.reply.name.lower().replace("_", " ")))
        state(iri, DETERMINATION.criterion, *(a.criterion for a in found.answers))


def _sentences(state: _State, node: Iri, rationale: Rationale) -> None:
    differing = frozenset(rationale.discrepancies)
    for position, sentence in enumerate(rationale.sentences, 1):
        iri = Iri(f"{node}/sentence/{position}")
        state(node, DETERMINATION.sentence, iri)
        state(iri, A, DETERMINATION.Sentence)
        state(iri, DETERMINATION.position, Literal(str(position), XSD.integer))
        state(iri, DCTERMS.type, Literal(sentence.section))
        state(iri, DETERMINATION.text, Literal(sentence.text))
        state(iri, PROV.wasDerivedFrom, *sentence.derived_from)
        if sentence in differing:
            state(node, DETERMINATION.discrepancy, iri)
            state(iri, A, DETERMINATION.Discrepancy)


def _truth(value: bool) -> Literal:  # noqa: FBT001
    return Literal(str(value).lower(), XSD.boolean)
