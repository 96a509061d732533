"""What a store counts once is what counting over the whole store would give, whatever entered and left it."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from support import CASES as PACKAGED
from support import MET, edited
from support_store import ODG, added, exported, made

from reasoner.cases import assess_case
from reasoner.data import folder
from reasoner.ontology import load_ontology
from reasoner.rdf import DiskStore, Iri, Literal, MemoryStore, Quad, nquads
from reasoner.store import summary, summing
from reasoner.store.build import remove
from reasoner.store.catalogue import Catalogue
from reasoner.store.fill import filled
from reasoner.store.place import current
from reasoner.store.summary import LISTS, SUMMARY, Count, Part, counts, names_in
from reasoner.terms import DETERMINATION, STORE, XSD, A

if TYPE_CHECKING:
    from pathlib import Path

CASES = folder("cases")
COUNTS = {count.name: count for count in counts()}
LISTING = {name for name, count in COUNTS.items() if count.lists}
CASE = Iri("x:case/")
EMPTY = {"unsupported-count"}
"""What must count nothing."""


def whole(root: Path) -> DiskStore:
    generation = current(root)
    assert generation
    return DiskStore(generation.quads, read_only=True)


def kept(root: Path) -> set[Quad]:
    return {*whole(root).quads(SUMMARY), *lists(root)}


def lists(root: Path) -> set[Quad]:
    store = whole(root)
    return {quad for graph in store.graphs() if graph.endswith(f"/{LISTS}") for quad in store.quads(graph)}


def plain(root: Path) -> set[Quad]:
    """The same as the plain queries give it."""
    store = whole(root)
    return {quad for count in counts() for quad in expected_of(count, store)}


def expected_of(count: Count, store: DiskStore | MemoryStore) -> set[Quad]:
    return {*count.quads(count.over(store)), *count.listed(count.parts(store), names_in(store))}


@pytest.fixture
def root(store: Path, tmp_path: Path) -> Path:
    """A copy of the store that a test may change."""
    return shutil.copytree(store, tmp_path / "store")


@pytest.mark.parametrize("name", COUNTS)
def test_a_kept_count_is_what_the_plain_query_gives(store: Path, name: str) -> None:
    count = COUNTS[name]
    expected = expected_of(count, whole(store))
    assert any(quad.predicate == STORE.case for quad in expected) == count.lists
    assert bool(expected) == (name not in EMPTY)
    assert {quad for quad in kept(store) if f"/summary/{name}/" in quad.subject} == expected


def test_the_counts_stay_right_when_cases_enter_change_and_leave(root: Path, tmp_path: Path) -> None:
    before = kept(root)
    remove(root, ["v04-readers-disagree", "parted"])
    assert before != kept(root) == plain(root)
    edit = edited(
        MET, tmp_path / "v01-all-met" / "case.trig", ("spine:fromVertebra spine:L4", "spine:fromVertebra spine:L3")
    )
    added(root, edit.parent, CASES / "v04-readers-disagree")
    assert kept(root) == plain(root)
    added(root, CASES / "v01-all-met")
    made(root, [CASES / "v02-only-smoking-unresolved", CASES / "v07-three-levels"])
    assert kept(root) == plain(root)


def test_a_row_names_every_case_that_it_counts_and_no_other(store: Path) -> None:
    named = Counter(quad.subject for quad in lists(store))
    numbers = {quad.subject: quad for quad in whole(store).quads(SUMMARY) if quad.predicate == STORE.cases}
    rows = {row: number.object for row, number in numbers.items() if row.split("/")[-2] in LISTING}
    assert {row: Literal(str(number), XSD.integer) for row, number in named.items()} == rows != {}


def test_counts_do_not_depend_on_how_many_cases_are_counted_at_once(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(summing, "TOGETHER", 1)
    monkeypatch.setattr(summing, "CASES", 1)
    names = ["v01-all-met", "v02-only-smoking-unresolved", "weighed"]
    before = kept(root)
    remove(root, names)
    assert kept(root) == plain(root)
    added(root, CASES / names[0], CASES / names[1])
    assert kept(root) == plain(root) != before


def test_what_other_queries_counted_is_counted_anew(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "SELECT ?kind (COUNT(*) AS ?cases) WHERE { ?held store:request ?request ; a ?kind } GROUP BY ?kind"
    text = f"PREFIX store: <{STORE.prefix}>\n{text}"
    other = (Count("case-count", text, ("kind",), ("cases",)),)
    for module in (summary, summing):
        monkeypatch.setattr(module, "fingerprint", lambda: "other")
    monkeypatch.setattr(summary, "counts", lambda: other)
    remove(root, ["v01-all-met"])
    assert lists(root) == set()
    with closing(Catalogue(current(root).catalogue)) as catalogue:  # type: ignore[union-attr]
        number = catalogue.counts()
    (found,) = (quad.object for quad in kept(root) if quad.predicate == STORE.cases)
    assert found == Literal(str(number["cases"] - number["refused"]), XSD.integer)


def test_lists_of_other_queries_are_made_anew_when_the_store_changes(root: Path) -> None:
    before, generation = kept(root), current(root)
    assert generation
    (generation.path / summing.FILE).write_text(json.dumps({"queries": "other", "rows": {}}))
    (one, *_) = sorted(lists(root))
    stale = Quad(Iri(f"{SUMMARY}/other/1"), *one[1:])
    filled(generation.quads, [nquads([stale])])
    assert stale in lists(root)
    with closing(Catalogue(generation.catalogue)) as catalogue:
        names = [entry.name for entry in catalogue.entries()]
    remove(root, [])
    assert kept(root) == before
    with closing(Catalogue(current(root).catalogue)) as catalogue:  # type: ignore[union-attr]
        assert [entry.name for entry in catalogue.entries()] == names


def test_a_store_without_cases_that_were_judged_counts_nothing(tmp_path: Path) -> None:
    bad = edited(MET, tmp_path / "bad" / "case.trig", ("core:presence", "core:presense"))
    made(tmp_path / "store", [bad.parent])
    assert kept(tmp_path / "store") == set()


def test_the_answer_that_no_finding_supports_would_be_counted() -> None:
    store, met = MemoryStore(), DETERMINATION.Met
    said = {
        ("x:d", "underEdition"): "x:e", ("x:d", "answer"): "x:a", ("x:a", "criterion"): "x:c", ("x:a", "status"): met,
        ("x:a", "computedStatus"): met,
    }  # fmt: skip
    lines = [f"<{s}> <{DETERMINATION[p]}> <{o}> <x:d> ." for (s, p), o in said.items()]
    store.load("\n".join(lines).encode())
    assert COUNTS["unsupported-count"].over(store) == {("<x:e>", "<x:c>", None): [1]}
    store.load(f"<x:a> <{DETERMINATION.supportedBy}> <x:f> <x:d> .".encode())
    assert COUNTS["unsupported-count"].over(store) == {}


def test_every_class_and_property_of_the_summary_is_declared() -> None:
    declared = set(load_ontology().graph.all_subjects())
    assert COUNTS
    for count in COUNTS.values():
        key, numbers = tuple("<x:y>" for _ in count.keys), [1] * len(count.numbers)
        row = [*count.quads({key: numbers}), *count.listed([Part(key, CASE, numbers)], {CASE: Literal("a case")})]
        assert {quad.predicate for quad in row} - {A} | {q.object for q in row if q.predicate == A} <= declared


def test_evidence_at_the_wrong_level_is_what_an_assessment_finds_elsewhere(store: Path) -> None:
    given = [*(CASES / name for name in PACKAGED if name.startswith("v")), store.parent / "given" / "elsewhere"]
    expected: Counter[str] = Counter()
    for case in given:
        assessment = assess_case(str(case), ODG)
        known = assessment.record.findings
        for criterion, answer in assessment.answers[assessment.record.whole.iri].items():
            expected[criterion] += sum(bool(known[finding].sites) for finding in answer.elsewhere)
    rows = COUNTS["misplaced-finding-count"].over(whole(store))
    found = {key[1].strip("<>"): numbers[1] for key, numbers in rows.items() if key[1]}
    assert {c: n for c, n in found.items() if c in expected} == {c: n for c, n in expected.items() if n}
    assert sum(expected.values()) > 0


def test_the_rows_of_two_counts_are_told_apart_and_the_same_every_time(tmp_path: Path) -> None:
    made(tmp_path / "one", [CASES / "v01-all-met", CASES / "v07-three-levels"])
    made(tmp_path / "other", [CASES / "v07-three-levels"])
    added(tmp_path / "other", CASES / "v01-all-met")
    one, other = (
        [line for line in exported(tmp_path / name).splitlines() if line.endswith(f"<{SUMMARY}> .")]
        for name in ("one", "other")
    )
    assert one == other != []
    rows = [quad.subject for quad in kept(tmp_path / "one") if quad.predicate == A]
    assert len(rows) == len(set(rows))
