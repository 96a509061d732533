"""The packaged ontology as one frozen value: what terms exist, what they are called, how kinds nest."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from reasoner.data import folder, shown
from reasoner.errors import KnowledgeBaseError, Problem
from reasoner.rdf import Graph, Iri, Literal, SyntaxFault, Triple, triples
from reasoner.terms import CORE, OWL, RDFS, SCHEMA, SKOS, A, local_name

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

DECLARATIONS = (
    OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty, OWL.NamedIndividual,
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Ontology:
    """All modules merged; ``sha256`` is of the files' bytes in order of their names."""

    graph: Graph
    declared: frozenset[Iri]
    ancestors: Mapping[Iri, frozenset[Iri]]
    sha256: str

    def kinds_of(self, kind: Iri) -> frozenset[Iri]:
        """A kind and all kinds above it by stated ``rdfs:subClassOf``."""
        return self.ancestors.get(kind, frozenset({kind}))

    def label(self, term: Iri) -> str:
        """The term's English label, or its local name where it has none."""
        return self.graph.text(term, RDFS.label) or local_name(term)

    def clinical_name(self, term: Iri) -> str:
        """The name as clinicians write it, such as ``L4-5`` for the segment L4-L5."""
        return self.graph.text(term, CORE.clinicalName) or self.label(term)

    def is_a(self, kind: Iri, ancestor: Iri) -> bool:
        """Whether the first kind is the second or below it."""
        return ancestor in self.kinds_of(kind)

    def all_above(self, kind: Iri) -> frozenset[Iri]:
        """A kind and all above it, where a defined class is below the classes that its definition joins."""
        named = {
            part
            for definition in self.graph.iris(kind, OWL.equivalentClass)
            for part in self.graph.members(self.graph.iri(definition, OWL.intersectionOf))
            if not isinstance(part, Literal)
        }
        return self.kinds_of(kind).union(*(self.kinds_of(part) for part in named))

    def regions(self) -> list[Iri]:
        """Every site that is made of several segments."""
        return sorted({subject for subject, _ in self.graph.pairs(CORE.segment)})

    def takes(self, predicate: Iri) -> list[Iri]:
        """The classes and datatypes whose values the property takes; empty where none are stated."""
        return self.graph.iris(predicate, SCHEMA.rangeIncludes)

    def properties_below(self, predicate: Iri) -> list[Iri]:
        """The properties stated to be special cases of this one."""
        return self.graph.subjects(RDFS.subPropertyOf, predicate)

    def definition(self, term: Iri) -> str:
        return self.graph.text(term, SKOS.definition)


@cache
def load_ontology() -> Ontology:
    """The packaged ontology, read once. Raises `KnowledgeBaseError` for a file that is not Turtle."""
    files = sorted(folder("ontology").rglob("*.ttl"))
    contents = [file.read_bytes() for file in files]
    graph = Graph(triple for file, content in zip(files, contents, strict=True) for triple in _read(file, content))
    return Ontology(
        graph=graph,
        declared=frozenset(s for kind in DECLARATIONS for s in graph.subjects(A, kind)),
        ancestors=_ancestors(graph),
        sha256=hashlib.sha256(b"\0".join(contents)).hexdigest(),
    )


def _read(file: Path, content: bytes) -> list[Triple]:
    try:
        return triples(content, ".ttl")
    except SyntaxFault as fault:
        problem = Problem("syntax", shown(file), fault.line, f"Not Turtle: {fault}", "Mend the statement at this line.")
        raise KnowledgeBaseError(problem) from None


def _ancestors(graph: Graph) -> Mapping[Iri, frozenset[Iri]]:
    parents: dict[Iri, set[Iri]] = {}
    for kind, parent in graph.pairs(RDFS.subClassOf):
        if not isinstance(parent, Literal):
            parents.setdefault(kind, set()).add(parent)
    return {kind: _reach(kind, parents) for kind in graph.subjects(A, OWL.Class)}


def _reach(kind: Iri, parents: Mapping[Iri, set[Iri]]) -> frozenset[Iri]:
    seen, waiting = {kind}, [kind]
    while waiting:
        fresh = parents.get(waiting.pop(), set()) - seen
        seen |= fresh
        waiting.extend(fresh)
    return frozenset(seen)
