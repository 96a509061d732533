"""The changes of an edition that are proven to change no answer, with the reason: its author's, or that of a rule.

No row is run for this, so that pages take no longer than the edition needs to be read.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reasoner.author.equivalence import proven
from reasoner.author.mutations import mutations
from reasoner.rdf import Literal
from reasoner.terms import GUIDELINE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from reasoner.guideline.edition import Edition
    from reasoner.ontology import Ontology
    from reasoner.rdf import Iri


@dataclass(frozen=True, slots=True)
class Proof:
    """A change, and why no case is answered otherwise by it."""

    change: str
    reason: str
    by_author: bool
    """Whether the edition says so itself; else a rule of equivalence.py shows it."""


@dataclass(frozen=True, slots=True)
class Proofs:
    """What is proven of an edition."""

    possible: int
    """How many changes there are of what decides."""
    by_subject: Mapping[Iri, tuple[Proof, ...]]

    def of(self, subjects: Iterable[Iri]) -> tuple[Proof, ...]:
        """The proofs about some of the shapes, criteria and groups of the edition."""
        return tuple(proof for subject in subjects for proof in self.by_subject.get(subject, ()))

    @property
    def every(self) -> tuple[Proof, ...]:
        """All of them, each once."""
        return self.of(self.by_subject)


def proofs(edition: Edition, ontology: Ontology) -> Proofs:
    """The changes proven equivalent: those annotated first, then those that a rule shows."""
    found: dict[Iri, dict[str, Proof]] = {}
    for subject, value in edition.graph.pairs(GUIDELINE.equivalentMutation):
        if isinstance(value, Literal):
            change, _, reason = value.value.rpartition(": ")
            found.setdefault(subject, {})[change] = Proof(change, reason, by_author=True)
    possible = mutations(edition, ontology)
    for mutation in possible:
        reason = proven(mutation, edition, ontology)
        if reason:
            known = found.setdefault(mutation.subject, {})
            known.setdefault(mutation.words, Proof(mutation.words, reason, by_author=False))
    return Proofs(len(possible), {subject: tuple(known.values()) for subject, known in sorted(found.items())})
