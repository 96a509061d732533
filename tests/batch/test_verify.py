"""Cases are determined again on the reference engine: which ones, what a disagreement changes, and what it does not."""

from __future__ import annotations

import json
import os
import random
from datetime import date
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from support import CASES, ROOT, process, reasoner
from support_batch import EDITION, Quiet, batch, copies, files, hooked, shard, workers

from reasoner.batch import marking, runner
from reasoner.batch.columns import json_line, row_of
from reasoner.batch.core import determine_rows
from reasoner.batch.disagree import CODE, differences, marked
from reasoner.batch.journal import read_journal
from reasoner.batch.options import Options
from reasoner.batch.row import (
    Asks,
    CaseText,
    CautionRow,
    CriterionRow,
    DiscrepancyRow,
    ProblemRow,
    RequestRow,
    Row,
    RungRow,
)  # fmt: skip
from reasoner.batch.sample import Candidate, Place, Sample, Stratum, candidate, rank_of
from reasoner.cases import Manner
from reasoner.errors import ExitCode, UsageError
from reasoner.validate import Engine

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NUMBER = 23
WRONG = (3, 11, 12, 14)
"""Cases on which the engines disagree; the third of them was not judged, and two stand in one part."""


@pytest.fixture(autouse=True)
def _nobody_is_left() -> Iterator[None]:
    yield
    assert workers(os.getpid()) == []


# ---------------------------------------------------------------- What is drawn


def met(strata: dict[Stratum, int], seed: int = 0) -> list[Candidate]:
    """Cases of some strata, in the order of their names."""
    cases = [(f"{s.outcome}-{n}", s) for s, number in strata.items() for n in range(number)]
    return [
        candidate(rank_of(seed, name, "hash"), Place(0, at, at, 0, 0), stratum, CaseText(name, "f", ".nq", b""), "")
        for at, (name, stratum) in enumerate(cases)
    ]


def drawn(cases: list[Candidate], number: int) -> list[str]:
    sample = Sample(number, 0)
    for one in cases:
        sample.hold([one])
        assert len(sample.of_part(0)) <= number + len({c.stratum for c in cases})
    return [one.case.name for one in sample.chosen()]


@pytest.mark.parametrize("number", [1, 2, 5, 20, 60, 111, 112, 500])
def test_strata_are_drawn_from_evenly_whatever_the_order(number: int) -> None:
    strata = {Stratum("E", "many"): 80, Stratum("E", "some"): 25, Stratum("F", "few"): 6, Stratum("", ""): 1}
    cases = met(strata)
    found = drawn(cases, number)
    assert len(found) == min(number, 112)
    by_stratum = {s: [c for c in cases if c.stratum == s and c.case.name in found] for s in strata}
    taken = {s: len(some) for s, some in by_stratum.items()}
    share = max(taken.values())
    assert all(n >= min(strata[s], share - 1) for s, n in taken.items())
    for stratum, some in by_stratum.items():
        left = [c.rank for c in cases if c.stratum == stratum and c not in some]
        assert all(c.rank < min(left, default="g") for c in some)
    for seed in range(5):
        random.Random(seed).shuffle(cases)  # noqa: S311 - no secret
        assert sorted(drawn(cases, number)) == sorted(found)


