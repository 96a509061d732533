"""One difference between two editions, and one of the two as it is compared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reasoner.rdf import Iri, Literal, Term
from reasoner.terms import RDF, RDFS, SH, A, local_name
from reasoner.vocabulary import is_ours

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reasoner.author.shape_text import Text
    from reasoner.guideline.edition import Edition

DECIDING = {
    "added",
    "removed",
    "threshold",
    "demand",
    "kinds looked for",
    "target",
    "segments",
    "both means",
    "requirement",
    "logic",
    "conflict policy",
}


@dataclass(frozen=True, slots=True)
class Change:
    """One difference: of what, in which respect, and from what to what."""

    kind: str
    subject: str
    """The local name of the criterion, group, caution or whatever else changed, in the new edition if it is there."""
    label: str
    what: str
    old: str
    new: str
    old_line: int | None
    new_line: int | None

    @property
    def words(self) -> str:
        """The change as one clause."""
        if self.kind in ("added", "removed"):
            return f"{self.label}: {self.what}"
        if not (self.old or self.new):
            return f"{self.label}: {self.what}"
        if not (self.old and self.new):
            return f"{self.label}: {self.what}, {f'{self.new} added' if self.new else f'{self.old} dropped'}"
        return f"{self.label}: {self.what} from {self.old} to {self.new}"

    @property
    def decides(self) -> bool:
        """Whether it can change the answer to a case."""
        return self.kind in DECIDING

    def concerns(self, group: str) -> bool:
        """Whether it is a change of what stands in a group of the logic."""
        return self.kind in ("logic", "added", "removed") and group in f"{self.old} {self.new} {self.what}".split()

    def json(self) -> dict[str, Any]:
        """The change as a JSON object."""
        return {
            "kind": self.kind,
            "subject": self.subject,
            "label": self.label,
            "what": self.what,
            "from": self.old,
            "to": self.new,
            "old_line": self.old_line,
            "new_line": self.new_line,
            "words": self.words,
        }


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """One of the two editions, with its things by name."""

    edition: Edition
    text: Text
    things: Mapping[str, Iri]
    places: Mapping[str, str]
    """Where each criterion and group stands, by its name."""

    def label(self, name: str) -> str:
        """What a thing is called, else its class and name."""
        iri = self.things[name]
        said = self.edition.graph.text(iri, RDFS.label) if iri != self.edition.iri else "the edition"
        return said or f"{type_of(iri, self.edition)} {name}"

    def line(self, iri: Iri, *near: Iri) -> int | None:
        """Where a thing stands in the file."""
        return self.text.line(iri, *near)

    def say(self, term: Term) -> str:
        """A value without what only its own edition knows: the edition's namespace."""
        if isinstance(term, Literal):
            return term.value
        if term.startswith("_:") or term == RDF.nil:
            return " , ".join(self.say(m) for m in self.edition.graph.members(term))
        return self.text.write(term) if is_ours(term) or term in SH else local_name(term)


def type_of(iri: Iri, edition: Edition) -> str:
    """The class of a thing, in words."""
    kinds = [k for k in edition.graph.iris(iri, A) if k not in SH]
    words = local_name(kinds[0]) if kinds else ""
    return "".join(f" {c.lower()}" if c.isupper() else c for c in words).strip()
