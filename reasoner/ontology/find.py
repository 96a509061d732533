"""Terms of the ontology found by what people call them: label, synonym, clinical name, code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reasoner.rdf import Literal
from reasoner.terms import CORE, OWL, RDFS, SKOS, A, local_name
from reasoner.vocabulary import prefixed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reasoner.ontology import Ontology
    from reasoner.rdf import Iri

KINDS = {
    OWL.Class: "class", OWL.ObjectProperty: "property", OWL.DatatypeProperty: "property",
    OWL.AnnotationProperty: "property", OWL.NamedIndividual: "individual",
}  # fmt: skip
NAMED_BY = (RDFS.label, SKOS.altLabel, CORE.clinicalName, CORE.icd10cm)
"""The properties whose texts are searched; of equally good matches the first is said."""


@dataclass(frozen=True, slots=True)
class Match:
    """A term that fits a word, and the text of it that fits."""

    term: Iri
    name: str
    kind: str
    label: str
    definition: str
    codes: tuple[str, ...]
    matched: str


def find(word: str, ontology: Ontology) -> tuple[Match, ...]:
    """Terms named by the word, then those whose name begins with it, then those whose name contains it.

    Upper and lower case are the same, but for the names that the files use; each group is in order of labels.
    """
    wanted = word.strip()
    ranked = [
        (rank, ontology.label(term).casefold(), term, matched)
        for term in ontology.declared
        if not term.startswith("_:")
        for rank, matched in _best(wanted, term, ontology)
    ]
    return tuple(_match(term, matched, ontology) for _, _, term, matched in sorted(ranked))


def _best(wanted: str, term: Iri, ontology: Ontology) -> list[tuple[int, str]]:
    """Keep the best match among a term's texts, or none."""
    texts, folded = _texts(term, ontology), wanted.casefold()
    ranks = [(rank, text) for text in texts if (rank := _rank(folded, text)) is not None]
    ranks += [(0, name) for name in (prefixed(term, {}), local_name(term)) if name == wanted]
    return [min(ranks, key=lambda match: match[0])] if ranks else []


def _texts(term: Iri, ontology: Ontology) -> Iterator[str]:
    for predicate in NAMED_BY:
        yield from (v.value for v in ontology.graph.values(term, predicate) if isinstance(v, Literal))


def _rank(wanted: str, text: str) -> int | None:
    text = text.casefold()
    if not wanted or wanted not in text:
        return None
    return 0 if text == wanted else 1 if text.startswith(wanted) else 2


def _match(term: Iri, matched: str, ontology: Ontology) -> Match:
    codes = (code.value for code in ontology.graph.values(term, CORE.icd10cm) if isinstance(code, Literal))
    kinds = (KINDS[kind] for kind in ontology.graph.iris(term, A) if kind in KINDS)
    return Match(
        term=term,
        name=prefixed(term, {}),
        kind=next(kinds, "individual"),
        label=ontology.label(term),
        definition=ontology.definition(term),
        codes=tuple(codes),
        matched=matched,
    )
