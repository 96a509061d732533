"""What only several files together, or a file and its place, can tell."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from reasoner.author.lint_rules import Draft, Fault
from reasoner.author.lint_rules import draft as read_draft
from reasoner.data import shown
from reasoner.guideline.edition_file import span
from reasoner.rdf import SyntaxFault
from reasoner.terms import BASE, GUIDELINE, RDFS, A

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reasoner.guideline.edition import Span
    from reasoner.rdf import Graph, Iri

AS_STATED = "as-stated"


def of_place(draft: Draft) -> Iterator[Fault]:
    """Whether the edition's IRI, its guideline's, its path and its first day agree."""
    path = draft.path.resolve()
    tail = "/".join((*path.parts[-3:-1], path.stem))
    iri, guideline = draft.edition, draft.graph.iri(draft.edition, GUIDELINE.editionOf)
    if not iri:
        return
    if iri != BASE + tail:
        expected = f"shapes/{iri.removeprefix(BASE)}.ttl"
        words = {"value": iri, "expected": BASE + tail, "path": expected}
        yield draft.fault("path-and-iri" if draft.inside_shapes else "outside-shapes", iri, **words)
    if guideline and guideline != iri.rpartition("/")[0]:
        words = {"value": guideline, "expected": iri.rpartition("/")[0]}
        yield draft.fault("guideline-iri", iri, GUIDELINE.editionOf, **words)
    first = draft.graph.text(iri, GUIDELINE.inForceFrom)
    if draft.inside_shapes and path.stem not in (first, AS_STATED):
        yield draft.fault("file-name", iri, GUIDELINE.inForceFrom, value=path.stem, expected=first or AS_STATED)


def of_dates(draft: Draft, others: Sequence[Draft]) -> Iterator[Fault]:
    """Whether the edition ends after it begins, and no other of its guideline is in force on a day of its own."""
    for dated in (draft.edition, *draft.graph.subjects(A, GUIDELINE.KnownEdition)):
        days = _days(dated, draft.graph)
        if days and _begins(days) > _ends(days):
            yield draft.fault("ends-before-it-begins", dated, GUIDELINE.inForceUntil, focus=draft.name(dated))
    own = _days(draft.edition, draft.graph)
    if own is None:
        return
    guideline = draft.graph.iri(draft.edition, GUIDELINE.editionOf)
    for other in others:
        if other.path.resolve() == draft.path.resolve() or not guideline:
            continue
        if other.graph.iri(other.edition, GUIDELINE.editionOf) == guideline:
            yield from _overlap(draft, own, other.edition, other)
    for known in draft.graph.iris(guideline, GUIDELINE.unencodedEdition) if guideline else ():
        yield from _overlap(draft, own, known, draft)


def _overlap(draft: Draft, own: Span, iri: Iri, other: Draft) -> Iterator[Fault]:
    days = _days(iri, other.graph)
    if days and _begins(own) <= _ends(days) and _begins(days) <= _ends(own):
        label = other.graph.text(iri, RDFS.label) or iri
        yield draft.fault("editions-overlap", draft.edition, GUIDELINE.inForceFrom, other=label, file=other.file)


def _days(iri: Iri, graph: Graph) -> Span | None:
    try:
        return span(iri, graph)
    except (KeyError, ValueError):
        return None


def _begins(days: Span) -> date:
    return days.first.first if days.first else date.min


def _ends(days: Span) -> date:
    return days.last.last if days.last else date.max


def siblings(draft: Draft) -> list[Draft]:
    """The other editions in the folder, as far as they are Turtle."""
    found = []
    for path in sorted(draft.path.resolve().parent.glob("*.ttl")):
        if path == draft.path.resolve():
            continue
        try:
            other = read_draft(path, shown(path), path.read_bytes(), draft.ontology)
        except (SyntaxFault, OSError):
            continue
        if other.graph.subjects(A, GUIDELINE.Edition):
            found.append(other)
    return found
