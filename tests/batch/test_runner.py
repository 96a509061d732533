"""Runs of a batch: the same bytes however it goes, whole files whatever befalls it, and nothing left behind."""

from __future__ import annotations

import errno
import json
import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from support import CASES, ROOT, Ran, reasoner
from support_batch import EDITION, Quiet, batch, copies, files, hooked, shard, workers

from reasoner.batch import parts, runner
from reasoner.batch.journal import read_journal
from reasoner.data import folder
from reasoner.errors import ExitCode, ReasonerError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

NUMBER = 23


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shard(tmp_path_factory.mktemp("source"), copies(NUMBER))


@pytest.fixture(scope="module")
def once(source: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What an undisturbed run writes."""
    out = tmp_path_factory.mktemp("once") / "out"
    batch(source, out, workers=1)
    return files(out)


@pytest.fixture(autouse=True)
def _nobody_is_left() -> Iterator[None]:
    yield
    assert workers(os.getpid()) == []


def rows(out: Path, table: str) -> list[dict[str, Any]]:
    return pa.concat_tables(pq.read_table(p) for p in sorted((out / table).glob("*.parquet"))).to_pylist()


def unpacked(path: Path) -> str:
    with pa.CompressedInputStream(str(path), "zstd") as stream:
        return stream.read().decode()


def test_what_is_written(source: Path, tmp_path: Path) -> None:
    summary = batch(source, tmp_path / "out", rationale=True)
    out = tmp_path / "out"
    names = [f"copy-{at:04}-of-{CASES[at % len(CASES)]}" for at in range(NUMBER)]
    cases, criteria = rows(out, "cases"), rows(out, "criteria")
    assert [row["case"] for row in cases] == names
    assert {len(list((out / table).iterdir())) for table in ("cases", "criteria", "problems", "lines")} == {5}
    assert all("CONCLUSION" in row["rationale"] for row in cases)
    assert {row["case"] for row in criteria} == set(names)
    assert {row["edition"] for row in criteria} == {cases[0]["edition"]}
    assert rows(out, "problems") == []
    told = [json.loads(x) for p in sorted((out / "lines").iterdir()) for x in unpacked(p).splitlines()]
    assert [line["case"] for line in told] == names
    assert sum(len(line["criteria"]) for line in told) == len(criteria)
    graphs = "".join(unpacked(p) for p in sorted((out / "determinations").iterdir()))
    assert all(f"/cases/{name}/request/determination>" in graphs for name in names)
    assert (summary.cases, summary.judged, summary.problems) == (NUMBER, NUMBER, {})
    assert sum(n for found in summary.outcomes.values() for n in found.values()) == NUMBER


def test_what_is_not_asked_for_is_not_written(source: Path, tmp_path: Path) -> None:
    batch(source, tmp_path / "out", formats=("jsonl",))
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["journal.json", "lines", "problems"]


@pytest.mark.parametrize("number", [1, 2, 3])
def test_the_number_of_workers_does_not_show(
    source: Path, once: dict[str, bytes], tmp_path: Path, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reasoner.batch.chunks.CHUNK_GRAPHS", 2)
    for name, value in {**hooked(tmp_path), "DAWDLE": "0.2"}.items():
        monkeypatch.setenv(name, value)
    batch(source, tmp_path / "out", workers=number)
    assert files(tmp_path / "out") == once


# ---------------------------------------------------------------- What cannot be judged


def test_problems_are_rows_and_the_rest_is_judged(tmp_path: Path) -> None:
    given = copies(6)
    given[1] += b"broken\n"
    given[3] = b'<https://example.org/other/a> <https://example.org/p> "x" .\n'
    (tmp_path / "in").mkdir()
    shard(tmp_path / "in", given)
    (tmp_path / "in" / "bad.nq.gz").write_bytes(b"no gzip")
    done = reasoner("batch", tmp_path / "in", "--guideline", EDITION, "--out", tmp_path / "out", "--summary", "json")
    assert done.code == ExitCode.INPUT_REFUSED
    summary = json.loads(done.out)
    assert (summary["cases"], summary["judged"], summary["unreadable_files"]) == (6, 4, 1)
    problems = rows(tmp_path / "out", "problems")
    assert problems[0]["case"] is None
    assert problems[0]["file"].endswith("bad.nq.gz")
    assert {p["case"] for p in problems[1:]} == {f"copy-0001-of-{CASES[1]}", "other"}
    (broken,) = [p for p in problems if p["code"] == "syntax"]
    assert broken["line"] == given[0].count(b"\n") + given[1].count(b"\n")
    cases = rows(tmp_path / "out", "cases")
    assert len(cases) == 6
    assert [c["case"] for c in cases if c["outcome"] is None] == [f"copy-0001-of-{CASES[1]}", "other"]


def test_no_case_at_all(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "empty.nq").write_text("# nothing\n")
    summary = batch(tmp_path / "in", tmp_path / "out")
    assert (summary.cases, summary.problems) == (0, {"empty-file": 1})


def test_an_edition_that_is_none_is_refused_at_once(source: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no edition"):
        batch(source, tmp_path / "out", guideline="L99999")
    assert not (tmp_path / "out").exists()


# ---------------------------------------------------------------- Workers that die


def test_a_case_that_ends_its_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given = copies(8)
    given[2] += b"# ends its process\n"
    given[6] += b"# breaks the program\n"
    for name, value in hooked(tmp_path).items():
        monkeypatch.setenv(name, value)
    summary = batch(shard(tmp_path, given), tmp_path / "out", workers=2)
    assert (summary.cases, summary.judged, summary.problems) == (8, 6, {"worker-died": 2})
    killed, broken = rows(tmp_path / "out", "problems")
    assert killed["case"].startswith("copy-0002")
    assert "signal 9" in killed["problem"]
    assert "planted" in broken["problem"]


def test_a_worker_that_is_killed_loses_nothing(
    source: Path, once: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reasoner.batch.chunks.CHUNK_GRAPHS", 2)
    killed: list[int] = []

    def kill(cases: int) -> None:
        if cases and len(killed) < 3:
            killed.extend(workers(os.getpid())[:1])
            os.kill(killed[-1], signal.SIGKILL)

    batch(source, tmp_path / "out", Quiet(kill), workers=2)
    assert len(killed) == 3
    assert files(tmp_path / "out") == once


def test_when_all_cases_end_their_process_the_run_stops(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in hooked(tmp_path).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("reasoner.batch.pool.DEATHS", 2)
    with pytest.raises(ReasonerError, match="see to memory"):
        batch(shard(tmp_path, [c + b"# ends its process\n" for c in copies(3)]), tmp_path / "out", workers=1)


def test_a_worker_that_cannot_start(source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reasoner.batch.pool.BEGIN", "raise SystemExit('no such module')")
    with pytest.raises(ReasonerError, match="no such module"):
        batch(source, tmp_path / "out")


# ---------------------------------------------------------------- Runs that stop


class StoppedError(Exception):
    pass


def stopped_after(source: Path, out: Path, cases: int, error: type[BaseException]) -> None:
    def stop(reached: int) -> None:
        if reached >= cases:
            raise error

    with pytest.raises(runner.InterruptedRunError if error is KeyboardInterrupt else error):
        batch(source, out, Quiet(stop), workers=2)


@pytest.mark.parametrize("cases", [1, 10, NUMBER])
@pytest.mark.parametrize("error", [KeyboardInterrupt, StoppedError])
def test_a_run_that_stops_goes_on_to_the_same_bytes(
    source: Path, once: dict[str, bytes], tmp_path: Path, cases: int, error: type[BaseException]
) -> None:
    out = tmp_path / "out"
    stopped_after(source, out, cases, error)
    left = files(out)
    assert {name: content for name, content in once.items() if name in left and name != "journal.json"} == {
        name: content for name, content in left.items() if name != "journal.json"
    }
    summary = batch(source, out, resume=True, workers=1)
    assert files(out) == once
    assert summary.cases == NUMBER
    assert summary.cases_now < NUMBER or cases == 1


def command(source: Path, out: Path, *more: object) -> list[str]:
    arguments = ("batch", source, "--out", out, "--guideline", EDITION, "--part-size", 5, "--workers", 2, "--verify", 0,
                 "--format", "parquet", "--format", "jsonl", "--format", "nquads", *more)  # fmt: skip
    return [sys.executable, "-m", "reasoner", *map(str, arguments)]


def test_ctrl_c(source: Path, once: dict[str, bytes], tmp_path: Path) -> None:
    out = tmp_path / "out"
    environment = {**os.environ, **hooked(tmp_path), "DAWDLE": "0.4"}
    hasty = "import reasoner.batch.chunks as c; c.CHUNK_GRAPHS = 2; from reasoner.cli import main; main()"
    with subprocess.Popen(
        [sys.executable, "-c", hasty, *command(source, out)[3:]], cwd=ROOT, env=environment,
        stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True,
    ) as process:  # fmt: skip
        while not (journal := read_journal(out)) or not journal.parts:
            assert process.poll() is None
            time.sleep(0.02)
        theirs = workers(process.pid)
        os.killpg(process.pid, signal.SIGINT)
        said, told = process.communicate(timeout=20)
    assert (process.returncode, said) == (130, "")
    assert theirs
    assert "Traceback" not in told
    assert "--resume" in told
    assert not [pid for pid in theirs if Path(f"/proc/{pid}").exists()]
    assert not list(out.rglob("*.unfinished"))
    again = subprocess.run(command(source, out, "--resume"), cwd=ROOT, check=False, capture_output=True, text=True)
    assert again.returncode == 0, again.stderr
    assert files(out) == once


def test_workers_end_when_the_run_is_killed(source: Path, once: dict[str, bytes], tmp_path: Path) -> None:
    out = tmp_path / "out"
    environment = {**os.environ, **hooked(tmp_path), "DAWDLE": "1"}
    with subprocess.Popen(command(source, out), cwd=ROOT, env=environment, stderr=subprocess.DEVNULL) as process:
        while len(theirs := workers(process.pid)) < 1:
            time.sleep(0.02)
        time.sleep(0.5)
        process.kill()
    ended = time.monotonic() + 10
    while [pid for pid in theirs if Path(f"/proc/{pid}").exists()]:
        assert time.monotonic() < ended
        time.sleep(0.02)
    batch(source, out, resume=True)
    assert files(out) == once


def test_a_full_disk(
    source: Path, once: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved = parts.save

    def full(path: Path) -> None:
        if "part-00002" in path.name:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
        saved(path)

    monkeypatch.setattr(parts, "save", full)
    with pytest.raises(UsageError, match="No space left on device") as raised:
        batch(source, tmp_path / "out")
    assert "--resume" in str(raised.value)
    assert not list((tmp_path / "out").rglob("*.unfinished"))
    monkeypatch.undo()
    batch(source, tmp_path / "out", resume=True)
    assert files(tmp_path / "out") == once


@pytest.mark.parametrize("limit", [2_000, 12_000, 30_000])
def test_a_disk_that_takes_no_more(source: Path, once: dict[str, bytes], tmp_path: Path, limit: int) -> None:
    """The real thing, as the system tells it while any of the files is written."""
    out = tmp_path / "out"
    hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    done = subprocess.run(
        command(source, out), cwd=ROOT, check=False, capture_output=True, text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard)),
    )  # fmt: skip
    assert done.returncode == ExitCode.USAGE
    assert [line[:9] for line in done.stderr.splitlines()] == ["error[can", "  The out", "  Make ro"]
    assert not list(out.rglob("*.unfinished"))
    batch(source, out, resume=True)
    assert files(out) == once


# ---------------------------------------------------------------- What a run goes on with


@pytest.fixture
def part_way(source: Path, tmp_path: Path) -> Path:
    stopped_after(source, tmp_path / "out", 11, KeyboardInterrupt)
    return tmp_path / "out"


def test_other_options_are_refused(source: Path, part_way: Path) -> None:
    before = files(part_way)
    for more in ({"rationale": True}, {"part_size": 6}, {"guideline": "L33382"}, {"formats": ("jsonl",)}):
        with pytest.raises(UsageError, match="was made otherwise"):
            batch(source, part_way, resume=True, **more)
    assert files(part_way) == before


def test_another_program_is_refused(source: Path, part_way: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reasoner.batch.journal.__version__", "0.0.0")
    with pytest.raises(UsageError, match=r"version was .*, is 0\.0\.0"):
        batch(source, part_way, resume=True)


def test_other_input_is_refused(source: Path, part_way: Path) -> None:
    content = source.read_bytes()
    for changed in (content.replace(b"2024", b"2023", 1), content[:1000]):
        source.write_bytes(changed)
        try:
            with pytest.raises(UsageError, match="is not what part 0"):
                batch(source, part_way, resume=True)
        finally:
            source.write_bytes(content)


def test_a_damaged_part_is_made_again(source: Path, once: dict[str, bytes], part_way: Path) -> None:
    (part_way / "criteria" / "part-00001.parquet").write_bytes(b"damaged")
    (part_way / "cases" / ".part-00002.parquet.unfinished").write_bytes(b"left")
    batch(source, part_way, resume=True)
    assert files(part_way) == once


def test_a_folder_that_holds_something_is_refused(source: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    for resume in (False, True):
        with pytest.raises(UsageError, match="holds something"):
            batch(source, tmp_path, resume=resume)
    assert files(tmp_path) == {"mine.txt": b"mine"}


def test_two_runs_in_one_folder(source: Path, tmp_path: Path) -> None:
    def second(_: int) -> None:
        with pytest.raises(UsageError, match="Another run"):
            batch(source, tmp_path / "out", resume=True)

    batch(source, tmp_path / "out", Quiet(second))


def test_a_run_that_is_complete_has_nothing_left_to_do(source: Path, once: dict[str, bytes], tmp_path: Path) -> None:
    first = batch(source, tmp_path / "out")
    again = batch(source, tmp_path / "out", resume=True)
    assert (again.cases, again.outcomes, again.cases_now) == (first.cases, first.outcomes, 0)
    assert files(tmp_path / "out") == once


def test_standard_input(source: Path, tmp_path: Path) -> None:
    content = source.read_bytes()

    def run(out: Path, *more: str) -> Ran:
        return reasoner("batch", "-", "--out", out, "--guideline", EDITION, "--part-size", 5, *more, stdin=content)

    assert run(tmp_path / "out").code == 0
    assert rows(tmp_path / "out", "cases")[0]["file"] == "-"
    assert run(tmp_path / "out", "--resume").code == 0


def test_without_the_library(source: Path, tmp_path: Path) -> None:
    (tmp_path / "pyarrow.py").write_text("raise ModuleNotFoundError('pyarrow')")
    environment = {**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"}
    hidden = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); from reasoner.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", hidden, *command(source, tmp_path / "out")[3:]], cwd=ROOT, env=environment,
        check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == ExitCode.USAGE
    assert done.stderr.startswith("error[no-arrow]")


def test_the_command(tmp_path: Path) -> None:
    done = reasoner("batch", folder("cases"), "--out", tmp_path / "out")
    assert done.code == ExitCode.INPUT_REFUSED
    assert done.out.startswith(f"{len(CASES)} cases, 1 judged")
    assert "no-jurisdiction" in done.out
    assert done.err == ""
    assert reasoner("batch", tmp_path / "absent", "--out", tmp_path / "other").code == ExitCode.USAGE
