"""The packaged ontology: found by what people say, consistent, described, and closed to the network."""

from __future__ import annotations

import shutil
import sys
import tempfile
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING

import pytest

from reasoner.data import folder
from reasoner.errors import ExitCode, UsageError
from reasoner.ontology import Ontology, load_ontology
from reasoner.ontology.check import check
from reasoner.ontology.files import CATALOG, check_files
from reasoner.ontology.find import find
from reasoner.rdf import Graph, Iri, Triple, parse
from reasoner.terms import CORE, Namespace

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from reasoner.ontology.check import OntologyCheck

SPINE = Namespace("https://w3id.org/guideline-reasoner/spine#")
EX = Namespace("https://example.org/")
PREFIXES = """
    @prefix : <https://example.org/> .
    @prefix owl: <http://www.w3.org/2002/07/owl#> .
    @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
    @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
    @prefix owlready: <http://www.lesfleursdunormal.fr/static/_downloads/owlready_ontology.owl#> .
"""


def turtle(text: str) -> frozenset[Triple]:
    return frozenset(quad.triple for quad in parse((PREFIXES + text).encode(), ".ttl"))


# ---------------------------------------------------------------- Find


@pytest.mark.parametrize(
    ("word", "term", "matched"),
    [
        ("pseudarthrosis", SPINE.Pseudarthrosis, "pseudarthrosis"),
        ("Smoker", SPINE.TobaccoUse, "smoker"),
        (" NONUNION ", SPINE.Pseudarthrosis, "nonunion"),
        ("M96.0", SPINE.Pseudarthrosis, "M96.0"),
        ("f17.2", SPINE.TobaccoUse, "F17.200"),
        ("L4-5", Iri(SPINE.prefix + "L4-L5"), "L4-5"),
        ("core:presence", CORE.presence, "core:presence"),
        ("SolidFusion", SPINE.SolidFusion, "SolidFusion"),
    ],
)
def test_found_first_by_label_synonym_code_clinical_name_or_name(word: str, term: Iri, matched: str) -> None:
    first = find(word, load_ontology())[0]
    assert (first.term, first.matched) == (term, matched)


def test_a_match_says_what_the_term_is() -> None:
    [match] = find("failed fusion", load_ontology())
    assert match.name == "spine:Pseudarthrosis"
    assert match.kind == "class"
    assert match.label == "pseudarthrosis"
    assert match.definition == "A fusion that did not heal into bone."
    assert match.codes == ("M96.0",)


@pytest.mark.parametrize(
    ("word", "kind"),
    [("presence of", ""), ("solid fusion", "class"), ("site", "property"), ("absent", "individual")],
)
def test_a_match_says_whether_it_is_a_class_a_property_or_an_individual(word: str, kind: str) -> None:
    assert [match.kind for match in find(word, load_ontology())][:1] == ([kind] if kind else [])


def test_whole_matches_come_before_beginnings_before_the_rest_each_by_label() -> None:
    terms = turtle(
        """:Zeta rdfs:label "zeta"@en ; skos:altLabel "Fix"@en . :Fixed rdfs:label "fixed"@en .
        :FixAll rdfs:label "fix all"@en . :Affix rdfs:label "affix"@en . :Prefix rdfs:label "prefix"@en ."""
    )
    ontology = Ontology(Graph(terms), frozenset({t.subject for t in terms}), {}, "")
    assert [match.matched for match in find("fix", ontology)] == [
        "Fix",
        "fix all",
        "fixed",
        "affix",
        "prefix",
    ]


@pytest.mark.parametrize("word", ["", "  ", "no such thing", "_:"])
def test_nothing_is_found_for_nothing(word: str) -> None:
    assert find(word, load_ontology()) == ()


# ---------------------------------------------------------------- HermiT


@pytest.fixture(scope="module")
def packaged() -> OntologyCheck:
    return check(load_ontology().graph)


