"""The sentences on each criterion, caution and duty, and on what is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reasoner.dates import spoken
from reasoner.guideline.edition import Requirement
from reasoner.status import Outcome, Status, Truth

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reasoner.assess import Answer, Raised
    from reasoner.determine import Determination, Verdict
    from reasoner.guideline.edition import Criterion, Edition, Group, Node
    from reasoner.judge import Assessment
    from reasoner.rationale.words import Sentence, Words
    from reasoner.rdf import Iri
    from reasoner.record import Finding

PHRASES = {
    Status.MET: "phraseMet", Status.NOT_MET: "phraseNotMet", Status.NOT_DOCUMENTED: "phraseNotDocumented",
    Status.CONFLICTING: "phraseConflicting",
}  # fmt: skip


def criteria(assessment: Assessment, determined: Determination, words: Words) -> Iterator[Sentence]:
    """Each criterion in the order of the logic, then duties and cautions; what all parts share is said once."""
    edition = assessment.edition
    said: set[str] = set()
    for verdict in determined.verdicts:
        part = words.say("ForPart", levels=words.levels(verdict.request.segments)) if determined.parts else ""
        shared = _shared(determined)
        for sentence in _of_verdict(verdict, edition, words, part, shared):
            # Evidence that two criteria rest on is said at the first; the second still cites it.
            if sentence.text not in said:
                said.add(sentence.text)
                yield sentence
    for raised in determined.whole.cautions:
        yield from _caution(raised, edition, words)


def _shared(determined: Determination) -> frozenset[Iri]:
    """The criteria that every part answers alike, on the same findings."""
    first, *others = determined.verdicts
    return frozenset(
        c
        for c, a in first.answers.items()
        if all(
            (a.status, a.supporting, a.contrary)
            == (o.answers[c].status, o.answers[c].supporting, o.answers[c].contrary)
            for o in others
        )
    )


def _of_verdict(
    verdict: Verdict, edition: Edition, words: Words, part: str, shared: frozenset[Iri]
) -> Iterator[Sentence]:
    assert edition.logic is not None  # noqa: S101 - an edition without logic governs nothing (select)
    yield from _node(edition.logic, verdict, edition, words, part, shared)
    if verdict.unclaimed:
        nodes = [n for n in edition.logic.below() if n.iri in verdict.unclaimed]
        leaves = [b.iri for n in nodes for b in n.below()]
        labels = words.both([_label(n.iri, edition) for n in nodes if not any(n in list(o.below())[1:] for o in nodes)])
        yield words.sentence("Unclaimed", leaves, part=part, labels=labels)
    for duty in edition.duties:
        opening = "" if duty in shared else part
        yield from _duty(edition.criteria[duty], verdict.answers[duty], words, opening)


def _node(
    node: Node, verdict: Verdict, edition: Edition, words: Words, part: str, shared: frozenset[Iri]
) -> Iterator[Sentence]:
    if node.iri in verdict.unclaimed:
        return
    if _status(node, verdict) is Status.NOT_APPLICABLE and (node.unless or node.when):
        yield _waived(node, verdict, edition, words, part)
        return
    if node.operator is None:
        yield from _answered(
            edition.criteria[node.iri], verdict.answers[node.iri], verdict, words, "" if node.iri in shared else part
        )
    else:
        yield from _group(node, verdict, edition, words, part, shared)
    for beside in (node.unless, node.when):
        if beside:
            yield from _node(beside, verdict, edition, words, part, shared)


def _group(
    node: Node, verdict: Verdict, edition: Edition, words: Words, part: str, shared: frozenset[Iri]
) -> Iterator[Sentence]:
    """A group with phrases is said first, and of its members only what adds to it."""
    group, status = edition.groups[node.iri], verdict.groups[node.iri]
    members = [b.iri for b in node.below() if b.operator is None]
    opening = "" if shared.issuperset(members) else part
    if not group.phrases:
        for member in node.members:
            yield from _node(member, verdict, edition, words, part, shared)
        return
    yield words.sentence(
        "CriterionAnswered",
        [node.iri, *(i for m in members for i in _sources(edition.criteria[m], verdict.answers[m], words))],
        part=opening,
        label=_label(node.iri, edition),
        status=status.value,
        phrase=group.phrases[PHRASES[status]],
    )
    for criterion in (edition.criteria[m] for m in members):
        answer = verdict.answers[criterion.iri]
        if answer.status is status:
            yield from _evidence(criterion, answer, verdict, words)
        else:
            yield from _answered(criterion, answer, verdict, words, opening)


def _status(node: Node, verdict: Verdict) -> Status:
    return verdict.groups[node.iri] if node.operator else verdict.answers[node.iri].status


def _waived(node: Node, verdict: Verdict, edition: Edition, words: Words, part: str) -> Sentence:
    waiver = node.unless if node.unless and verdict.truths[node.unless.iri] is Truth.TRUE else None
    beside = waiver or node.when or node
    condition = words.say("WaiverMet" if waiver else "ConditionNotMet", label=_label(beside.iri, edition))
    sources = [*(b.iri for b in node.below())]
    return words.sentence("Waived", sources, part=part, label=_label(node.iri, edition), condition=condition)


def _answered(criterion: Criterion, answer: Answer, verdict: Verdict, words: Words, part: str) -> Iterator[Sentence]:
    if answer.status is Status.NOT_APPLICABLE:
        return
    phrase = words.fill(criterion.phrases[PHRASES[answer.status]], _speaking(answer, words), criterion.bounds)
    yield words.sentence(
        "CriterionAnswered",
        _sources(criterion, answer, words),
        part=part,
        label=criterion.label,
        status=answer.status.value,
        phrase=phrase,
    )
    yield from _evidence(criterion, answer, verdict, words)


def _speaking(answer: Answer, words: Words) -> list[Finding]:
    """The findings that a phrase speaks of: those against where the criterion is not met, else those for it."""
    iris = answer.contrary if answer.status is Status.NOT_MET else answer.supporting or answer.contrary
    return [words.record.findings[f] for f in sorted(iris)]


def _evidence(criterion: Criterion, answer: Answer, verdict: Verdict, words: Words) -> Iterator[Sentence]:
    forms = (
        ("EvidenceFor", "EvidenceAgainst")
        if answer.supporting and answer.contrary
        else ("EvidenceGiven", "EvidenceGiven")
    )
    for form, findings in zip(forms, (answer.supporting, answer.contrary), strict=True):
        if findings:
            yield words.sentence(form, _cited(criterion, findings, words), evidence=words.evidence(findings, criterion))
    if len(set(answer.by_segment.values())) > 1:
        levels = words.both([f"{words.sites([s])} {status.value}" for s, status in sorted(answer.by_segment.items())])
        yield words.sentence("BySegment", [criterion.iri, verdict.request.iri], levels=levels)
    if answer.overruled:
        sources = _cited(criterion, answer.overruled, words)
        yield words.sentence("EvidenceOverruled", sources, evidence=words.evidence(answer.overruled))
    yield from _adjudications(criterion, answer, words)
    yield from _late(criterion, answer, words)
    said_elsewhere = {Status.NOT_DOCUMENTED: answer.elsewhere, Status.NOT_MET: answer.supporting_elsewhere}
    elsewhere = said_elsewhere.get(answer.status)
    if elsewhere:
        requested = words.levels(verdict.request.segments)
        yield words.sentence(
            "EvidenceElsewhere",
            _cited(criterion, elsewhere, words),
            requested=requested,
            evidence=words.evidence(elsewhere),
        )
    if answer.status is Status.NOT_DOCUMENTED:
        yield from _unhelpful(criterion, answer, words)


def _unhelpful(criterion: Criterion, answer: Answer, words: Words) -> Iterator[Sentence]:
    """What ended or settles nothing, where the record does not answer the criterion."""
    if criterion.requirement is Requirement.EXCLUSION:
        yield words.sentence("Presumed", [criterion.iri])
    ended = frozenset(f for f in answer.in_vain if words.record.findings[f].ended_by)
    for form, findings in (("EvidenceEnded", ended), ("EvidenceInVain", answer.in_vain - ended)):
        if findings:
            yield words.sentence(form, _cited(criterion, findings, words), evidence=words.evidence(findings))


def _late(criterion: Criterion, answer: Answer, words: Words) -> Iterator[Sentence]:
    known = words.record.findings
    after = [f for f in answer.supporting | answer.contrary if (d := known[f].document) and d.after_decision]
    if after:
        late = {d.iri: d for f in words.ordered(after) if (d := known[f].document)}
        yield words.sentence(
            "AfterDecision", [criterion.iri, *late], documents=words.both([words.document(d) for d in late.values()])
        )


def _adjudications(criterion: Criterion, answer: Answer, words: Words) -> Iterator[Sentence]:
    for adjudication in words.record.adjudications:
        if adjudication.iri in answer.adjudications:
            yield words.sentence(
                "Adjudicated",
                [criterion.iri, adjudication.iri, *sorted(adjudication.prefers | adjudication.over)],
                date=spoken(adjudication.on) if adjudication.on else "",
                prefers=words.evidence(adjudication.prefers),
                over=words.evidence(adjudication.over),
                reason=adjudication.reason.rstrip("."),
                status=answer.status.value,
            )


def _duty(criterion: Criterion, answer: Answer, words: Words, part: str) -> Iterator[Sentence]:
    phrase = words.fill(criterion.phrases[PHRASES[answer.status]], _speaking(answer, words), criterion.bounds)
    yield words.sentence(
        "DutyAnswered",
        _sources(criterion, answer, words),
        part=part,
        label=criterion.label,
        status=answer.status.value,
        phrase=phrase,
    )


def _caution(raised: Raised, edition: Edition, words: Words) -> Iterator[Sentence]:
    caution = edition.cautions[raised.caution]
    form, phrase = ("CautionRaised", "phraseRaised") if raised.raised else ("CautionNotRaised", "phraseNotRaised")
    sources = [caution.iri, *(sorted(raised.supporting) if raised.raised else ())]
    yield words.sentence(
        form, sources, label=caution.label, phrase=words.fill(caution.phrases[phrase], [], caution.bounds)
    )
    if raised.raised:
        yield words.sentence(
            "CautionEvidence",
            _cited(caution, raised.supporting, words),
            evidence=words.evidence(raised.supporting, caution),
        )


def missing(assessment: Assessment, determined: Determination, words: Words) -> Iterator[Sentence]:
    """The edition's remedy for each criterion or group that stands in the way, each remedy once."""
    edition = assessment.edition
    said: set[Iri] = set()
    for verdict in determined.verdicts:
        if verdict.outcome is Outcome.NECESSARY or edition.logic is None:
            continue
        for item in standing_in_the_way(edition.logic, verdict, edition):
            if item.remedy and item.remedy.iri not in said:
                said.add(item.remedy.iri)
                phrase = words.fill(item.remedy.phrase, [], getattr(item, "bounds", {}))
                yield words.sentence("RemedyNamed", [item.iri, item.remedy.iri], label=item.label, phrase=phrase)


def standing_in_the_way(node: Node, verdict: Verdict, edition: Edition) -> list[Criterion | Group]:
    """The criteria, and groups answered like criteria, that keep the logic from being true, in its order."""
    if node.iri in verdict.unclaimed or verdict.truths[node.iri] in (Truth.TRUE, Truth.NOT_APPLICABLE):
        return []
    if node.operator is None:
        return [edition.criteria[node.iri]]
    if edition.groups[node.iri].remedy:
        return [edition.groups[node.iri]]
    return [item for member in node.members for item in standing_in_the_way(member, verdict, edition)]


def _label(iri: Iri, edition: Edition) -> str:
    return edition.criteria[iri].label if iri in edition.criteria else edition.groups[iri].label


def _sources(criterion: Criterion, answer: Answer, words: Words) -> list[Iri]:
    return _cited(criterion, answer.supporting | answer.contrary, words)


def _cited(criterion: Criterion, findings: frozenset[Iri], words: Words) -> list[Iri]:
    """The criterion, the findings and their documents."""
    known = [words.record.findings[f] for f in sorted(findings)]
    return [criterion.iri, *(f.iri for f in known), *(f.document.iri for f in known if f.document)]
