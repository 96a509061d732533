"""A determination as JSON for programs: the contract stands in docs/json.md."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reasoner import __version__
from reasoner.guideline.edition import Requirement
from reasoner.rationale.words import Words
from reasoner.rdf import Iri
from reasoner.terms import local_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from reasoner.assess import Answer
    from reasoner.determine import Determination, Verdict
    from reasoner.guideline.edition import Criterion, Edition, Group
    from reasoner.judge import Assessment
    from reasoner.ontology import Ontology
    from reasoner.rationale.explain import Rationale
    from reasoner.record import Record
    from reasoner.status import Status

Json = dict[str, Any]


def determination_json(
    assessment: Assessment, determined: Determination, rationale: Rationale, ontology: Ontology
) -> Json:
    """One object for one case."""
    record, edition, selection = assessment.record, assessment.edition, assessment.selection
    words = Words(ontology, record)
    return {
        "case": record.case,
        "request": record.whole.iri,
        "treatment": words.say(
            "RequestStated",
            procedure=words.procedure(record.whole.procedures),
            levels=words.levels(record.whole.segments),
        ),
        "outcome": determined.outcome.value,
        "reason": determined.reason.value if determined.reason else None,
        "granted": [local_name(s) for s in determined.granted],
        "utilization_review": determined.review.value,
        "edition": edition.iri,
        "edition_title": edition.title,
        "in_force": selection.in_force,
        "as_of": record.as_of.isoformat(),
        "ladder": ladder_json(assessment),
        "criteria": criteria_json(determined.whole.answers, determined.whole.groups, edition, record),
        "cautions": [_caution(r.caution, r.raised, r.supporting, edition, record) for r in determined.whole.cautions],
        "parts": [_part(v, edition, record) for v in determined.parts],
        "rationale": [
            {"text": s.text, "kind": s.section, "derived_from": list(s.derived_from)} for s in rationale.sentences
        ],
        "discrepancies": [
            {"text": s.text, "findings": [f for f in s.derived_from if f in record.findings]}
            for s in rationale.discrepancies
        ],
        "ur_grounds": [
            {
                "ground": g.ground.iri,
                "statement": g.ground.statement,
                "answer": words.notation(g.reply.value),
                "derived_from": [g.ground.iri, *(a.criterion for a in g.answers)],
            }
            for g in rationale.grounds
        ],
        "inputs": inputs(assessment, ontology),
    }


def ladder_json(assessment: Assessment) -> list[Json]:
    """Each authority that was asked, and its reply."""
    return [{"authority": s.authority, "answer": s.reply.value, "ground": s.ground} for s in assessment.selection.steps]


def inputs(assessment: Assessment, ontology: Ontology) -> Json:
    """The SHA-256 of everything that the determination was made from, and the program's version."""
    ladder = assessment.selection.ladder
    return {
        "case": assessment.prepared.case.sha256,
        "edition": assessment.edition.sha256,
        "ladder": ladder.sha256 if ladder else None,
        "ontology": ontology.sha256,
        "version": __version__,
    }


def criteria_json(
    answers: Mapping[Iri, Answer], groups: Mapping[Iri, Status], edition: Edition, record: Record
) -> list[Json]:
    """Every criterion, and every group that is answered like one, in the order of the logic; then the duties."""
    found = []
    for node in edition.logic.below() if edition.logic else ():
        if node.operator is None:
            found.append(_criterion(edition.criteria[node.iri], answers[node.iri], record, decides=True))
        elif edition.groups[node.iri].phrases and node.iri in groups:
            members = [answers[b.iri] for b in node.below() if b.operator is None]
            found.append(_group(edition.groups[node.iri], groups[node.iri], members, record))
    found += [_criterion(edition.criteria[d], answers[d], record, decides=False) for d in edition.duties]
    return found


def _criterion(criterion: Criterion, answer: Answer, record: Record, *, decides: bool) -> Json:
    return {
        **_named(criterion, criterion.requirement),
        "status": answer.status.value,
        "computed_status": answer.computed.value,
        "decides": decides,
        "by_segment": {local_name(s): status.value for s, status in sorted(answer.by_segment.items())},
        **_witnesses(answer.supporting, answer.contrary, answer.elsewhere, record),
        "not_decisive": cited(answer.in_vain, record),
        "overruled": cited(answer.overruled, record),
        "adjudications": list(answer.adjudications),
        "searched": [d.iri for d in record.documents],
        "locator": criterion.source.locator,
        "source": criterion.source.title,
        "verification": criterion.source.verification,
    }


def _group(group: Group, status: Status, members: list[Answer], record: Record) -> Json:
    def all_of(name: str) -> frozenset[Iri]:
        return frozenset[Iri]().union(*(getattr(a, name) for a in members))

    return {
        **_named(group, Requirement.GROUP),
        "status": status.value,
        "decides": True,
        "members": [local_name(a.criterion) for a in members],
        "by_segment": {},
        **_witnesses(all_of("supporting"), all_of("contrary"), all_of("elsewhere"), record),
        "searched": [d.iri for d in record.documents],
        "locator": group.locator,
    }


def _named(item: Criterion | Group, requirement: Requirement) -> Json:
    return {
        "criterion": item.iri,
        "name": item.name,
        "label": item.label,
        "notation": item.notation,
        "requirement": requirement.value,
    }


def _witnesses(supporting: frozenset[Iri], contrary: frozenset[Iri], elsewhere: frozenset[Iri], record: Record) -> Json:
    return {
        "supporting": cited(supporting, record),
        "contrary": cited(contrary, record),
        "elsewhere": cited(elsewhere, record),
    }


def cited(findings: Iterable[Iri], record: Record) -> list[Json]:
    """Findings with the documents and words that they rest on, in sorted order."""
    return [_finding(iri, record) for iri in sorted(findings)]


def _finding(iri: Iri, record: Record) -> Json:
    finding = record.findings[iri]
    return {
        "finding": iri,
        "document": finding.document.iri if finding.document else None,
        "quote": finding.words or None,
        "exact": finding.quoted,
        "page": int(finding.page) if finding.page else None,
        "derived_from": list(finding.derived_from),
    }


def _caution(iri: Iri, raised: bool, supporting: frozenset[Iri], edition: Edition, record: Record) -> Json:  # noqa: FBT001
    caution = edition.cautions[iri]
    return {
        "caution": iri, "name": caution.name, "label": caution.label, "notation": caution.notation, "raised": raised,
        "supporting": cited(supporting, record) if raised else [],
    }  # fmt: skip


def _part(verdict: Verdict, edition: Edition, record: Record) -> Json:
    return {
        "request": verdict.request.iri,
        "segments": [local_name(s) for s in verdict.request.segments],
        "outcome": verdict.outcome.value,
        "reason": verdict.reason.value if verdict.reason else None,
        "criteria": criteria_json(verdict.answers, verdict.groups, edition, record),
    }
