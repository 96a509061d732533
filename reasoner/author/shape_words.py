"""Shapes in words: what a finding must be to support or to contradict a criterion. No I/O.

The names are the ontology's; only what joins them (any of, or more, none) is said here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reasoner.author.shape_text import shapes_below
from reasoner.rdf import Iri, Literal, Term
from reasoner.terms import CORE, GUIDELINE, OWL, SH, local_name
from reasoner.vocabulary import is_ours

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reasoner.ontology import Ontology
    from reasoner.rdf import Graph

COMPARISONS = {
    SH.minInclusive: "{} or more", SH.maxInclusive: "{} or less", SH.minExclusive: "more than {}",
    SH.maxExclusive: "less than {}",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Said:
    """One statement about a finding, with those that it is made of."""

    text: str
    parts: tuple[Said, ...] = ()
    is_threshold: bool = False
    is_kind: bool = False
    """Whether it names the kind of finding, of which what else is asked is said."""

    def below(self) -> Iterator[Said]:
        """The statement and all under it."""
        yield self
        for part in self.parts:
            yield from part.below()


@dataclass(frozen=True, slots=True, eq=False)
class ShapeWords:
    """Says the shapes of one graph in the names of an ontology."""

    graph: Graph
    ontology: Ontology

    def say(self, shape: Iri, above: tuple[Iri, ...] = ()) -> Said:
        """What a finding must be for the shape to accept it."""
        return _joined(self._statements(shape, above))

    def terms(self, *shapes: Iri) -> set[Iri]:
        """The terms of the ontology that the shapes name."""
        nodes = {node for shape in shapes for node in shapes_below(shape, self.graph)}
        stated = {v for n in nodes for values in self.graph.predicates(n).values() for v in values}
        ours = {t for t in stated if not isinstance(t, Literal) and is_ours(t) and t not in GUIDELINE}
        return ours & self.ontology.declared

    def named(self, shape: Iri) -> list[Iri]:
        """The shape and the shapes under it that have names."""
        return sorted(node for node in shapes_below(shape, self.graph) if not node.startswith("_:"))

    def _statements(self, shape: Iri, above: tuple[Iri, ...]) -> list[Said]:
        """What must all be so."""
        if shape in above:
            return []
        below, graph = (*above, shape), self.graph
        presence, properties = self._presence(shape)
        said = [self._kind(kind, presence) for kind in graph.iris(shape, SH["class"])]
        if presence and not said:
            said.append(Said(self._constraint(CORE.presence, [self._name(presence)])))
        said += [statement for p in properties for statement in self._property(p, below)]
        said += [statement for node in graph.iris(shape, SH.node) for statement in self._statements(node, below)]
        said += [statement for statement in self._joins(shape, below) if statement.text]
        listed = [self._name(term) for head in graph.iris(shape, SH["in"]) for term in graph.members(head)]
        return [*said, Said(f"one of: {', '.join(listed)}")] if listed else said

    def _presence(self, shape: Iri) -> tuple[Iri | None, list[Iri]]:
        """The presence that a shape asks for, which is said with its kind, and its other properties."""
        properties = self.graph.iris(shape, SH.property)
        for item in properties:
            stated = self.graph.predicates(item)
            if stated.get(SH.path) == [CORE.presence] and set(stated) <= {SH.path, SH.hasValue}:
                return self.graph.iri(item, SH.hasValue), [p for p in properties if p != item]
        return None, properties

    def _kind(self, kind: Iri, presence: Iri | None) -> Said:
        phrase = {CORE.Present: CORE.saidPresent, CORE.Absent: CORE.saidAbsent}.get(presence or Iri(""))
        said = self.ontology.graph.text(kind, phrase) if phrase else ""
        label = self.ontology.label(kind)
        bare = f"{label}: {self._name(presence)}" if presence else f"a finding of the kind: {label}"
        if self.ontology.graph.values(kind, OWL.equivalentClass):
            bare += f" ({self.ontology.definition(kind).rstrip('.')})"
        return Said(said or bare, is_kind=True)

    def _joins(self, shape: Iri, below: tuple[Iri, ...]) -> Iterator[Said]:
        for word, predicate in (("any of these", SH["or"]), ("all of these", SH["and"])):
            for head in self.graph.iris(shape, predicate):
                members = [m for m in self.graph.members(head) if not isinstance(m, Literal)]
                yield Said(word, tuple(self.say(member, below) for member in members))
        for negated in self.graph.iris(shape, SH["not"]):
            yield Said("not this", (self.say(negated, below),))

    def _property(self, item: Iri, below: tuple[Iri, ...]) -> Iterator[Said]:
        path, graph = self.graph.iri(item, SH.path), self.graph
        if path is None:
            yield from self._statements(item, below)
            return
        compared = [
            word.format(value.value)
            for comparison, word in COMPARISONS.items()
            for value in graph.values(item, comparison)
            if isinstance(value, Literal)
        ]
        words = [*map(self._name, graph.values(item, SH.hasValue)), *compared, *self._values(item)]
        parts = [part for node in graph.iris(item, SH.node) for part in self._statements(node, below)]
        parts += list(self._joins(item, below))
        counted, counted_parts = self._counted(item, below)
        optional = (words or parts) and not graph.values(item, SH.minCount) and not graph.values(item, SH.hasValue)
        words += counted if counted and not words else []
        text = self._constraint(path, [*words, *(["if stated"] if optional and not counted else [])])
        yield Said(text, (*parts, *counted_parts), is_threshold=bool(compared))

    def _values(self, item: Iri) -> Iterator[str]:
        for kind in self.graph.iris(item, SH["class"]):
            yield f"of the kind {self.ontology.label(kind)}"
        for head in self.graph.iris(item, SH["in"]):
            yield f"one of {', '.join(self._name(m) for m in self.graph.members(head))}"
        for datatype in self.graph.iris(item, SH.datatype):
            yield f"written as {local_name(datatype)}"

    def _counted(self, item: Iri, below: tuple[Iri, ...]) -> tuple[list[str], tuple[Said, ...]]:
        """How many values there must be, and what those must be that are counted."""
        qualified = self.graph.iri(item, SH.qualifiedValueShape)
        least = self.graph.text(item, SH.qualifiedMinCount if qualified else SH.minCount)
        most = self.graph.text(item, SH.qualifiedMaxCount if qualified else SH.maxCount)
        words = []
        if least:
            words.append("stated" if least == "1" and not qualified else f"at least {least}")
        if most:
            words.append("none" if most == "0" else f"at most {most}")
        if qualified is None:
            return words, ()
        return [f"{' and '.join(words)} such that"], (self.say(qualified, below),)

    def _constraint(self, path: Iri, words: list[str]) -> str:
        return f"{self._path(path)}: {', '.join(words)}" if words else self._path(path)

    def _path(self, path: Iri) -> str:
        if not path.startswith("_:"):
            return self.ontology.label(path)
        inverse, alternative = (self.graph.iri(path, p) for p in (SH.inversePath, SH.alternativePath))
        if inverse:
            return f"what names it as {self._path(inverse)}"
        members = [Iri(str(m)) for m in self.graph.members(alternative or path)]
        return (" or " if alternative else ", then ").join(map(self._path, members))

    def _name(self, term: Term) -> str:
        return term.value if isinstance(term, Literal) else self.ontology.label(term)


def _joined(statements: list[Said]) -> Said:
    """Statements that must all be so, as one: where a kind is named, the others are said of it."""
    match statements:
        case []:
            return Said("")
        case [only]:
            return only
        case [first, *rest] if first.is_kind:
            return Said(first.text, tuple(rest))
    return Said("all of these", tuple(statements))
