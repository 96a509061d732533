"""What a store says of itself is what the plain query counts, and is made without reading its cases again.

REASONER_WRITE_PICTURES=1 writes the picture in docs/ anew.
"""

from __future__ import annotations

import os
import shutil
from itertools import combinations
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from support import ROOT, reasoner
from support_store import added, exported, made

from reasoner.cases import Manner
from reasoner.data import folder
from reasoner.errors import ExitCode
from reasoner.ontology import load_ontology
from reasoner.rdf import DiskStore, Graph, Iri, Literal, Selection, parse
from reasoner.store.build import remove
from reasoner.store.description.form import DescriptionForm
from reasoner.store.description.layout import WIDTH, layout
from reasoner.store.description.lines import DESCRIPTION, subset
from reasoner.store.description.schema import schema
from reasoner.store.description.show import described as shown
from reasoner.store.extras import extra_graphs
from reasoner.store.library import query_prefixes
from reasoner.store.place import current
from reasoner.store.summary import LISTS
from reasoner.terms import CORE, DETERMINATION, GUIDELINE, OWL, STORE

if TYPE_CHECKING:
    from pathlib import Path

    from reasoner.rdf import Term
    from reasoner.store.description.layout import Panel

CASES = folder("cases")
ONE, OTHER = CASES / "v01-all-met", CASES / "v02-only-smoking-unresolved"
PREFIXES = {
    **query_prefixes(), "void": "http://rdfs.org/ns/void#", "ext": "http://ldf.fi/void-ext#",
    "sd": "http://www.w3.org/ns/sparql-service-description#", "d": DESCRIPTION + "#",
}  # fmt: skip
KINDS = (
    CORE.ChartDocument, STORE.Contrasts, STORE.Facts, STORE.DerivedFacts, STORE.InferredTypes, STORE.ValidationReport,
    DETERMINATION.Determination, STORE.Case, STORE.Refusal, OWL.Ontology, GUIDELINE.Edition, GUIDELINE.Ladder,
)  # fmt: skip
ANY = (
    f"FILTER(?g NOT IN ({', '.join(f'<{graph}>' for graph in sorted(extra_graphs()))}))"
    f"FILTER(!STRENDS(STR(?g), '/{LISTS}'))"
)
"""Every graph that is described."""
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
    told = rows(
        store,
        f"""SELECT ?triples ?subjects ?entities ?classes ?properties {{ {name} void:triples ?triples ;
        void:distinctSubjects ?subjects ; void:entities ?entities ; void:classes ?classes ;
        void:properties ?properties }}""",
    )
    counted = rows(
        store,
        f"""SELECT (COUNT(*) AS ?n) (COUNT(DISTINCT ?s) AS ?m) {{ {graphs}
        GRAPH ?g {{ ?s ?p ?o }} }}""",
    )[0]
    typed = rows(
        store,
        f"""SELECT (COUNT(DISTINCT ?s) AS ?n) (COUNT(DISTINCT ?o) AS ?m) {{ {graphs}
        GRAPH ?g {{ ?s a ?o }} }}""",
    )[0]
    properties = rows(store, f"SELECT (COUNT(DISTINCT ?p) AS ?n) {{ {graphs} GRAPH ?g {{ ?s ?p ?o }} }}")[0]
    assert told == [(*counted, *typed, *properties)]
    assert told[0][0] != "0"


def test_a_class_has_as_many_things_as_the_plain_query_counts(store: Path, part: tuple[str, str]) -> None:
    name, graphs = part
    told = rows(store, f"SELECT ?class ?n {{ {name} void:classPartition [ void:class ?class ; void:entities ?n ] }}")
    assert set(told) == set(
        rows(
            store,
            f"""SELECT ?class (COUNT(DISTINCT ?s) AS ?n) {{ {graphs}
        GRAPH ?g {{ ?s a ?class }} }} GROUP BY ?class""",
        )
    )


def test_a_property_has_as_many_statements_as_the_plain_query_counts(store: Path, part: tuple[str, str]) -> None:
    name, graphs = part
    told = rows(store, f"SELECT ?p ?n {{ {name} void:propertyPartition [ void:property ?p ; void:triples ?n ] }}")
    assert set(told) == set(
        rows(
            store,
            f"""SELECT ?p (COUNT(*) AS ?n) {{ {graphs}
        GRAPH ?g {{ ?s ?p ?o }} }} GROUP BY ?p""",
        )
    )


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
    told = rows(
        store,
        f"""SELECT ?n {{ d:all void:classPartition [ void:class {start} ; void:propertyPartition [
        void:property {predicate} ; void:classPartition [ void:class {end} ; void:triples ?n ] ] ] }}""",
    )
    assert told == rows(
        store,
        f"""SELECT (COUNT(*) AS ?n) {{ SELECT DISTINCT ?g ?s ?o {{
        GRAPH ?g {{ ?s {predicate} ?o }} ?s a {start} . ?o a {end} {ANY} }} }}""",
    )
    assert told[0] > ("0",)


