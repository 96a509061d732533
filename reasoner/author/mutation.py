"""One thing changed in an edition: the statements taken out and put in, with the words and the line of the change."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from reasoner.rdf import Graph, Iri, Literal, Term, Triple
from reasoner.terms import RDF, SH

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from reasoner.author.shape_text import Text
    from reasoner.guideline.edition import Edition
    from reasoner.ontology import Ontology


@dataclass(frozen=True, slots=True)
class Mutation:
    """One thing changed in an edition."""

    kind: str
    subject: Iri
    """The named criterion, shape, group or caution in whose statement the change is made."""
    line: int | None
    words: str
    """What was changed, as the author writes it; unlike every other of the edition."""
    dropped: frozenset[Triple]
    added: frozenset[Triple]

    def graph(self, graph: Graph) -> Graph:
        """The edition's graph with the change made."""
        return Graph((graph.triples - self.dropped) | self.added)


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """What mutations are made from."""

    edition: Edition
    ontology: Ontology
    text: Text
    shapes: tuple[Iri, ...]
    """Every node, named or blank, of the shapes of criteria and cautions, these included."""

    @property
    def graph(self) -> Graph:
        """What the edition states."""
        return self.edition.graph

    def mutation(
        self,
        kind: str,
        node: Iri,
        words: str,
        dropped: Iterable[Triple],
        added: Iterable[Triple] = (),
        near: Iri | None = None,
    ) -> Mutation:
        """A change of what is stated of a node; its line is that of the property or term near which it stands."""
        subject, path = self.text.owner(node), self.graph.iri(node, SH.path)
        where = self.text.write(subject)
        if path and node not in self.edition.criteria:
            where = f"{where}, {self.text.write(path)}"
        line = self.text.line(node, *(term for term in (path if node != subject else None, near) if term))
        return Mutation(kind, subject, line, f"{where}: {words}", frozenset(dropped), frozenset(added))


def changed(source: Source, kind: str, old: Triple, predicate: Iri, value: Term) -> Mutation:
    """One statement with another predicate or value."""
    say, near = source.text.write, old.predicate if isinstance(old.object, Literal) else old.object
    was = say(old.object) if predicate == old.predicate else f"{say(old.predicate)}"
    now = say(value) if predicate == old.predicate else f"{say(predicate)}"
    about = f"{say(old.predicate)} " if predicate == old.predicate else ""
    words = f"{about}{was} becomes {now}"
    return source.mutation(kind, old.subject, words, [old], [Triple(old.subject, predicate, value)], near)


def dropped(source: Source, kind: str, old: Triple, added: Iterable[Triple] = ()) -> Mutation:
    """One statement taken out, and others put in its place."""
    near = old.predicate if isinstance(old.object, Literal) or old.object[:2] == "_:" else old.object
    words = f"{source.text.write(old.predicate)} {source.text.write(old.object)} dropped"
    return source.mutation(kind, old.subject, words, [old], added, near)


def of_shapes(source: Source, *predicates: Iri) -> Iterator[Triple]:
    """The statements with these predicates in the shapes of criteria and cautions."""
    for node in source.shapes:
        for predicate in predicates:
            yield from (Triple(node, predicate, value) for value in source.graph.values(node, predicate))


def moved(number: Literal, steps: int) -> Literal:
    """A number moved by units of its last written digit."""
    value = Decimal(number.value)
    return number._replace(value=str(value + steps * Decimal(1).scaleb(min(int(value.as_tuple().exponent), 0))))


def without_each(source: Source, kind: str, holder: Triple) -> Iterator[Mutation]:
    """A list without each of its members in turn, as long as one is left."""
    before, cell = holder, holder.object
    if len(source.graph.members(node_of(cell))) < 2:  # noqa: PLR2004 - a list of one would be left empty
        return
    while not isinstance(cell, Literal) and cell != RDF.nil:
        first, rest = source.graph.values(cell, RDF.first)[0], source.graph.values(cell, RDF.rest)[0]
        gone = [before, Triple(cell, RDF.first, first), Triple(cell, RDF.rest, rest)]
        words = f"{source.text.write(holder.predicate)} loses {source.text.write(first)}"
        near = first if not isinstance(first, Literal) and first[:2] != "_:" else holder.predicate
        yield source.mutation(kind, holder.subject, words, gone, [Triple(before.subject, before.predicate, rest)], near)
        before, cell = Triple(cell, RDF.rest, rest), rest


def node_of(term: Term) -> Iri | None:
    """The term, if it is not a literal."""
    return None if isinstance(term, Literal) else term
