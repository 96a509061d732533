"""What a store says of itself is what the plain query counts, and is made without reading its cases again."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from support_store import added, exported, made

from reasoner.data import folder
from reasoner.rdf import DiskStore, Iri, Literal, Selection, parse
from reasoner.store.build import remove
from reasoner.store.describe import DESCRIPTION, subset
from reasoner.store.extras import extra_graphs
from reasoner.store.library import query_prefixes
from reasoner.store.place import current
from reasoner.terms import CORE, DETERMINATION, GUIDELINE, OWL, STORE

if TYPE_CHECKING:
    from pathlib import Path

    from reasoner.rdf import Term

CASES = folder("cases")
ONE, OTHER = CASES / "v01-all-met", CASES / "v02-only-smoking-unresolved"
PREFIXES = {
    **query_prefixes(), "void": "http://rdfs.org/ns/void#", "ext": "http://ldf.fi/void-ext#",
    "sd": "http://www.w3.org/ns/sparql-service-description#", "d": DESCRIPTION + "#",
}  # fmt: skip
KINDS = (
    CORE.ChartDocument, STORE.Facts, STORE.DerivedFacts, STORE.InferredTypes, STORE.ValidationReport,
    DETERMINATION.Determination, STORE.Case, STORE.Refusal, OWL.Ontology, GUIDELINE.Edition, GUIDELINE.Ladder,
)  # fmt: skip
ANY = f"FILTER(?g NOT IN ({', '.join(f'<{graph}>' for graph in sorted(extra_graphs()))}))"
"""All graphs but those that are made of all others."""


def rows(root: Path, query: str) -> list[tuple[str | None, ...]]:
    generation = current(root)
    assert generation
    found = DiskStore(generation.quads, read_only=True).query(query, PREFIXES)
    assert isinstance(found, Selection)
    return [tuple(map(plain, row)) for row in found.rows]


def plain(term: Term | None) -> str | None:
    return term.value if isinstance(term, Literal) else term


def of(kind: Iri) -> str:
    """The graphs of a kind."""
    return f"{{ SELECT DISTINCT ?g {{ ?g a <{kind}> }} }}"


@pytest.fixture(scope="module", params=[None, *KINDS], ids=lambda kind: kind.rpartition("#")[2] if kind else "all")
def part(request: pytest.FixtureRequest) -> tuple[str, str]:
    """A part of the store: its name in the description, and which graphs it is of."""
    return ("d:all", ANY) if request.param is None else (f"<{subset(request.param)}>", of(request.param))


def test_the_sizes_of_a_part_are_those_that_the_plain_query_counts(store: Path, part: tuple[str, str]) -> None:
    name, graphs = part
    told = rows(store, f"""SELECT ?triples ?subjects ?entities ?classes ?properties {{ {name} void:triples ?triples ;
        void:distinctSubjects ?subjects ; void:entities ?entities ; void:classes ?classes ;
        void:properties ?properties }}""")
    counted = rows(store, f"""SELECT (COUNT(*) AS ?n) (COUNT(DISTINCT ?s) AS ?m) {{ {graphs}
        GRAPH ?g {{ ?s ?p ?o }} }}""")[0]
    typed = rows(store, f"""SELECT (COUNT(DISTINCT ?s) AS ?n) (COUNT(DISTINCT ?o) AS ?m) {{ {graphs}
        GRAPH ?g {{ ?s a ?o }} }}""")[0]
    properties = rows(store, f"SELECT (COUNT(DISTINCT ?p) AS ?n) {{ {graphs} GRAPH ?g {{ ?s ?p ?o }} }}")[0]
    assert told == [(*counted, *typed, *properties)]
    assert told[0][0] != "0"


def test_a_class_has_as_many_things_as_the_plain_query_counts(store: Path, part: tuple[str, str]) -> None:
    name, graphs = part
    told = rows(store, f"SELECT ?class ?n {{ {name} void:classPartition [ void:class ?class ; void:entities ?n ] }}")
    assert set(told) == set(rows(store, f"""SELECT ?class (COUNT(DISTINCT ?s) AS ?n) {{ {graphs}
        GRAPH ?g {{ ?s a ?class }} }} GROUP BY ?class"""))


def test_a_property_has_as_many_statements_as_the_plain_query_counts(store: Path, part: tuple[str, str]) -> None:
    name, graphs = part
    told = rows(store, f"SELECT ?p ?n {{ {name} void:propertyPartition [ void:property ?p ; void:triples ?n ] }}")
    assert set(told) == set(rows(store, f"""SELECT ?p (COUNT(*) AS ?n) {{ {graphs}
        GRAPH ?g {{ ?s ?p ?o }} }} GROUP BY ?p"""))


def test_every_graph_is_in_one_part(store: Path) -> None:
    whole = rows(store, "SELECT ?n { d:all void:triples ?n }")
    assert whole == rows(store, "SELECT (SUM(?n) AS ?all) { d:all void:subset [ void:triples ?n ] }")
    assert {kind for (kind,) in rows(store, "SELECT ?k { d:all void:subset [ dcterms:type ?k ] }")} == set(KINDS)


# ---------------------------------------------------------------- What stands between classes

LINKS = [
    ("core:Finding", "core:reportedIn", "core:ChartDocument"),
    ("core:TreatmentRequest", "core:patient", "core:Patient"),
    ("core:TreatmentRequest", "core:evidence", "core:Finding"),
    ("core:Finding", "core:site", "core:Segment"),
    ("determination:Sentence", "prov:wasDerivedFrom", "guideline:Criterion"),
    ("determination:Answer", "determination:criterion", "guideline:Caution"),
    ("store:Refusal", "store:problem", "store:Problem"),
    ("guideline:Criterion", "guideline:remedy", "guideline:Remedy"),
]


@pytest.mark.parametrize("link", LINKS, ids=" ".join)
def test_classes_are_linked_as_often_as_the_plain_query_counts(store: Path, link: tuple[str, str, str]) -> None:
    start, predicate, end = link
    told = rows(store, f"""SELECT ?n {{ d:all void:classPartition [ void:class {start} ; void:propertyPartition [
        void:property {predicate} ; void:classPartition [ void:class {end} ; void:triples ?n ] ] ] }}""")
    assert told == rows(store, f"""SELECT (COUNT(*) AS ?n) {{ SELECT DISTINCT ?g ?s ?o {{
        GRAPH ?g {{ ?s {predicate} ?o }} ?s a {start} . ?o a {end} {ANY} }} }}""")
    assert told[0] > ("0",)


@pytest.mark.parametrize(("kind", "predicate"), [("core:Finding", "core:observedOn"), ("core:Patient", "core:age")])
def test_values_are_counted_by_their_datatypes(store: Path, kind: str, predicate: str) -> None:
    told = rows(store, f"""SELECT ?type ?n {{ d:all void:classPartition [ void:class {kind} ; void:propertyPartition [
        void:property {predicate} ; ext:datatypePartition [ ext:datatype ?type ; void:triples ?n ] ] ] }}""")
    assert set(told) == set(rows(store, f"""SELECT ?type (COUNT(*) AS ?n) {{ {{ SELECT DISTINCT ?g ?s ?o {{
        GRAPH ?g {{ ?s {predicate} ?o }} ?s a {kind} {ANY} }} }} BIND(DATATYPE(?o) AS ?type) }} GROUP BY ?type"""))
    assert told


def test_what_is_said_of_a_class_is_counted_whether_or_not_it_leads_to_a_class(store: Path) -> None:
    told = rows(store, """SELECT ?n { ?part void:class sh:ValidationResult ; void:propertyPartition [
        void:property sh:resultSeverity ; void:triples ?n ] }""")
    assert told == rows(store, "SELECT (COUNT(*) AS ?n) { ?s sh:resultSeverity ?o }")


def test_a_thing_is_shown_under_what_it_is_called_and_not_under_all_that_it_is(store: Path) -> None:
    shown = {kind for (kind,) in rows(store, "SELECT ?c { ?part void:class ?c ; void:propertyPartition ?any }")}
    assert {CORE.TreatmentRequest, CORE.Finding, CORE.ChartDocument, DETERMINATION.Determination} <= shown
    of_a_request = rows(store, "SELECT DISTINCT ?c { ?s a core:TreatmentRequest , ?c }")
    assert {kind for (kind,) in of_a_request} & shown == {CORE.TreatmentRequest}
    of_a_finding = rows(store, "SELECT DISTINCT ?c { ?s a core:Finding , ?c }")
    assert {kind for (kind,) in of_a_finding} & shown == {CORE.Finding}


# ---------------------------------------------------------------- How a store is asked


def test_a_client_learns_that_the_default_graph_is_the_union_and_which_graphs_hold_the_knowledge(store: Path) -> None:
    [(graph, feature)] = rows(store, """SELECT ?graph ?feature { ?service a sd:Service ; sd:feature ?feature ;
        sd:supportedLanguage sd:SPARQL11Query ; sd:defaultDataset [ sd:defaultGraph ?graph ] }""")
    assert (graph, feature) == (DESCRIPTION + "#all", PREFIXES["sd"] + "UnionDefaultGraph")
    named = rows(store, "SELECT ?g ?kind { ?d sd:namedGraph [ sd:name ?g ; dcterms:type ?kind ] }")
    assert sorted(named) == sorted(rows(store, """SELECT ?g ?kind { GRAPH ?g { ?g a ?kind }
        FILTER(?kind IN (owl:Ontology, guideline:Edition, guideline:Ladder)) }"""))  # fmt: skip


# ---------------------------------------------------------------- With every change


def described(root: Path) -> str:
    """The description as a store exports it."""
    return "".join(line for line in exported(root).splitlines(keepends=True) if line.endswith(f"<{DESCRIPTION}> .\n"))


def test_a_description_follows_every_change_and_is_that_of_a_store_built_at_once(tmp_path: Path) -> None:
    root, other = tmp_path / "grown", tmp_path / "at-once"
    made(root, [ONE])
    first = described(root)
    added(root, OTHER)
    made(other, [OTHER, ONE])
    assert first != described(root) == described(other)
    remove(root, [OTHER.name])
    assert described(root) == first
    made(root, [OTHER])
    made(tmp_path / "other-alone", [OTHER])
    assert described(root) == described(tmp_path / "other-alone")


def test_no_graph_of_a_case_is_read_for_a_description(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root, read = shutil.copytree(store, tmp_path / "store"), set()
    plainly = DiskStore.quads

    def watched(self: DiskStore, graph: Iri) -> object:
        read.add(graph)
        return plainly(self, graph)

    monkeypatch.setattr(DiskStore, "quads", watched)
    remove(root, [ONE.name])
    assert read == {Iri(str(graph)) for (graph,) in rows(root, "SELECT ?g { [] sd:name ?g }")}


def test_a_description_has_no_blank_nodes_and_names_nothing_of_a_case(store: Path) -> None:
    quads = parse(described(store).encode(), ".nq")
    terms = {term.value if isinstance(term, Literal) else term for quad in quads for term in quad if term}
    assert not [term for term in terms if term.startswith("_:") or "/cases/" in term]
    assert len(quads) == len(set(quads))
