"""What other editions would make of a case is known by judging under them, and is never taken for a determination."""

from __future__ import annotations

from typing import TYPE_CHECKING

from support import MET, edited, reasoner
from support_store import ODG, Nobody, exported

from reasoner.cases import Manner, determine_case
from reasoner.contrast import contrast_triples, contrasts
from reasoner.data import folder
from reasoner.ontology import load_ontology
from reasoner.rdf import DiskStore, Iri, Selection
from reasoner.render.graph import named
from reasoner.store.basis import Basis
from reasoner.store.build import add, build
from reasoner.store.library import query_prefixes
from reasoner.store.place import current
from reasoner.validate import FEW

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from reasoner.store.take import Change

CASES = folder("cases")
TOLD = """
SELECT ?case ?other ?would WHERE {
  ?held store:contrast ?contrast ; dcterms:identifier ?case . ?contrast store:otherEdition ?other ; store:wouldBe ?would
}"""
L33382, L37848 = "L33382", "L37848"


def rows(root: Path, query: str) -> list[tuple[str, ...]]:
    generation = current(root)
    assert generation
    found = DiskStore(generation.quads, read_only=True).query(query, query_prefixes())
    assert isinstance(found, Selection)
    return sorted(tuple(getattr(cell, "value", cell) or "" for cell in row) for row in found.rows)


def put(root: Path, *cases: Path, also: tuple[str, ...] = (L33382, L37848), manner: Manner = ODG) -> Change:
    return (add if root.exists() else build)(root, [str(case) for case in cases], manner, 1, Nobody(), also)


def test_a_contrast_is_what_determine_finds_under_that_edition(store: Path) -> None:
    told = {(case, other): would for case, other, would in rows(store, TOLD)}
    names = [case for case in sorted(CASES.glob("v*")) if (case / "case.trig").exists()]
    assert len(told) > len(names)
    for case in names:
        for guideline in (L33382, L37848):
            done = determine_case(str(case), Manner(guideline=guideline))
            assert told[case.name, done.assessment.edition.iri] == named(done.determination.outcome)


def test_cases_that_are_compared_at_once_are_compared_as_each_is_alone() -> None:
    ontology, engine, names = load_ontology(), Manner().engine, (L33382, L37848, "odg")
    cases = [case for case in sorted(CASES.glob("v*")) if (case / "case.trig").exists()]
    judged = [determine_case(str(case), Manner(guideline=g)).assessment for case in cases for g in ("G1", L37848)]
    assert len(judged) > FEW
    at_once, graph = contrasts(judged, names, ontology, engine), Iri("urn:graph")
    alone = [contrasts([assessment], names, ontology, engine)[0] for assessment in judged]
    told = [[*contrast_triples(graph, graph, found)] for found in at_once]
    assert told == [[*contrast_triples(graph, graph, found)] for found in alone]
    assert len({*map(tuple, told)}) > FEW


def test_no_contrast_is_taken_for_a_determination(store: Path) -> None:
    (judged,) = rows(store, "SELECT (COUNT(*) AS ?n) { ?held store:determination ?d }")
    for predicate in ("outcome", "underEdition", "standsInTheWay"):
        found = rows(
            store, f"SELECT DISTINCT ?x {{ ?x determination:{predicate} ?y . FILTER (CONTAINS(STR(?x), 'contrasts')) }}"
        )
        assert found == []
    assert rows(store, "SELECT (COUNT(*) AS ?n) { ?d a determination:Determination }") == [judged]


def test_an_edition_that_is_not_about_the_request_says_so(tmp_path: Path) -> None:
    first = edited(
        MET, tmp_path / "first" / "case.trig", ("v01-all-met", "first"), ("core:revises case:fusion-2022 ;", "")
    )
    put(tmp_path / "store", first.parent, also=("odg",), manner=Manner(guideline=L37848))
    found = rows(tmp_path / "store", "SELECT ?other ?code { ?x store:otherEdition ?other ; store:code ?code }")
    assert [(other.rsplit("/", 2)[1], code) for other, code in found] == [
        ("lumbar-revision-fusion", "not-about-request")
    ]
    assert rows(tmp_path / "store", TOLD) == []


def test_the_edition_that_governs_is_not_compared_with_itself(tmp_path: Path) -> None:
    put(tmp_path / "store", CASES / "v01-all-met", also=("odg", "G1"))
    assert "/request/contrasts" not in exported(tmp_path / "store", "v01-all-met")


def test_a_case_is_judged_again_when_it_is_to_be_compared_with_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root, case = tmp_path / "store", CASES / "v01-all-met"
    assert put(root, case, also=()).judged == 1
    assert rows(root, TOLD) == []
    assert put(root, case).judged == 1
    assert len(rows(root, TOLD)) == 2
    assert put(root, case, also=(L37848, L33382)).kept == 1
    known = Basis(ODG).guidelines
    monkeypatch.setattr(Basis, "guidelines", {g: "changed" if "l33382" in g else d for g, d in known.items()})
    assert put(root, case).judged == 1
    assert put(root, case, also=()).judged == 1
    assert rows(root, TOLD) == []


def test_an_edition_that_does_not_exist_is_refused_before_anything_is_judged(tmp_path: Path) -> None:
    ran = reasoner("store", "build", tmp_path / "store", CASES / "v01-all-met", "--also-under", "zork")
    assert (ran.code, ran.out) == (2, "")
    assert "error[no-such-edition]" in ran.err
    assert not (tmp_path / "store").exists()
