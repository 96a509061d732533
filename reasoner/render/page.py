"""A determination as a page for people: its head and its sections, in text or Markdown."""

from __future__ import annotations

import textwrap
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING

from reasoner.rationale.forms import sections
from reasoner.rationale.words import Sentence, Words
from reasoner.terms import BASE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from reasoner.determine import Determination
    from reasoner.judge import Assessment
    from reasoner.ontology import Ontology
    from reasoner.rationale.explain import Rationale


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and its paragraphs, each of one or more sentences."""

    heading: str
    itemized: bool
    paragraphs: tuple[tuple[Sentence, ...], ...]


@dataclass(frozen=True, slots=True)
class Page:
    """What a determination says, before it is laid out."""

    head: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]


def page(assessment: Assessment, determined: Determination, rationale: Rationale, ontology: Ontology) -> Page:
    """The head and sections of a determination."""
    words = Words(ontology, assessment.record)
    return Page(_head(assessment, determined, words), tuple(_sections(rationale, words)))


def _head(assessment: Assessment, determined: Determination, words: Words) -> tuple[tuple[str, str], ...]:
    whole, edition = assessment.record.whole, assessment.edition
    outcome = determined.outcome.value
    if determined.granted and determined.parts:
        stated = words.say("OutcomeGranted", outcome=outcome, levels=words.levels(determined.granted))
    elif determined.reason:
        stated = words.say("OutcomeBecause", outcome=outcome, reason=determined.reason.value)
    else:
        stated = words.say("OutcomeStated", outcome=outcome)
    title = edition.title if assessment.selection.in_force else words.say("EditionContrast", edition=edition.title)
    return (
        (words.heading("CaseHeading"), assessment.record.case),
        (
            words.heading("RequestHeading"),
            words.say(
                "RequestStated", procedure=words.procedure(whole.procedures), levels=words.levels(whole.segments)
            ),
        ),
        (words.heading("OutcomeHeading"), stated),
        (words.heading("ReviewHeading"), determined.review.value),
        (words.heading("EditionHeading"), title),
        (words.heading("AsOfHeading"), f"{assessment.record.as_of:%m/%d/%Y}"),
    )


def _sections(rationale: Rationale, words: Words) -> Iterable[Section]:
    named = sections(words.ontology)
    for name, sentences in groupby(rationale.sentences, key=lambda s: s.section):
        form = named[name]
        yield Section(form.heading, form.itemized, tuple(_paragraphs(list(sentences), itemized=form.itemized)))


def _paragraphs(sentences: list[Sentence], *, itemized: bool) -> Iterable[tuple[Sentence, ...]]:
    if not itemized:
        yield tuple(sentences)
        return
    item: list[Sentence] = []
    for sentence in sentences:
        if item and not sentence.continues:
            yield tuple(item)
            item = []
        item.append(sentence)
    yield tuple(item)


WIDTH = 100


def text(page: Page, *, cite: bool = False) -> str:
    """Plain text, 100 columns wide."""
    name_width = max(len(name) for name, _ in page.head) + 2
    lines = [line for name, value in page.head for line in _wrapped(value, f"{name:<{name_width}}", " " * name_width)]
    for section in page.sections:
        lines += ["", section.heading.upper()]
        for paragraph in section.paragraphs:
            lines += _text_paragraph(paragraph, itemized=section.itemized, cite=cite)
    return "\n".join(lines) + "\n"


@lru_cache(maxsize=4096)
def _wrapped(said: str, first: str, rest: str) -> tuple[str, ...]:
    """The lines of a paragraph; half of those of a page are what the edition says in every case.

    What a text does not have is not looked for, which halves the time.
    """
    text = clean(said)
    spaced = not text.isprintable()
    return tuple(
        textwrap.wrap(
            text, WIDTH, initial_indent=first, subsequent_indent=rest,
            expand_tabs=spaced, replace_whitespace=spaced, break_on_hyphens="-" in text,
        )
    )  # fmt: skip


def _text_paragraph(paragraph: tuple[Sentence, ...], *, itemized: bool, cite: bool) -> Sequence[str]:
    first, rest = ("- ", "  ") if itemized else ("", "")
    if not cite:
        return _wrapped(" ".join([s.text for s in paragraph]), first, rest)
    lines: list[str] = []
    for number, sentence in enumerate(paragraph):
        lines += _wrapped(sentence.text, first if number == 0 else rest, rest)
        lines += textwrap.wrap(
            _citation(sentence),
            WIDTH,
            initial_indent=rest + "    ",
            subsequent_indent=rest + "    ",
            break_on_hyphens=False,
        )
    return lines


def _citation(sentence: Sentence) -> str:
    return "[" + "; ".join(iri.removeprefix(BASE) for iri in sentence.derived_from) + "]"


def markdown(page: Page, *, cite: bool = False) -> str:
    """Markdown with one heading a section."""
    title = page.head[1][1]
    lines = [f"# {_escaped(title[:1].upper() + title[1:])}", ""]
    lines += [f"- **{name}:** {_escaped(value)}" for name, value in page.head]
    for section in page.sections:
        lines += ["", f"## {section.heading}", ""]
        for paragraph in section.paragraphs:
            lines.append(("- " if section.itemized else "") + " ".join(_marked(s, cite=cite) for s in paragraph))
    return "\n".join(lines) + "\n"


def _marked(sentence: Sentence, *, cite: bool) -> str:
    said = _escaped(sentence.text)
    return f"{said} `{_citation(sentence)}`" if cite else said


def _escaped(said: str) -> str:
    """Text in which nothing that a case says can become markup."""
    for mark in "\\`*_<>[]#|":
        said = said.replace(mark, "\\" + mark)
    return clean(said)


def clean(said: str) -> str:
    """Text without control characters, so that no case can steer a terminal."""
    if said.isprintable():  # then it has none
        return said
    return "".join(c for c in said if c in "\n\t" or unicodedata.category(c)[0] != "C")