@pytest.mark.java
@pytest.mark.skipif(shutil.which("java") is None, reason="no Java runtime")
class TestHermit:
    def test_packaged_ontology_is_consistent_and_every_class_can_have_members(
        self, packaged: OntologyCheck
    ) -> None:
        assert packaged.consistent
        assert packaged.unsatisfiable == ()
        assert packaged.explanation == ""

    def test_hierarchy_gives_each_class_its_direct_superclasses(self, packaged: OntologyCheck) -> None:
        assert packaged.hierarchy[SPINE.RevisionLumbarFusion] == (
            SPINE.LumbarFusion,
            SPINE.RevisionSpineProcedure,
        )
        assert packaged.hierarchy[SPINE.NonunionEvidence] == (SPINE.FailedOperationEvidence,)
        assert packaged.hierarchy[SPINE.FailedOperationEvidence] == (CORE.Finding,)
        assert packaged.hierarchy[CORE.Finding] == ()
        assert set(packaged.hierarchy) == {k for k in load_ontology().ancestors if not k.startswith("_:")}

    def test_a_planted_class_that_nothing_can_be_of_is_named(self) -> None:
        planted = Triple(
            SPINE.Planted, Iri("http://www.w3.org/2000/01/rdf-schema#subClassOf"), SPINE.TobaccoUse
        )
        other = planted._replace(object=SPINE.Instability)
        result = check({*load_ontology().graph, planted, other})
        assert result.consistent
        assert result.unsatisfiable == (SPINE.Planted,)

    def test_an_individual_that_cannot_be_is_named(self) -> None:
        result = check(
            turtle(
                ":A a owl:Class . :B a owl:Class . [] a owl:AllDisjointClasses ; owl:members ( :A :B ) ."
                ":x a owl:NamedIndividual , :A , :B . :C a owl:Class ; rdfs:subClassOf :A , :B ."
            )
        )
        assert not result.consistent
        assert "<https://example.org/x>" in result.explanation
        assert result.unsatisfiable == (EX.C,)

    def test_dates_are_no_obstacle(self) -> None:
        dated = Triple(EX.x, CORE.plannedOn, next(_dates()))
        assert check({*load_ontology().graph, dated}).consistent

    def test_nothing_is_left_in_the_temporary_folder(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
        check(turtle(":A a owl:Class ; rdfs:subClassOf owl:Nothing . :x a owl:NamedIndividual , :A ."))
        assert list(tmp_path.iterdir()) == []
        assert tempfile.tempdir == str(tmp_path)

    @pytest.mark.parametrize("place", ["https://example.org/o", "urn:guideline-reasoner:checked"])
    @pytest.mark.parametrize("declared", ["", "owlready:python_module a owl:DatatypeProperty ."])
    def test_a_python_module_that_the_ontology_names_is_not_imported(
        self, place: str, declared: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "named_by_an_ontology.py").write_text("")
        monkeypatch.syspath_prepend(str(tmp_path))
        check(
            turtle(f'<{place}> a owl:Ontology ; owlready:python_module "named_by_an_ontology" . {declared}')
        )
        assert "named_by_an_ontology" not in sys.modules

    @pytest.mark.parametrize("place", ["https://example.org/o", "urn:guideline-reasoner:checked"])
    def test_imports_are_not_fetched(self, place: str) -> None:
        with listener() as (address, asked):
            check(turtle(f"<{place}> a owl:Ontology ; owl:imports <{address}> . :A a owl:Class ."))
        assert asked == []


def test_without_java_the_error_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with pytest.raises(UsageError) as raised:
        check(load_ontology().graph)
    [problem] = raised.value.problems
    assert problem.code == "no-java"
    assert "default-jre-headless" in problem.fix
    assert raised.value.exit_code == ExitCode.USAGE


def _dates() -> Iterator[object]:
    text = '@prefix xsd: <http://www.w3.org/2001/XMLSchema#> . :x :on "2024-12-02"^^xsd:date .'
    yield from (triple.object for triple in turtle(text))


@contextmanager
def listener() -> Iterator[tuple[str, list[str]]]:
    """A web server on this machine, and the list of what it was asked for."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        do_HEAD = do_GET  # noqa: N815 - the library's name

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


# ---------------------------------------------------------------- Files


def test_every_term_is_described_and_every_module_is_in_the_catalog() -> None:
    assert [str(problem) for problem in check_files()] == []


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    root = tmp_path / "ontology"
    shutil.copytree(folder("ontology"), root)
    return root


def spoil(file: Path, before: str, after: str) -> int:
    """Replace text that stands in the file, and give its line."""
    text = file.read_text("utf-8")
    assert before in text
    file.write_text(text.replace(before, after, 1), "utf-8")
    return text[: text.index(before)].count("\n") + 1


@pytest.mark.parametrize(
    ("before", "after", "code", "term"),
    [
        ('rdfs:label "CT"@en', 'rdfs:label "CT"@de', "missing-label", "ComputedTomography"),
        (
            'rdfs:label "CT"@en',
            'rdfs:label "CT"@en , "scan"@en',
            "missing-label",
            "ComputedTomography",
        ),
        (' ; skos:definition "A plain X-ray study."@en', "", "missing-definition", "Radiograph"),
        ('"A plain X-ray study."@en', '"A."@en , "B."@en', "missing-definition", "Radiograph"),
    ],
)
def test_a_term_without_exactly_one_label_and_definition_is_named_with_its_line(
    copy: Path, before: str, after: str, code: str, term: str
) -> None:
    known = set(check_files(copy))
    line = spoil(copy / "spine.ttl", before, after)
    [problem] = set(check_files(copy)) - known
    assert (problem.code, problem.line) == (code, line)
    assert problem.file.endswith("spine.ttl")
    assert problem.problem.startswith(f"{term} has ")


def test_an_import_that_the_catalog_does_not_know_is_named_with_its_line(copy: Path) -> None:
    known = set(check_files(copy))
    place = "owl:imports <https://w3id.org/guideline-reasoner/core> ;"
    line = spoil(copy / "spine.ttl", place, "owl:imports <https://example.org/else> ;")
    [problem] = set(check_files(copy)) - known
    assert (problem.code, problem.line) == ("not-in-catalog", line)


def test_a_module_that_the_catalog_does_not_map_to_its_file_is_named(copy: Path) -> None:
    spoil(copy / CATALOG, 'uri="spine.ttl"', 'uri="spin.ttl"')
    found = [problem for problem in check_files(copy) if "spin" in problem.problem]
    assert [problem.file.rpartition("/")[2] for problem in found] == [CATALOG, "spine.ttl"]
    assert {problem.code for problem in found} == {"not-in-catalog"}
