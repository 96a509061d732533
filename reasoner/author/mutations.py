"""Every way to change one thing in an edition. No I/O.

Changed are the shapes of criteria and cautions, what they look for, and the logic that joins criteria: all that
decides a status. Phrases and sources are not, nor what decides whether the edition governs (scope, dates).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reasoner.author.mutation import Mutation, Source
from reasoner.author.mutations_of_logic import LOGIC
from reasoner.author.mutations_of_shapes import SHAPES
from reasoner.author.shape_text import shapes_below, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reasoner.guideline.edition import Edition
    from reasoner.ontology import Ontology
    from reasoner.rdf import Triple

__all__ = ["Mutation", "mutations"]


def mutations(edition: Edition, ontology: Ontology) -> tuple[Mutation, ...]:
    """Every mutation of an edition, in order of lines; two that make the same graph are one."""
    roots = (*edition.criteria, *edition.cautions)
    nodes = sorted({n for root in roots for n in shapes_below(root, edition.graph)})
    source = Source(edition, ontology, text_of(edition), tuple(nodes))
    found: dict[tuple[frozenset[Triple], frozenset[Triple]], Mutation] = {}
    for make in (*SHAPES, *LOGIC):
        for mutation in make(source):
            if mutation.dropped != mutation.added:
                found.setdefault((mutation.dropped, mutation.added), mutation)
    return tuple(_told_apart(sorted(found.values(), key=lambda m: (m.line or 0, m.kind, m.words))))


def _told_apart(ordered: list[Mutation]) -> Iterator[Mutation]:
    seen: dict[str, int] = {}
    for mutation in ordered:
        times = seen[mutation.words] = seen.get(mutation.words, 0) + 1
        yield mutation if times == 1 else replace(mutation, words=f"{mutation.words} ({times})")
