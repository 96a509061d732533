"""Statements of the record that do not agree, listed whether or not the outcome turns on them."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from reasoner.dates import spoken
from reasoner.policy import contradict
from reasoner.rationale.grounds import GroundAnswer, GroundReply
from reasoner.record import make_up

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from reasoner.assess import Answer
    from reasoner.rationale.words import Sentence, Words
    from reasoner.rdf import Iri
    from reasoner.record import Finding, Record


def discrepancies(words: Words, grounds: Iterable[GroundAnswer], answers: Iterable[Answer]) -> list[Sentence]:
    """Every discrepancy as a sentence: dates, readings, grounds, the appeal, and what was left out."""
    return [
        *_dates(words), *_readings(words), *_grounds(words, grounds), *_appeals(words), *_parts(words),
        *_unused_adjudications(words, answers), *_late(words),
    ]  # fmt: skip


def _by_event(record: Record) -> Iterator[tuple[Iri, list[Finding]]]:
    events = {e for f in record.findings.values() for e in f.concerns}
    for event in sorted(events):
        yield event, [f for iri, f in sorted(record.findings.items()) if event in f.concerns]


def _dates(words: Words) -> Iterator[Sentence]:
    """One event to which two findings give dates that cannot both be right."""
    for event, findings in _by_event(words.record):
        dated = sorted((f for f in findings if f.observed), key=lambda f: (f.observed, f.iri))
        differing = {
            f.observed: f
            for f in dated
            if not all(f.observed.overlaps(o.observed) for o in dated if o.observed and f.observed)
        }
        for one, other in combinations(differing.values(), 2):
            if one.observed and other.observed and not one.observed.overlaps(other.observed):
                yield words.sentence(
                    "DatedTwice", _sources(event, one, other), event=_event(event, words),
                    first=_date_in(one, words), second=_date_in(other, words),
                )  # fmt: skip


def _readings(words: Words) -> Iterator[Sentence]:
    """One study that two findings read in ways that cannot both be right."""
    for event, findings in _by_event(words.record):
        for one, other in combinations(findings, 2):
            if contradict(one, other, words.ontology):
                yield words.sentence(
                    "ReadTwoWays", _sources(event, one, other), event=_event(event, words),
                    first=words.evidence([one.iri]), second=words.evidence([other.iri]),
                )  # fmt: skip


def _grounds(words: Words, grounds: Iterable[GroundAnswer]) -> Iterator[Sentence]:
    forms = {GroundReply.CONTRADICTED: "RecordContradicts", GroundReply.IN_DISPUTE: "RecordDisputes"}
    for answer in grounds:
        if answer.reply in forms:
            findings = [f for a in answer.answers for f in words.ordered(a.supporting | a.contrary)]
            yield words.sentence(
                forms[answer.reply], [answer.ground.iri, *findings], statement=answer.ground.statement.rstrip(".")
            )


def _appeals(words: Words) -> Iterator[Sentence]:
    """An appeal that asks for something else than what was refused."""
    whole = words.record.whole
    for service in words.record.services:
        if (set(service.stated_procedures), service.segments) != (set(whole.stated_procedures), whole.segments):
            yield words.sentence(
                "AppealDiffers",
                [service.appeal, service.iri, whole.iri],
                date=spoken(service.on) if service.on else "",
                asked=_service(service.stated_procedures, service.segments, words),
                refused=_service(whole.procedures, whole.segments, words),
            )


def _parts(words: Words) -> Iterator[Sentence]:
    """Parts that do not make up the request, which is then judged as a whole."""
    whole, parts = words.record.whole, words.record.parts
    if parts and not make_up(whole, parts):
        written = words.both([words.levels(p.segments) for p in parts])
        yield words.sentence(
            "PartsIncomplete", [whole.iri, *(p.iri for p in parts)], parts=written, whole=words.levels(whole.segments)
        )


def _unused_adjudications(words: Words, answers: Iterable[Answer]) -> Iterator[Sentence]:
    used = {a for answer in answers for a in answer.adjudications}
    for adjudication in words.record.adjudications:
        if adjudication.iri not in used:
            yield words.sentence("AdjudicationUnused", [adjudication.iri])


def _late(words: Words) -> Iterator[Sentence]:
    late = words.record.late_documents
    if late:
        names = words.both([words.document(document) for document in late])
        sources = [document.iri for document in late]
        yield words.sentence("DocumentTooLate", sources, date=f"{words.record.as_of:%m/%d/%Y}", documents=names)


def _service(kinds: Iterable[Iri], segments: Iterable[Iri], words: Words) -> str:
    return words.say("AtSites", statement=words.procedure(kinds), sites=words.levels(segments))


def _event(event: Iri, words: Words) -> str:
    name = words.record.events.get(event) or words.say("Unnamed")
    return name[:1].upper() + name[1:]


def _date_in(finding: Finding, words: Words) -> str:
    document = finding.document.label if finding.document else ""
    return words.say("DateIn", date=spoken(finding.observed) if finding.observed else "", document=document)


def _sources(event: Iri, *findings: Finding) -> list[Iri]:
    return [event, *(f.iri for f in findings), *(f.document.iri for f in findings if f.document)]