def test_another_seed_draws_others() -> None:
    strata = {Stratum("E", "many"): 50}
    assert drawn(met(strata, 0), 10) != drawn(met(strata, 1), 10)
    assert drawn(met(strata, 1), 10) == drawn(met(strata, 1), 10)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The cases that each run would have verified, which it does not."""
    found: list[list[str]] = []

    def note(_journal: Any, sample: Sample, *_: Any) -> None:
        found.append([one.case.name for one in sample.chosen()])

    monkeypatch.setattr(runner, "verify", note)
    return found


def given() -> list[bytes]:
    """Cases of several outcomes, and some that are not judged."""
    found = copies(NUMBER)
    for at in (4, 12, 20):
        found[at] += b"broken\n"
    return found


def test_workers_parts_chunks_and_files_do_not_change_the_sample(
    tmp_path: Path, asked: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    source, several = shard(tmp_path, given()), tmp_path / "several"
    several.mkdir()
    for at, content in enumerate(random.Random(0).sample(given(), NUMBER)):  # noqa: S311 - no secret
        shard(several, [content], f"{at:02}.nq")
    batch(source, tmp_path / "1", verify=9, workers=2)
    batch(source, tmp_path / "2", verify=9, workers=1, part_size=50)
    monkeypatch.setattr("reasoner.batch.chunks.CHUNK_GRAPHS", 2)
    batch(source, tmp_path / "3", verify=9, workers=3, part_size=3)
    batch(several, tmp_path / "4", verify=9, part_size=4, formats=("jsonl",), rationale=True)
    assert [len(found) for found in asked] == [9] * 4
    assert asked[0] == asked[1] == asked[2]
    assert sorted(asked[3]) == sorted(asked[0])
    batch(source, tmp_path / "5", verify=9, seed=1)
    assert asked[4] != asked[0]


def test_a_run_that_stops_goes_on_with_its_sample(tmp_path: Path, asked: list[list[str]]) -> None:
    source = shard(tmp_path, given())
    batch(source, tmp_path / "once", verify=9)

    def stop(cases: int) -> None:
        if cases >= 11:
            raise KeyboardInterrupt

    with pytest.raises(runner.InterruptedRunError):
        batch(source, tmp_path / "out", Quiet(stop), verify=9)
    assert len(asked) == 1
    batch(source, tmp_path / "out", verify=9, resume=True)
    assert asked[1] == asked[0]
    assert files(tmp_path / "out") == files(tmp_path / "once")
    for more in ({"verify": 8}, {"seed": 1}):
        with pytest.raises(UsageError, match="was made otherwise"):
            batch(source, tmp_path / "out", resume=True, **{"verify": 9, **more})


def test_a_damaged_sample_is_drawn_again(tmp_path: Path, asked: list[list[str]]) -> None:
    source = shard(tmp_path, given())
    batch(source, tmp_path / "out", verify=9)
    before = files(tmp_path / "out")
    (tmp_path / "out" / "sample" / "part-00002.parquet").unlink()
    batch(source, tmp_path / "out", verify=9, resume=True)
    assert asked[1] == asked[0]
    assert files(tmp_path / "out") == before


def test_cases_that_end_their_process_are_not_drawn(
    tmp_path: Path, asked: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in hooked(tmp_path).items():
        monkeypatch.setenv(name, value)
    batch(shard(tmp_path, [*copies(3), copies(4)[3] + b"# ends its process\n"]), tmp_path / "out", verify=9)
    assert len(asked[0]) == 3


# ---------------------------------------------------------------- What differs


def test_rows_come_back_from_json() -> None:
    cases = [CaseText(c, c, ".nq", content) for c, content in zip(CASES, copies(len(CASES)), strict=True)]
    rows = [*determine_rows(cases, Manner(guideline=EDITION), Asks(rationale=True)), Row("broken", "f")]
    assert [row_of(json_line(row)) for row in rows] == rows


ROW = Row(
    "c", "f", "hash", outcome="medically necessary", review="overturned", granted=("https://example.org/L4-L5",),
    rungs=(RungRow("https://example.org/MTUS", "governs", "x"),), rationale="because",
    criteria=tuple(
        CriterionRow("https://example.org/c/request", f"https://example.org/e#{n}", n, "1", n, "met", "met",
                     ("https://example.org/c/f1",), (), (), ()) for n in ("First", "Second")
    ),
)  # fmt: skip


def test_the_same_row_has_no_difference() -> None:
    assert differences(ROW, ROW._replace(rationale=None, determination="<a> <b> <c> .")) == []


OTHER = Row(
    "d", "g", "other", date(2024, 1, 1), "https://example.org/e", "E", "other", "https://example.org/l",
    (RungRow("https://example.org/MTUS", "silent", "x"),), "modified", "not met", "upheld", ("x",),
    (RequestRow("r", None, "modified", None),), ROW.criteria[::-1], (CautionRow("r", "c", raised=True),),
    (DiscrepancyRow("They differ.", ("x",)),), (ProblemRow("a", "f", None, "p", "x"),),
)  # fmt: skip


@pytest.mark.parametrize("name", [n for n in Row._fields if n not in {"determination", "rationale"}])
def test_everything_else_is_compared(name: str) -> None:
    other = ROW._replace(**{name: getattr(OTHER, name)})
    assert differences(ROW, other)
    assert differences(other, ROW)


def test_a_disagreement_takes_out_what_is_disputed_and_nothing_else() -> None:
    first, second = ROW.criteria
    theirs = ROW._replace(outcome="not medically necessary", criteria=(first, second._replace(status="not met")))
    row = marked(ROW, theirs)
    assert (row.outcome, row.reason, row.review, row.granted) == ("needs adjudication", None, "undecided", ())
    assert row.criteria[0] == first
    assert row.criteria[1][5:] == ("not evaluated", "not evaluated", (), (), (), ())
    assert (row.rationale, row.rungs) == (None, ROW.rungs)
    (problem,) = row.problems
    assert problem.code == CODE
    assert "outcome: medically necessary by the fast engine, not medically necessary by the ref" in problem.problem
    assert "criterion Second for request, status: met by the fast engine, not met by the reference" in problem.problem
    assert "First" not in problem.problem


# ---------------------------------------------------------------- A disagreement that is planted


def planted() -> list[bytes]:
    found = copies(NUMBER)
    found[12] += b"broken\n"
    for at in WRONG:
        found[at] += b"# reads otherwise\n"
    return found


@pytest.fixture
def quick(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {**hooked(tmp_path), "QUICK": "yes"}.items():
        monkeypatch.setenv(name, value)


def rows(out: Path, table: str) -> list[dict[str, Any]]:
    return pa.concat_tables(pq.read_table(p) for p in sorted((out / table).glob("*.parquet"))).to_pylist()


def unpacked(out: Path, place: str) -> list[str]:
    found = []
    for path in sorted((out / place).iterdir()):
        with pa.CompressedInputStream(str(path), "zstd") as stream:
            found += stream.read().decode().splitlines()
    return found


@pytest.mark.usefixtures("quick")
def test_it_is_marked_everywhere_and_nothing_else_changes(tmp_path: Path) -> None:
    source, out, plain = shard(tmp_path, planted()), tmp_path / "out", tmp_path / "plain"
    before = batch(source, plain, rationale=True)
    after = batch(source, out, rationale=True, verify=200)
    names = [row["case"] for row in rows(plain, "cases")]
    wrong = [names[at] for at in WRONG]

    assert (before.disagreeing, after.disagreeing) == (0, 4)
    assert after.verified is not None
    assert sum(stratum.cases for stratum in after.verified) == NUMBER
    assert sum(stratum.disagreeing for stratum in after.verified) == 4
    assert (after.cases, after.judged) == (before.cases, before.judged)
    assert sum(sum(found.values()) for found in after.outcomes.values()) == after.judged

    for old, new in zip(rows(plain, "cases"), rows(out, "cases"), strict=True):
        if new["case"] not in wrong:
            assert new == old
            continue
        assert (new["outcome"], new["reason"], new["review"]) == ("needs adjudication", None, "undecided")
        assert (new["granted"], new["rationale"]) == ([], None)
        assert {r["outcome"] for r in new["requests"]} <= {"needs adjudication"}
    changed = {"status": "not evaluated", "computed": "not evaluated", "supporting": []}
    for old, new in zip(rows(plain, "criteria"), rows(out, "criteria"), strict=True):
        disputed = old["supporting"] == ["https://example.org/case/finding"]
        assert new == ({**old, **changed} if disputed else old)
    problems = rows(out, "problems")
    assert [p["case"] for p in problems if p["code"] == CODE] == wrong
    assert [p for p in problems if p["code"] != CODE] == rows(plain, "problems")
    assert [p["case"] for p in problems] == sorted(p["case"] for p in problems)

    old_lines, new_lines = unpacked(plain, "lines"), unpacked(out, "lines")
    for old, new in zip(old_lines, new_lines, strict=True):
        told = json.loads(new)
        assert (old == new) == (told["case"] not in wrong)
        assert (told["outcome"] == "needs adjudication") or old == new
    graphs = [line for line in unpacked(plain, "determinations") if not any(f"/{name}/" in line for name in wrong)]
    assert unpacked(out, "determinations") == graphs
    assert any("/request/determination> ." in line for line in graphs)


@pytest.mark.usefixtures("quick")
def test_a_run_that_is_done_tells_it_again(tmp_path: Path) -> None:
    source, out = shard(tmp_path, planted()), tmp_path / "out"
    first = batch(source, out, verify=9)
    left = files(out)
    again = batch(source, out, verify=9, resume=True)
    assert (again.verified, again.outcomes, again.problems) == (first.verified, first.outcomes, first.problems)
    assert files(out) == left
    (out / "problems" / "part-00002.parquet").write_bytes(b"damaged")
    mended = batch(source, out, verify=9, resume=True)
    assert mended.problems == first.problems
    assert files(out) == left


class StoppedError(Exception):
    pass


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("step", [0, 4, 5, 6, 10])
def test_whatever_stops_the_marking_it_goes_on_to_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    """Five files are written, then the journal, then the files get their names."""
    source, out = shard(tmp_path, planted()[10:]), tmp_path / "out"
    batch(source, tmp_path / "once", verify=200)
    done = 0

    def stopping(act: Any) -> Any:
        def stop(*given: Any) -> Any:
            nonlocal done
            done += 1
            if done > step:
                raise StoppedError
            return act(*given)

        return stop

    with monkeypatch.context() as patch:
        for name in ("save", "write_journal", "put_in_place"):
            patch.setattr(marking, name, stopping(getattr(marking, name)))
        with pytest.raises(StoppedError):
            batch(source, out, verify=200)
    journal = read_journal(out)
    assert journal is not None
    assert not journal.complete
    again = batch(source, out, verify=200, resume=True)
    assert again.cases_now == 0
    assert files(out) == files(tmp_path / "once")


@pytest.mark.usefixtures("quick")
def test_ctrl_c_while_it_is_verified(tmp_path: Path) -> None:
    source, out = shard(tmp_path, planted()), tmp_path / "out"

    class Stopping(Quiet):
        def verified(self, cases: int, number: int) -> None:
            if cases >= number // 2:
                raise KeyboardInterrupt

    with pytest.raises(runner.InterruptedRunError, match="--resume"):
        batch(source, out, Stopping(), verify=200)
    batch(source, out, verify=200, resume=True)
    batch(source, tmp_path / "once", verify=200)
    assert files(out) == files(tmp_path / "once")


@pytest.mark.usefixtures("quick")
def test_what_the_reference_engine_cannot_survive_is_marked(tmp_path: Path) -> None:
    found = copies(6)
    found[2] += b"# ends the reference\n"
    summary = batch(shard(tmp_path, found), tmp_path / "out", verify=200)
    assert summary.problems == {CODE: 1}
    (problem,) = rows(tmp_path / "out", "problems")
    assert "problem worker-died only by the reference engine" in problem["problem"]


def test_nothing_to_verify_with_the_reference_engine(tmp_path: Path) -> None:
    manner = Manner(Engine.REFERENCE, None, EDITION)
    options = Options((str(shard(tmp_path, copies(1))),), tmp_path / "out", manner)
    summary = runner.run(options, resume=False, watcher=Quiet())
    assert summary.verified is None
    assert "reference engine judged all" in summary.unverified
    assert not (tmp_path / "out" / "sample").exists()


# ---------------------------------------------------------------- The command, and the engines themselves

LOSING = """
import reasoner.engines.fast as fast
pairs = fast.pairs
def losing(data, shapes):
    found = pairs(data, shapes)
    return found[: len(found) // 2] if len(data) > 5000 else found
fast.pairs = losing
"""
"""An engine that tells half of what it finds in a case, and all of what it finds in a canary."""


def test_the_engines_agree(tmp_path: Path) -> None:
    source = shard(tmp_path, copies(len(CASES)))
    arguments = ("batch", source, "--guideline", EDITION, "--verify", 8, "--seed", 5, "--summary")
    done = reasoner(*arguments, "json", "--out", tmp_path / "out")
    told = json.loads(done.out)
    assert done.code == ExitCode.DONE, done.err
    assert sum(stratum["cases"] for stratum in told["verified"]) == 8
    assert {stratum["disagreeing"] for stratum in told["verified"]} == {0}
    assert {stratum["outcome"] for stratum in told["verified"]} == set(next(iter(told["outcomes"].values())))
    said = reasoner(*arguments, "text", "--out", tmp_path / "out", "--resume")
    assert "8 cases verified on the reference engine; 0 disagreements" in said.out


def test_an_engine_that_loses_results_is_found_out(tmp_path: Path) -> None:
    source, place = shard(tmp_path, copies(4)), tmp_path / "losing"
    place.mkdir()
    (place / "sitecustomize.py").write_text(LOSING)
    done = process(
        "batch", source, "--guideline", EDITION, "--out", tmp_path / "out", seconds=120,
        PYTHONPATH=f"{place}{os.pathsep}{ROOT}",
    )  # fmt: skip
    assert done.code == ExitCode.KNOWLEDGE_BASE, done.err
    assert "needs adjudication" in done.out
    assert CODE in {problem["code"] for problem in rows(tmp_path / "out", "problems")}


def test_it_can_be_left_out(tmp_path: Path) -> None:
    source = shard(tmp_path, copies(1))
    done = reasoner("batch", source, "--guideline", EDITION, "--verify", 0, "--out", tmp_path / "out")
    assert done.code == ExitCode.DONE
    assert "Not verified" in done.out
    assert not (tmp_path / "out" / "sample").exists()
