"""The invented cases and the chart documents they were abstracted from say the same."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

import pytest

from reasoner.rdf import Graph, Iri, Literal, Quad, parse

ROOT = Path(__file__).parent.parent
FOLDERS = sorted(path.parent for path in (ROOT / "cases").glob("*/documents"))

OURS = "https://w3id.org/guideline-reasoner/"
CORE, SPINE = OURS + "core#", OURS + "spine#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
TYPE, SUBCLASS, LABEL = Iri(RDF + "type"), Iri(RDFS + "subClassOf"), Iri(RDFS + "label")
DATE = Iri("http://purl.org/dc/terms/date")
PAGE_BREAK = re.compile(r"^--- page (\d+) ---$", re.MULTILINE)

ONTOLOGY = Graph(
    quad.triple
    for module in ("core", "spine")
    for quad in parse((ROOT / f"ontology/{module}.ttl").read_bytes(), ".ttl")
)

every_case = pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)


def quads(folder: Path) -> list[Quad]:
    return parse((folder / "case.trig").read_bytes(), ".trig")


def union(folder: Path) -> Graph:
    return Graph(quad.triple for quad in quads(folder))


def default_graph(folder: Path) -> Graph:
    return Graph(quad.triple for quad in quads(folder) if quad.graph is None)


def graphs_of_subjects(folder: Path) -> dict[Iri, set[Iri | None]]:
    found: dict[Iri, set[Iri | None]] = defaultdict(set)
    for quad in quads(folder):
        found[quad.subject].add(quad.graph)
    return found


def is_kind_of(kind: Iri, ancestor: str) -> bool:
    return kind == ancestor or any(is_kind_of(parent, ancestor) for parent in ONTOLOGY.iris(kind, SUBCLASS))


def individuals(graph: Graph, ancestor: str) -> set[Iri]:
    return {
        subject
        for subject, kind in graph.pairs(TYPE)
        if not isinstance(kind, Literal) and is_kind_of(kind, ancestor)
    }


def chart_documents(folder: Path) -> set[Iri]:
    return individuals(default_graph(folder), CORE + "ChartDocument")


def file_of(folder: Path, document: Iri) -> Path:
    return folder / "documents" / f"{document.rsplit('/', 1)[-1]}.md"


def pages(text: str) -> dict[int, str]:
    """The text of each page by its number."""
    first, *rest = PAGE_BREAK.split(text)
    return {1: first} | {int(number): page for number, page in zip(rest[::2], rest[1::2], strict=True)}


def test_no_case_folder_is_lost() -> None:
    assert len(FOLDERS) >= 12


@every_case
def test_every_finding_rests_on_a_quote_that_stands_on_one_line_of_its_page(folder: Path) -> None:
    graph, graphs = union(folder), graphs_of_subjects(folder)
    findings = individuals(graph, CORE + "Finding")
    assert findings
    for finding in sorted(findings):
        (document,) = graphs[finding]
        assert document is not None
        quote = graph.text(finding, Iri(CORE + "quote"))
        page = int(graph.text(finding, Iri(CORE + "page")))
        text = pages(file_of(folder, document).read_text(encoding="utf-8"))[page]
        assert quote, f"{finding} has no quote"
        assert any(quote in line for line in text.splitlines()), (
            f"{finding}: page {page} does not say {quote!r}"
        )


@every_case
def test_every_chart_document_has_a_file_and_every_file_a_chart_document(folder: Path) -> None:
    expected = {file_of(folder, document) for document in chart_documents(folder)}
    assert set((folder / "documents").iterdir()) == expected


@every_case
def test_every_chart_document_is_dated_signed_and_named(folder: Path) -> None:
    graph = default_graph(folder)
    for document in chart_documents(folder):
        for required in (DATE, Iri(CORE + "authorRole"), LABEL):
            assert len(graph.values(document, required)) == 1, f"{document} needs one {required}"


@every_case
def test_every_document_begins_with_a_heading_and_counts_its_pages_without_a_gap(folder: Path) -> None:
    for document in sorted((folder / "documents").iterdir()):
        text = document.read_text(encoding="utf-8")
        numbers = [1, *map(int, PAGE_BREAK.findall(text))]
        assert text.startswith("# "), document
        assert numbers == list(range(1, len(numbers) + 1)), document


@every_case
def test_every_finding_lies_in_exactly_one_graph_and_that_is_a_chart_document(folder: Path) -> None:
    documents, graphs = chart_documents(folder), graphs_of_subjects(folder)
    for finding in sorted(individuals(union(folder), CORE + "Finding")):
        assert len(graphs[finding]) == 1, finding
        assert graphs[finding] <= documents, finding


@every_case
def test_chart_documents_hold_nothing_but_findings_and_none_is_empty(folder: Path) -> None:
    findings = individuals(union(folder), CORE + "Finding")
    stated = {quad.subject: quad.graph for quad in quads(folder) if quad.graph is not None}
    assert set(stated) == findings
    assert set(stated.values()) == chart_documents(folder)


@every_case
def test_everything_that_a_case_refers_to_is_described_in_it(folder: Path) -> None:
    home = f"{OURS}cases/{folder.name}/"
    described = set(graphs_of_subjects(folder))
    assert all(subject.startswith(home) for subject in described)
    for quad in quads(folder):
        if not isinstance(quad.object, Literal) and quad.object.startswith(OURS + "cases/"):
            assert quad.object in described, quad.object


@every_case
def test_no_node_is_blank(folder: Path) -> None:
    for quad in quads(folder):
        assert not any(str(node).startswith("_:") for node in (quad.subject, quad.object, quad.graph)), quad


@every_case
def test_every_term_of_ours_is_declared_in_the_ontology(folder: Path) -> None:
    used = {
        node
        for quad in quads(folder)
        for node in quad.triple
        if not isinstance(node, Literal) and node.startswith((CORE, SPINE))
    }
    assert sorted(term for term in used if not ONTOLOGY.values(term, TYPE)) == []


@pytest.mark.parametrize(
    ("folder", "unsaid"),
    [
        ("v16-tobacco-unrecorded", r"tobacco|smok|nicotine|cotinine|cigar|packs? a day|abstain"),
        ("v06-no-psychosocial-evaluation", r"psych|mood|anxi|depress|counsellor|coping|adjustment"),
        ("v11-late-imaging", None),
    ],
)
def test_a_record_is_silent_where_its_variant_says_so(folder: str, unsaid: str | None) -> None:
    nonunion = r"bridging|nonunion|non-union|pseud|not healed|unhealed|fail(ed|ure) of the fusion"
    for document in sorted((ROOT / "cases" / folder / "documents").iterdir()):
        if unsaid or document.stem != "ct":
            assert not re.search(unsaid or nonunion, document.read_text(encoding="utf-8"), re.IGNORECASE), (
                document
            )
