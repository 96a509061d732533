"""A store's description for readers: as Turtle from the whole to its parts, and as a picture of its classes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reasoner.errors import Problem, UsageError
from reasoner.ontology import load_ontology
from reasoner.rdf import DiskStore, Graph, Iri, Literal, Triple, turtle
from reasoner.store.description.form import DescriptionForm
from reasoner.store.description.lines import DESCRIPTION, FOAF, FORMATS, SD, VOID, VOID_EXT, WHOLE
from reasoner.store.description.picture import picture
from reasoner.store.description.schema import schema
from reasoner.store.library import query_prefixes
from reasoner.store.place import reading
from reasoner.terms import DCTERMS, A

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PREFIXES = {
    "": DESCRIPTION + "#", "void": VOID.prefix, "void-ext": VOID_EXT.prefix, "sd": SD.prefix, "foaf": FOAF.prefix,
    "formats": FORMATS.prefix,
}  # fmt: skip


def described(root: Path, form: DescriptionForm) -> str:
    """The description of a store. Raises `UsageError` where there is no store, or one that was made without it."""
    with reading(root) as generation:
        store = DiskStore(generation.quads, read_only=True)
        graph = Graph(quad.triple for quad in store.quads(DESCRIPTION))
    if not graph:
        words, fix = "The store has no description.", "Build it anew: reasoner store build DIR CASES..."
        raise UsageError(Problem("no-description", str(root), None, words, fix))
    if form is DescriptionForm.TURTLE:
        prefixes = {**query_prefixes(), **PREFIXES}
        used = {prefix for term in _terms(graph) for prefix, space in prefixes.items() if term.startswith(space)}
        return turtle(_from_above(graph), {prefix: space for prefix, space in prefixes.items() if prefix in used})
    ontology = load_ontology()
    statements = {
        kind: int(graph.text(part, VOID.triples))
        for part in graph.iris(WHOLE, VOID.subset)
        for kind in graph.iris(part, DCTERMS.type)
    }
    return picture(schema(graph, ontology), statements, ontology)


def _terms(graph: Graph) -> set[str]:
    return {term.datatype if isinstance(term, Literal) else term for triple in graph for term in triple}


def _from_above(graph: Graph) -> Iterator[Triple]:
    """Everything that is said, of each thing at once, and of a thing before what it consists of.

    The graph's own name is the first in order.
    """
    waiting, seen = [*reversed(graph.all_subjects())], set[Iri]()
    while waiting:
        node = waiting.pop()
        if node in seen:
            continue
        seen.add(node)
        stated = graph.predicates(node)
        order = sorted(stated, key=lambda predicate: (predicate != A, predicate))
        yield from (Triple(node, predicate, value) for predicate in order for value in stated[predicate])
        parts = [value for predicate in order for value in graph.iris(node, predicate)]
        waiting += reversed([part for part in parts if part not in seen and graph.predicates(part)])
