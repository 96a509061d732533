"""What is written as N-Quads is what the library would write, byte for byte, and is read back the same; graphs grow."""

from __future__ import annotations

import pyoxigraph
from hypothesis import example, given
from hypothesis import strategies as st

from reasoner.rdf import STRING, Graph, Iri, Literal, Quad, nquads, parse
from reasoner.terms import RDF, XSD

NAMES = st.sampled_from(["https://a.b/c", "https://a.b/d#e", "urn:x:é", "https://a.b/c%20d"]).map(Iri)
NODES = st.one_of(NAMES, st.sampled_from(["_:b1", "_:b2"]).map(Iri))
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
KINDS = st.sampled_from([(STRING, ""), (XSD.date, ""), (XSD.integer, ""), (RDF.langString, "en")])
LITERALS = st.tuples(TEXTS, KINDS).map(lambda found: Literal(found[0], *found[1]))
QUADS = st.tuples(NODES, NAMES, st.one_of(NODES, LITERALS), st.one_of(st.none(), NAMES)).map(lambda q: Quad(*q))


UNUSUAL = '"\\\n\r\t\b\x00\x7f\x85é\u200b\ufffe'
IN_TEXTS = [Quad(Iri("urn:s"), Iri("urn:p"), Literal(f"a{sign}"), None) for sign in UNUSUAL]


@given(st.lists(QUADS, max_size=6))
@example(IN_TEXTS)
def test_the_library_would_write_the_same(quads: list[Quad]) -> None:
    written = pyoxigraph.serialize(map(of_library, quads), format=pyoxigraph.RdfFormat.N_QUADS) or b""
    assert nquads(quads) == b"".join(sorted(line + b"\n" for line in written.split(b"\n")[:-1]))


@given(st.lists(QUADS, max_size=6))
def test_what_is_written_is_read_back(quads: list[Quad]) -> None:
    named = [q for q in quads if not any(isinstance(t, str) and t.startswith("_:") for t in q)]
    assert set(parse(nquads(named), ".nq")) == set(named)


def of_library(quad: Quad) -> pyoxigraph.Quad:
    subject, predicate, value, graph = quad
    held = pyoxigraph.DefaultGraph() if graph is None else pyoxigraph.NamedNode(graph)
    return pyoxigraph.Quad(node(subject), pyoxigraph.NamedNode(predicate), node(value), held)


def node(term: Iri | Literal) -> pyoxigraph.NamedNode | pyoxigraph.BlankNode | pyoxigraph.Literal:
    if isinstance(term, Literal):
        if term.language:
            return pyoxigraph.Literal(term.value, language=term.language)
        return pyoxigraph.Literal(term.value, datatype=pyoxigraph.NamedNode(term.datatype))
    return pyoxigraph.BlankNode(term[2:]) if term.startswith("_:") else pyoxigraph.NamedNode(term)


def index_of(graph: Graph) -> object:
    """All that a graph's lookups say."""
    stated = {s: {p: list(values) for p, values in graph.predicates(s).items()} for s in graph.all_subjects()}
    pairs = {p: graph.pairs(p) for p in {t.predicate for t in graph}}
    return graph.triples, stated, pairs, dict(graph.by_subject())


@given(st.lists(QUADS, max_size=8), st.lists(QUADS, max_size=8))
def test_a_graph_with_more_is_as_if_made_at_once_and_leaves_the_first_as_it_was(
    first: list[Quad], more: list[Quad]
) -> None:
    graph = Graph(q.triple for q in first)
    before = index_of(graph)
    assert index_of(graph.plus(q.triple for q in more)) == index_of(Graph(q.triple for q in [*first, *more]))
    assert index_of(graph) == before
