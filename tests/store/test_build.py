"""A store holds of each case exactly its graphs, judges again only what changed, and is never seen half made."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest
from support import MET, ROOT, edited, reasoner
from support_store import ALSO, ODG, added, exported, made, stated

from reasoner.data import folder
from reasoner.errors import UsageError
from reasoner.ontology import load_ontology
from reasoner.rdf import DiskStore, parse
from reasoner.store import swap as swapping
from reasoner.store.basis import Basis
from reasoner.store.build import remove
from reasoner.store.holdings import export
from reasoner.store.place import GENERATIONS, POINTER, SCHEMA, STAGING, current, reading
from reasoner.terms import BASE, CORE, OWL, A, Namespace

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CASES = folder("cases")
SPINE = Namespace(f"{BASE}spine#")
ONE, OTHER = CASES / "v01-all-met", CASES / "v02-only-smoking-unresolved"
SPACE = "https://w3id.org/guideline-reasoner/cases/"


@pytest.fixture
def root(store: Path, tmp_path: Path) -> Path:
    """A copy of the store that a test may change."""
    return shutil.copytree(store, tmp_path / "store")


def graphs(text: str) -> set[str]:
    return {line.rsplit(" ", 2)[1][1:-1] for line in text.splitlines()}


def test_a_case_has_a_graph_for_each_document_and_one_for_each_thing_that_was_made_of_it(store: Path) -> None:
    documents = {quad.graph for quad in parse(MET.read_bytes(), ".trig")} - {None}
    request, case = f"{SPACE}v01-all-met/request", f"{SPACE}v01-all-met/"
    made_here = {f"{request}/{name}" for name in ("facts", "derived", "types", "report", "determination", "contrasts")}
    assert graphs(exported(store, "v01-all-met")) == documents | made_here | {case, f"{case}lists"}


def test_the_statements_of_a_case_are_in_its_graphs_as_they_were_written(store: Path) -> None:
    facts = f"{SPACE}v01-all-met/request/facts"
    stated = {(*quad.triple, quad.graph or facts) for quad in parse(MET.read_bytes(), ".trig")}
    held = {tuple(quad) for quad in parse(exported(store, "v01-all-met").encode(), ".nq")}
    assert stated <= held


def test_a_determination_in_a_store_is_the_one_that_determine_prints(store: Path) -> None:
    printed = reasoner("determine", MET, "--guideline", "odg", "--format", "trig").out
    told = {tuple(quad) for quad in parse(printed.encode(), ".trig")}
    assert told <= {tuple(quad) for quad in parse(exported(store, "v01-all-met").encode(), ".nq")}


def test_no_statement_stands_in_two_graphs_of_a_case(store: Path) -> None:
    triples = [line.rsplit(" ", 2)[0] for line in exported(store, "v04-readers-disagree").splitlines()]
    assert len(triples) == len(set(triples))


def test_only_classes_are_kinds_of_a_thing_and_what_a_property_is_below_is_derived(store: Path) -> None:
    classes = {thing for thing, kind in load_ontology().graph.pairs(A) if kind == OWL.Class}
    request, quads = f"{SPACE}v01-all-met/request", parse(exported(store).encode(), ".nq")
    added_kinds = {(quad.predicate, quad.object) for quad in quads if (quad.graph or "").endswith("/request/types")}
    assert {predicate for predicate, _ in added_kinds} == {A}
    assert {kind for _, kind in added_kinds} <= classes
    derived = {quad[:3] for quad in quads if quad.graph == f"{request}/derived"}
    level = next(quad.object for quad in quads if quad[:2] == (request, SPINE.fromVertebra))
    assert (request, CORE.fromLevel, level) in derived


def test_ontology_editions_and_ladders_are_graphs_by_their_names(store: Path) -> None:
    found = graphs(exported(store))
    base = "https://w3id.org/guideline-reasoner/"
    assert {base + "core", base + "spine", base + "odg/lumbar-revision-fusion/as-stated"} <= found
    assert "_:" not in exported(store).replace('"_:', "")


def test_what_did_not_change_is_not_judged_again(root: Path) -> None:
    before = exported(root)
    assert (added(root, ONE, OTHER).kept, current(root).path.name) == (2, current(root).path.name)
    assert exported(root) == before


def test_a_changed_case_is_judged_again_and_nothing_of_the_old_is_left(root: Path, tmp_path: Path) -> None:
    edit = edited(MET, tmp_path / "v01-all-met" / "case.trig", ("warehouse worker", "glazier"))
    change = added(root, edit.parent)
    assert (change.judged, change.kept) == (1, 0)
    found = exported(root, "v01-all-met")
    assert "glazier" in found
    assert "warehouse" not in found
    added(root, ONE)
    assert "warehouse" in exported(root, "v01-all-met")
    assert "glazier" not in exported(root)


def test_a_removed_case_is_gone_from_every_graph_and_from_the_disk(root: Path) -> None:
    whole, of_it = stated(root), exported(root, "v01-all-met").splitlines()
    assert remove(root, ["v01-all-met"]).removed == 1
    assert stated(root) == sorted(set(whole) - set(of_it))
    held = b"".join(p.read_bytes() for p in (root / GENERATIONS).rglob("*") if p.is_file())
    assert b"v02-only-smoking" in held
    assert b"v01-all-met" not in held


def test_a_removed_and_added_case_leaves_the_store_as_it_was(root: Path) -> None:
    before = exported(root)
    remove(root, ["v01-all-met"])
    added(root, ONE)
    assert exported(root) == before


def test_a_build_leaves_out_what_it_does_not_name_and_judges_only_what_is_new(root: Path) -> None:
    change = made(root, [ONE, OTHER])
    assert (change.judged, change.kept, change.cases) == (0, 2, 2)
    held = {graph.split("/cases/")[1].split("/")[0] for graph in graphs(exported(root)) if "/cases/" in graph}
    assert held == {ONE.name, OTHER.name}


def test_a_changed_edition_makes_only_what_it_governs_be_judged_again(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = Basis(ODG).guidelines
    other = {g: "changed" if "mtus" in g else digest for g, digest in known.items()}
    monkeypatch.setattr(Basis, "guidelines", other)
    assert added(root, ONE).kept == 1
    monkeypatch.setattr(Basis, "guidelines", dict.fromkeys(known, "changed"))
    assert json.loads(reasoner("store", "info", root, "--format", "json").out)["out_of_date"] > 1
    assert added(root, ONE).judged == 1


def test_a_changed_ontology_replaces_its_graph_and_makes_cases_be_judged_again(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = b'<https://x/a> <https://x/b> "changed" <https://w3id.org/guideline-reasoner/spine> .\n'
    known = {**Basis(ODG).knowledge, "https://w3id.org/guideline-reasoner/spine": line}
    monkeypatch.setattr(Basis, "knowledge", known)
    monkeypatch.setattr(Basis, "common", "changed")
    assert added(root, ONE).judged == 1
    assert [t for t in exported(root).splitlines() if t.endswith("reasoner/spine> .")] == [line.decode().strip()]


def test_a_refused_case_is_told_of_and_can_be_mended(root: Path, tmp_path: Path) -> None:
    assert "undeclared-property" in exported(root, "bad")
    good = edited(MET, tmp_path / "bad" / "case.trig", ("v01-all-met", "bad"))
    assert added(root, good.parent).judged == 1
    assert "undeclared-property" not in exported(root)


def test_a_case_that_is_refused_now_loses_its_determination(root: Path, tmp_path: Path) -> None:
    bad = edited(MET, tmp_path / "v01-all-met" / "case.trig", ("core:presence", "core:presense"))
    assert added(root, bad.parent).refused == 1
    assert graphs(exported(root, "v01-all-met")) < {g for g in graphs(exported(root)) if "/refused/" in g}


def test_two_cases_about_the_same_things_do_not_share_a_store(root: Path, tmp_path: Path) -> None:
    copy = edited(MET, tmp_path / "copy" / "case.trig")
    assert added(root, copy.parent).problems == {"same-case": 1}
    remove(root, ["v01-all-met"])
    assert added(root, copy.parent).judged == 1


def test_two_cases_of_one_name_are_not_taken_for_one(root: Path, tmp_path: Path) -> None:
    other = edited(MET, tmp_path / "v01-all-met" / "case.trig", ("v01-all-met", "namesake"))
    change = added(root, ONE, other.parent)
    assert (change.kept, change.problems) == (1, {"same-name": 1})
    assert "namesake" not in exported(root)


@pytest.mark.parametrize("name", ["request/determination", "lists", "../other/ct", ""])
def test_no_document_takes_the_name_of_a_graph_that_is_not_the_cases_own(
    root: Path, tmp_path: Path, name: str
) -> None:
    before = stated(root)
    text = MET.read_text().replace("v01-all-met", "taker").replace("case:ct ", f"<{SPACE}taker/{name}> ")
    if name.startswith(".."):
        text = text.replace(f"<{SPACE}taker/{name}>", f"<{SPACE}v02-only-smoking-unresolved/ct>")
    (tmp_path / "taker").mkdir()
    (tmp_path / "taker" / "case.trig").write_text(text)
    assert added(root, tmp_path / "taker").refused == 1
    assert set(before) <= set(stated(root))


# ---------------------------------------------------------------- Interrupted, read meanwhile, of another version


def test_a_build_that_fails_at_the_end_changes_nothing_and_the_next_judges_nothing(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit = edited(MET, tmp_path / "v01-all-met" / "case.trig", ("warehouse worker", "glazier"))
    before = exported(root)
    with monkeypatch.context() as patch:
        patch.setattr(swapping, "_enter", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            added(root, edit.parent)
    assert exported(root) == before
    change = added(root, edit.parent)
    assert (change.judged, change.kept) == (0, 1)
    assert "glazier" in exported(root)
    assert [p.name for p in (root / GENERATIONS).iterdir()] == [current(root).path.name]
    assert not (root / STAGING).exists()


KILLED = "import sys; import reasoner.store.staging as s; s.PART_CASES = 1; from reasoner.cli import main; main()"


def test_a_killed_build_goes_on_where_it_was(tmp_path: Path) -> None:
    root, cases = tmp_path / "store", sorted(CASES.glob("v0*"))
    others = [word for edition in ALSO for word in ("--also-under", edition)]
    command = [sys.executable, "-c", KILLED, "store", "build", root, *cases, "--guideline", "odg", *others]
    run = subprocess.Popen(list(map(str, command)), cwd=ROOT, start_new_session=True)
    parts = root / STAGING
    deadline = time.monotonic() + 300
    while len(list(parts.glob("part-*"))) < 2 and time.monotonic() < deadline and run.poll() is None:
        time.sleep(0.01)
    os.killpg(run.pid, signal.SIGKILL)
    run.wait()
    assert list(parts.glob("part-*")), "nothing was judged in time"
    with pytest.raises(UsageError):
        exported(root)
    change = made(root, cases)
    assert change.judged + change.kept == len(cases)
    assert change.kept > 0
    fresh = tmp_path / "fresh"
    made(fresh, cases)
    assert exported(fresh) == exported(root)


def test_a_file_that_a_reader_does_not_find_is_told_as_such(root: Path) -> None:
    with pytest.raises(FileNotFoundError, match="nowhere"), reading(root):
        (root / "nowhere").read_bytes()


def test_a_reader_keeps_its_generation_while_a_new_one_is_made(root: Path) -> None:
    with reading(root) as generation:
        held = DiskStore(generation.quads, read_only=True)
        number = len(held)
        remove(root, ["v01-all-met"])
        assert current(root) != generation
        assert len(held) == number
        assert generation.quads.exists()
        del held
    added(root, OTHER)
    assert not generation.path.exists()


def test_two_do_not_write_at_once(root: Path) -> None:
    with pytest.raises(UsageError, match="in-use"):
        _while_writing(root)


def _while_writing(root: Path) -> None:
    from reasoner.store.place import writing  # noqa: PLC0415

    with writing(root):
        remove(root, ["v01-all-met"])


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (f'{{"schema": {SCHEMA + 1}, "generation": 1}}', "other-schema"),
        (f'{{"schema": {SCHEMA - 1}, "generation": 1}}', "other-schema"),
        ("{", "damaged-store"),
        (f'{{"schema": {SCHEMA}, "generation": 77}}', "damaged-store"),
    ],
)
def test_a_store_of_another_version_or_a_damaged_one_is_refused(root: Path, content: str, code: str) -> None:
    (root / POINTER).write_text(content)
    for command in ("info", "export"):
        ran = reasoner("store", command, root)
        assert (ran.code, ran.out) == (2, "")
        assert f"error[{code}]" in ran.err


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("mine")
    ran = reasoner("store", "build", tmp_path, ONE, "--guideline", "odg")
    assert (ran.code, [p.name for p in tmp_path.iterdir()]) == (2, ["letter.txt"])


def test_an_export_is_the_same_bytes_every_time(store: Path) -> None:
    found = {hashlib.sha256(exported(store).encode()).hexdigest() for _ in range(2)}
    assert len(found) == 1


def test_an_export_does_not_hold_a_store_in_memory(store: Path) -> None:
    pieces: Iterator[str] = export(store, [])
    assert max(map(len, pieces)) < len(exported(store)) / 5
