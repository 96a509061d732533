"""A cluster of Spark judges each case just once, also when a worker is lost on the way."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Self

import pytest
from support import process, reasoner

from reasoner.batch.disagree import CODE
from reasoner.data import PACKAGE, folder
from reasoner.errors import ExitCode
from reasoner.load import load_file
from reasoner.rdf import nquads

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pa = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")
pyspark = pytest.importorskip("pyspark")

pytestmark = pytest.mark.spark
FILES, CASES_A_FILE = 16, 60
LOSING = """
import reasoner.engines.fast as fast
pairs = fast.pairs
def losing(data, shapes):
    found = pairs(data, shapes)
    return found[: len(found) // 2] if len(data) > 2000 else found
fast.pairs = losing
"""
"""An engine that tells half of what it finds in a case, and all of what it finds in a canary."""
ENVIRONMENT = {
    **os.environ, "SPARK_LOCAL_IP": "127.0.0.1", "PYSPARK_PYTHON": sys.executable, "PYTHONPATH": str(PACKAGE.parent),
    "SPARK_HOME": str(Path(pyspark.__file__).parent),
}  # fmt: skip


def test_every_case_is_written_once_though_a_worker_is_killed(tmp_path: Path) -> None:
    given, out = tables(tmp_path), tmp_path / "out"
    with Cluster(tmp_path) as cluster:
        command = [
            sys.executable, "-m", "reasoner", "batch", str(given), "--guideline", "G1", "--spark", cluster.master,
            "--out", str(out), "--summary", "json", "--verify", "6",
        ]  # fmt: skip
        run = subprocess.Popen(command, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        wait_for(lambda: any(out.glob("unverified/_temporary/*/task_*")), run)
        assert run.poll() is None
        cluster.kill_a_worker()
        told, errors = run.communicate(timeout=240)
    assert run.returncode == 3, errors
    wanted = sorted(name for name in names() if name != broken())
    answered = pq.read_table(out / "answers")
    assert sorted(answered["case"].to_pylist()) == sorted(names())
    assert sorted(pq.read_table(out / "cases")["case"].to_pylist()) == sorted(names())
    judged = answered.filter(pa.compute.is_valid(answered["outcome"]))
    assert sorted(judged["case"].to_pylist()) == wanted
    assert set(judged["outcome"].to_pylist()) == {"medically necessary"}
    assert pq.read_table(out / "problems")["case"].to_pylist() == [broken()]
    assert pq.read_table(out / "criteria").num_rows == len(wanted) * len(judged["criteria"][0])
    summary = json.loads(told)
    assert summary["cases"] == len(names())
    assert [(stratum["cases"], stratum["disagreeing"]) for stratum in summary["verified"]] == [(5, 0), (1, 0)]
    assert not (out / "unverified").exists()


def test_the_sample_of_a_run_without_a_cluster_is_drawn_and_marked_in_every_table(tmp_path: Path) -> None:
    given, place = tables(tmp_path, files=2, cases=4), tmp_path / "losing"
    place.mkdir()
    (place / "sitecustomize.py").write_text(LOSING)
    here, cluster = (disagreeing(given, tmp_path / name, more, place) for name, more in RUNS.items())
    assert here == cluster
    assert len(cluster) == 3
    for table in ("answers", "cases"):
        found = pq.read_table(tmp_path / "cluster" / table)
        assert {row["case"] for row in found.to_pylist() if row["outcome"] == "needs adjudication"} == cluster
        assert found.num_rows == 8


RUNS = {"here": [], "cluster": ["--spark", "local[2]"]}


def disagreeing(given: Path, out: Path, more: list[str], place: Path) -> set[str]:
    """The cases that a run marks with an engine that loses results."""
    paths = f"{place}{os.pathsep}{ENVIRONMENT['PYTHONPATH']}"
    ran = process(
        "batch", given, "--guideline", "G1", "--out", out, "--verify", 4, "--seed", 7, "--summary", "json", *more,
        seconds=200, **{**ENVIRONMENT, "PYTHONPATH": paths},
    )  # fmt: skip
    assert ran.code == ExitCode.KNOWLEDGE_BASE, ran.err
    problems = pq.read_table(out / "problems").to_pylist()
    found = {problem["case"] for problem in problems if problem["code"] == CODE}
    assert json.loads(ran.out)["disagreements"] == len(found)
    return found


@pytest.mark.parametrize(
    ("given", "more", "code"), [("cases.nq.zst", [], "no-table"), (".", ["--format", "jsonl"], "no-such-format")]
)
def test_what_a_cluster_cannot_do_is_told(tmp_path: Path, given: str, more: list[str], code: str) -> None:
    ran = reasoner("batch", given, "--spark", "local[1]", "--out", tmp_path / "out", *more)
    assert ran.code == 2
    assert f"error[{code}]" in ran.err


def names() -> list[str]:
    return [f"v01-{number}" for number in range(FILES * CASES_A_FILE)]


def broken() -> str:
    return names()[7]


def tables(place: Path, files: int = FILES, cases: int = CASES_A_FILE) -> Path:
    """Copies of a case under names of their own, in Parquet; of many one lacks its request."""
    text = nquads(load_file(folder("cases") / "v01-all-met").quads)
    found = place / "given"
    found.mkdir()
    content = {name: text.replace(b"v01-all-met", name.encode()) for name in names()}
    content[broken()] = content[broken()].replace(b"core#TreatmentRequest", b"core#Treatmentrequest")
    for file in range(files):
        own = names()[file * cases : (file + 1) * cases]
        table = pa.table({"case": own, "content": pa.array([content[name] for name in own], pa.binary())})
        pq.write_table(table, found / f"cases-{file:02}.parquet")
    return found


class Cluster:
    """A standalone master with two workers, all on loopback."""

    def __init__(self, place: Path) -> None:
        self._place = place
        self._running: list[subprocess.Popen[bytes]] = []
        port = free_port()
        self.master = f"spark://127.0.0.1:{port}"
        self._start("master.Master", "--host", "127.0.0.1", "--port", str(port), "--webui-port", "0")
        listening(port)
        for number in range(2):
            work = place / f"worker-{number}"
            self._start("worker.Worker", "--host", "127.0.0.1", "--webui-port", "0", "--cores", "1", "--memory", "1g",
                        "--work-dir", str(work), self.master)  # fmt: skip

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for running in self._running:
            self._kill(running)

    def kill_a_worker(self) -> None:
        """With all the processes that it has started."""
        self._kill(self._running[-1])

    def _start(self, kind: str, *arguments: str) -> None:
        program = Path(ENVIRONMENT["SPARK_HOME"]) / "bin" / "spark-class"
        log = (self._place / f"{kind}-{len(self._running)}.log").open("wb")
        command = [str(program), f"org.apache.spark.deploy.{kind}", *arguments]
        self._running.append(subprocess.Popen(command, env=ENVIRONMENT, stdout=log, stderr=log, start_new_session=True))

    @staticmethod
    def _kill(process: subprocess.Popen[bytes]) -> None:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def free_port() -> int:
    with closing(socket.socket()) as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def listening(port: int) -> None:
    def answers() -> bool:
        with closing(socket.socket()) as tried:
            return tried.connect_ex(("127.0.0.1", port)) == 0

    wait_for(answers)


def wait_for(happened: Callable[[], bool], run: subprocess.Popen[str] | None = None, seconds: float = 180) -> None:
    for _ in ticks(seconds):
        if happened():
            return
        assert run is None or run.poll() is None, run.communicate()
    raise TimeoutError


def ticks(seconds: float) -> Iterator[None]:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        yield
        time.sleep(0.1)
