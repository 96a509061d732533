"""The forms of sentences and the sections of a rationale, as the ontology states them, each read once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from reasoner.terms import DETERMINATION, RDFS, SKOS, A

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reasoner.ontology import Ontology

PLACEHOLDER = re.compile(r"\{([?$]?)(\w+)(?::(\w+))?\}")


@dataclass(frozen=True, slots=True)
class Form:
    """A pattern, cut at the names to be filled, and where its sentence stands."""

    opening: str
    places: tuple[tuple[str, str], ...]
    """Each name, with the words after it."""
    section: str
    continues: bool
    """Whether its sentence belongs to the item of the sentence before it."""

    def filled(self, values: Mapping[str, str]) -> str:
        """The pattern with its names filled in. Raises `KeyError` for a name that has no value."""
        return self.opening + "".join([values[name] + after for name, after in self.places])


@cache
def form(name: str, ontology: Ontology) -> Form:
    """The form of that name."""
    graph, node = ontology.graph, DETERMINATION[name]
    opening, *pieces = PLACEHOLDER.split(graph.text(node, DETERMINATION.pattern))
    section = graph.iri(node, DETERMINATION.inSection)
    return Form(
        opening,
        tuple(zip(pieces[1::4], pieces[3::4], strict=True)),
        graph.text(section, SKOS.notation) if section else "",
        graph.text(node, DETERMINATION.continues) == "true",
    )


@dataclass(frozen=True, slots=True)
class SectionForm:
    """A section's place among the sections, its heading and whether its sentences are items."""

    position: int
    heading: str
    itemized: bool


@cache
def sections(ontology: Ontology) -> Mapping[str, SectionForm]:
    """Each section by its name."""
    graph = ontology.graph
    return {
        graph.text(s, SKOS.notation): SectionForm(
            int(graph.text(s, DETERMINATION.position)),
            graph.text(s, RDFS.label),
            graph.text(s, DETERMINATION.itemized) == "true",
        )
        for s in graph.subjects(A, DETERMINATION.Section)
    }
