"""Texts that cannot be told apart, are in another language, or hold a placeholder that nobody fills."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reasoner.author.rules_words import SPOKEN
from reasoner.rdf import Iri, Literal
from reasoner.terms import DCTERMS, GUIDELINE, RDFS, A

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reasoner.author.lint_rules import Draft, Fault

PLAIN = (
    RDFS.label, GUIDELINE.locator, GUIDELINE.title, GUIDELINE.issuer, GUIDELINE.section, GUIDELINE.reason,
    GUIDELINE.note, DCTERMS.title,
)  # fmt: skip
"""Texts that a rationale says as they stand."""
ANSWERED = (GUIDELINE.Criterion, GUIDELINE.Group, GUIDELINE.Caution)
LANGUAGE = "en"
"""The language of the forms of a rationale's sentences."""


def of_texts(draft: Draft) -> Iterator[Fault]:
    """What is wrong with the texts of an edition beside their placeholders."""
    yield from _languages(draft)
    yield from _unprintable(draft)
    yield from _unfilled(draft)
    yield from _same_labels(draft)
    yield from _same_phrases(draft)


def _languages(draft: Draft) -> Iterator[Fault]:
    for subject, predicate, value in sorted(draft.graph, key=str):
        if isinstance(value, Literal) and value.language.partition("-")[0] not in ("", LANGUAGE):
            words = {"property": draft.name(predicate), "focus": draft.name(subject), "language": value.language}
            yield draft.fault("other-language", subject, predicate, **words)


def _unprintable(draft: Draft) -> Iterator[Fault]:
    for subject, predicate, value in sorted(draft.graph, key=str):
        if isinstance(value, Literal) and not "".join(value.value.split()).isprintable():
            words = {"property": draft.name(predicate), "focus": draft.name(subject)}
            yield draft.fault("control-character", subject, predicate, **words)


def _unfilled(draft: Draft) -> Iterator[Fault]:
    for predicate in PLAIN:
        for subject, value in draft.graph.pairs(predicate):
            if isinstance(value, Literal) and "{" in value.value:
                said = value.value[value.value.index("{") :].partition("}")
                yield draft.fault("placeholder-out-of-place", subject, predicate, value="".join(said[:2]))


def _same_labels(draft: Draft) -> Iterator[Fault]:
    labelled: dict[str, Iri] = {}
    for subject in (s for kind in ANSWERED for s in draft.graph.subjects(A, kind)):
        label = draft.graph.text(subject, RDFS.label).casefold()
        if label and labelled.setdefault(label, subject) != subject:
            words = {"focus": draft.name(subject), "other": draft.name(labelled[label])}
            yield draft.fault("same-label", subject, RDFS.label, **words)


def _same_phrases(draft: Draft) -> Iterator[Fault]:
    """Sentences that answer two criteria, or one criterion in two statuses."""
    said: dict[str, tuple[Iri, Iri]] = {}
    for predicate in (p for p in SPOKEN if p != GUIDELINE.phrase):
        for subject, value in draft.graph.pairs(predicate):
            if not isinstance(value, Literal) or not value.value.strip():
                continue
            first = said.setdefault(value.value, (subject, predicate))
            if first != (subject, predicate):
                words = {"focus": draft.name(subject), "property": draft.name(predicate)}
                there = f"{draft.name(first[1])} of {draft.name(first[0])}"
                yield draft.fault("same-phrase", subject, predicate, other=there, **words)