@pytest.mark.parametrize(("kind", "predicate"), [("core:Finding", "core:observedOn"), ("core:Patient", "core:age")])
def test_values_are_counted_by_their_datatypes(store: Path, kind: str, predicate: str) -> None:
    told = rows(
        store,
        f"""SELECT ?type ?n {{ d:all void:classPartition [ void:class {kind} ; void:propertyPartition [
        void:property {predicate} ; ext:datatypePartition [ ext:datatype ?type ; void:triples ?n ] ] ] }}""",
    )
    assert set(told) == set(
        rows(
            store,
            f"""SELECT ?type (COUNT(*) AS ?n) {{ {{ SELECT DISTINCT ?g ?s ?o {{
        GRAPH ?g {{ ?s {predicate} ?o }} ?s a {kind} {ANY} }} }} BIND(DATATYPE(?o) AS ?type) }} GROUP BY ?type""",
        )
    )
    assert told


def test_what_is_said_of_a_class_is_counted_whether_or_not_it_leads_to_a_class(store: Path) -> None:
    told = rows(
        store,
        """SELECT ?n { ?part void:class sh:ValidationResult ; void:propertyPartition [
        void:property sh:resultSeverity ; void:triples ?n ] }""",
    )
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
    [(graph, feature)] = rows(
        store,
        """SELECT ?graph ?feature { ?service a sd:Service ; sd:feature ?feature ;
        sd:supportedLanguage sd:SPARQL11Query ; sd:defaultDataset [ sd:defaultGraph ?graph ] }""",
    )
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


# ---------------------------------------------------------------- For readers

PICTURE = ROOT / "docs" / "store-schema.svg"
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def packaged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The store that docs/store.md builds first."""
    root = tmp_path_factory.mktemp("packaged") / "store"
    made(root, [CASES], Manner(guideline="G1"), also=())
    return root


@pytest.fixture(scope="module")
def panels(packaged: Path) -> list[Panel]:
    quads = parse(described(packaged).encode(), ".nq")
    return layout(schema(Graph(quad.triple for quad in quads), load_ontology()))


def test_the_picture_in_docs_is_that_of_the_packaged_cases(packaged: Path) -> None:
    drawn = shown(packaged, DescriptionForm.SVG)
    if os.environ.get("REASONER_WRITE_PICTURES") == "1":
        PICTURE.write_text(drawn, encoding="utf-8")
    assert drawn == PICTURE.read_text(encoding="utf-8"), "see REASONER_WRITE_PICTURES in tests/store/test_describe.py"


def test_the_picture_names_the_classes_and_properties_of_the_case_as_the_description_counts_them(
    packaged: Path,
) -> None:
    texts = ["".join(text.itertext()) for text in ET.fromstring(PICTURE.read_text()).iter(f"{SVG}text")]  # noqa: S314
    for kind in ("core:Finding", "core:TreatmentRequest", "determination:Answer", "sh:ValidationResult"):
        [[number]] = rows(packaged, f"SELECT (COUNT(DISTINCT ?x) AS ?n) {{ ?x a {kind} }}")
        assert texts[texts.index(kind) + 1] == number
    assert {"reportedIn \u2192 ChartDocument", "patient \u2192 Patient", "supportedBy \u2192 Finding"} <= set(texts)


def test_an_arrow_leads_from_a_property_to_each_class_that_it_leads_to(panels: list[Panel]) -> None:
    boxes = [box for panel in panels for box in panel.boxes]
    arrows = [(box, end) for box in boxes for row in box.rows for end in row.ends]
    assert {end for _, end in arrows} <= {name for box in boxes for name in box.names}
    paths = ET.fromstring(PICTURE.read_text()).iter(f"{SVG}path")  # noqa: S314
    drawn = [path for path in paths if path.get("marker-end")]
    assert len(drawn) == len([end for box, end in arrows if end not in box.names]) > 30


def test_no_two_boxes_of_the_picture_overlap(panels: list[Panel]) -> None:
    boxes = [box for panel in panels for box in panel.boxes]
    assert len(boxes) > 20
    for one, other in combinations(boxes, 2):
        apart = one.left + WIDTH <= other.left or other.left + WIDTH <= one.left
        assert apart or one.top + one.height <= other.top or other.top + other.height <= one.top
    for panel in panels:
        assert all(panel.top < b.top and b.top + b.height <= panel.top + panel.height for b in panel.boxes)


def test_the_description_is_printed_from_the_whole_to_its_parts(store: Path) -> None:
    ran = reasoner("store", "describe", store)
    assert (ran.code, ran.err) == (0, "")
    printed, held = parse(ran.out.encode(), ".ttl"), parse(described(store).encode(), ".nq")
    assert {quad.triple for quad in printed} == {quad.triple for quad in held}
    assert ran.out.index("\n:all a void:Dataset") < ran.out.index("\n:core.Finding void:class core:Finding")


def test_a_picture_is_written_to_a_file(store: Path, tmp_path: Path) -> None:
    ran = reasoner("store", "describe", store, "--format", "svg", "--out", tmp_path / "schema.svg")
    assert (ran.code, ran.out) == (0, "")
    assert ET.parse(tmp_path / "schema.svg").getroot().tag == f"{SVG}svg"  # noqa: S314
    assert "/cases/" not in (tmp_path / "schema.svg").read_text()


def test_a_folder_without_a_store_has_no_description(tmp_path: Path) -> None:
    ran = reasoner("store", "describe", tmp_path / "nowhere")
    assert ran.code == ExitCode.USAGE
    assert "error[no-store]" in ran.err
