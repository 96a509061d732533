"""Parts of an edition as its author writes them: prefixed names, numbers, lists and inline shapes. No I/O."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reasoner.lines import line_of, line_within, places
from reasoner.rdf import STRING, Iri, Literal, Term
from reasoner.terms import GUIDELINE, RDF, SH, A
from reasoner.vocabulary import prefixed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reasoner.guideline.edition import Edition
    from reasoner.rdf import Graph

LEADS_TO_SHAPES = (GUIDELINE.contraryShape, GUIDELINE.raisedBy, RDF.first, RDF.rest)
NUMBERS = ("integer", "decimal", "boolean", "nonNegativeInteger")


@dataclass(frozen=True, slots=True, eq=False)
class Text:
    """An edition's graph with what is needed to write its parts and to find their lines."""

    graph: Graph
    content: bytes
    prefixes: Mapping[str, str]
    holders: Mapping[Iri, Iri]
    """The subject in whose statement each blank node stands."""

    def owner(self, node: Iri) -> Iri:
        """The named subject under which a blank node is written."""
        while node.startswith("_:") and node in self.holders:
            node = self.holders[node]
        return node

    def line(self, node: Iri, *near: Iri) -> int | None:
        """The line of the first of some terms within the statements about a node's owner, else the owner's line."""
        owner = self.owner(node)
        start = line_of(self.content, owner)
        for term in near:
            line = places(self.content).within.get((owner, term))
            if line:
                return line
        return start or (line_within(self.content, owner, near[0]) if near else None)

    def write(self, term: Term) -> str:
        """A term as Turtle; a blank node as the list or shape that it is."""
        if isinstance(term, Literal):
            return _literal(term)
        if not term.startswith("_:"):
            return "( )" if term == RDF.nil else prefixed(term, self.prefixes)
        if self.graph.values(term, RDF.first):
            return f"( {' '.join(self.write(m) for m in self.graph.members(term))} )"
        stated = self.graph.predicates(term)
        parts = (
            f"{_said(p, self.prefixes)} {' , '.join(sorted(map(self.write, stated[p])))}" for p in _ordered(stated)
        )
        return f"[ {' ; '.join(parts)} ]"


def text_of(edition: Edition) -> Text:
    """What writes the parts of an edition."""
    return text_of_graph(edition.graph, edition.content)


def text_of_graph(graph: Graph, content: bytes) -> Text:
    """What writes the parts of a graph that was read from this content."""
    holders = {
        t.object: t.subject for t in sorted(graph, key=str) if isinstance(t.object, str) and t.object[:2] == "_:"
    }
    return Text(graph, content, places(content).prefixes, holders)


def shapes_below(node: Iri, graph: Graph) -> frozenset[Iri]:
    """A criterion, caution or shape, and every shape and list that it refers to."""
    seen, waiting = {node}, [node]
    while waiting:
        fresh = {v for v in _next(waiting.pop(), graph) if graph.predicates(v)} - seen
        seen |= fresh
        waiting.extend(fresh)
    return frozenset(seen)


def _next(node: Iri, graph: Graph) -> Iterator[Iri]:
    for predicate, values in graph.predicates(node).items():
        if predicate in SH or predicate in LEADS_TO_SHAPES:
            yield from (v for v in values if not isinstance(v, Literal))


def _literal(term: Literal) -> str:
    kind = term.datatype.rpartition("#")[2]
    if kind in NUMBERS:
        return term.value
    quoted = '"' + term.value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
    if term.language:
        return f"{quoted}@{term.language}"
    return quoted if term.datatype == STRING else f"{quoted}^^xsd:{kind}"


def _ordered(stated: Mapping[Iri, list[Term]]) -> list[Iri]:
    return sorted(stated, key=lambda p: (p != A, p != SH.path, p))


def _said(predicate: Iri, prefixes: Mapping[str, str]) -> str:
    return "a" if predicate == A else prefixed(predicate, prefixes)
