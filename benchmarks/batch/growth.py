"""Whole `reasoner batch` commands: time, CPU time and memory of the main process and its workers."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from functools import cache
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from inputs import Inputs

ROOT = Path(__file__).resolve().parent.parent.parent
GUIDELINE = "L33382"
"""The edition under which the cases of every edition can be judged, as a payer judges a year by one new edition."""
PROBLEMS = 3
"""The exit code of a batch some of whose cases cannot be judged."""
INTERVAL = 0.1
SELDOM = 5
"""Of how many looks one asks for the share of shared pages, which takes a while."""
KEPT = 100
PAGE = os.sysconf("SC_PAGE_SIZE")
MIB = 1 << 20


def growth(inputs: Inputs, cases: int, workers: int) -> dict[str, Any]:
    """One command over so many cases."""
    return measured(inputs, cases, ["--workers", str(workers)])


def options(inputs: Inputs, cases: int, pairs: int) -> dict[str, Any]:
    """What workers, cores, the rationale and the check by the reference engine cost: each command after the other."""
    manners: dict[str, tuple[list[str], int | None]] = {
        "one worker": (["--workers", "1"], None),
        "two workers": (["--workers", "2"], None),
        "one core": (["--workers", "1"], 1),
        "rationale": (["--workers", "2", "--rationale"], None),
    }
    if verifies():
        manners["verify 200"] = (["--workers", "2", "--verify", "200"], None)
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in manners}
    for _ in range(pairs):
        for name, (arguments, cores) in manners.items():
            found[name].append(measured(inputs, cases, arguments, cores))
    wall = {name: [run["wall_s"] for run in runs] for name, runs in found.items()}
    cpu = {name: [run["cpu_s"] for run in runs] for name, runs in found.items()}
    told: dict[str, Any] = {
        "cases": cases, "pairs": pairs, "wall_s": wall, "cpu_s": cpu,
        "two workers over one, by wall time": ratio(wall["one worker"], wall["two workers"]),
        "two cores over one, by wall time": ratio(wall["one core"], wall["two workers"]),
        "rationale over none, by CPU time": ratio(cpu["rationale"], cpu["two workers"]),
    }  # fmt: skip
    if verifies():
        told["CPU seconds of --verify 200"] = round(median(cpu["verify 200"]) - median(cpu["two workers"]), 1)
    return told


def ratio(first: list[float], second: list[float]) -> float:
    return round(median(a / b for a, b in zip(first, second, strict=True)), 2)


@cache
def verifies() -> bool:
    """Whether a batch checks a sample by the reference engine."""
    return "--verify" in subprocess.run(command("batch", "--help"), **run_here(), check=True).stdout.decode()


def command(*words: str) -> list[str]:
    return [sys.executable, "-m", "reasoner", *words]


def run_here() -> dict[str, Any]:
    path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    environment = {**os.environ, "PYTHONPATH": path, "COLUMNS": "200"}
    return {"env": environment, "stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE}


def measured(inputs: Inputs, cases: int, arguments: list[str], cores: int | None = None) -> dict[str, Any]:
    """What one command took; its output is counted and thrown away."""
    given = inputs.of(cases)
    with tempfile.TemporaryDirectory(dir=inputs.folder) as temporary:
        out = Path(temporary, "out")
        words = command("batch", str(given), "--guideline", GUIDELINE, "--out", str(out), "--summary", "json")
        quiet = ["--verify", "0"] if verifies() and "--verify" not in arguments else []
        pinned = ["taskset", "-c", ",".join(map(str, range(cores)))] if cores else []
        start = time.perf_counter()
        process = subprocess.Popen([*pinned, *words, *arguments, *quiet], **run_here())
        with Memory(process.pid) as memory:
            told = process.stdout.read() if process.stdout else b""
            _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        written = sum(file.stat().st_size for file in out.rglob("*") if file.is_file())
        shutil.rmtree(out, ignore_errors=True)
    code = os.waitstatus_to_exitcode(status)
    summary = json.loads(told or b"{}")
    if code not in {0, PROBLEMS} or summary.get("cases") != cases:
        sys.exit(f"The batch of {cases} ended with {code}: {told.decode()}")
    cpu = usage.ru_utime + usage.ru_stime
    return {
        "cases": cases, "judged": summary["judged"], "problems": summary["problems"],
        "wall_s": round(wall, 2), "cpu_s": round(cpu, 2), "ms_a_case": round(cpu / cases * 1000, 3),
        "cases_a_second": round(cases / wall, 1), "cases_a_second_and_core": round(cases / cpu, 1),
        "bytes_in": sum(f.stat().st_size for f in given.rglob("*.zst")), "bytes_out": written, **memory.told(),
    }  # fmt: skip


class Memory:
    """The memory of a process and its children, looked at ten times a second while it runs."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._series: list[int] = []
        self._main = self._worker = self._shared = 0

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join()

    def told(self) -> dict[str, Any]:
        """Peaks in MiB: shared pages counted once (PSS), and in each process; the course of the latter."""
        step = max(1, len(self._series) // KEPT)
        course = [max(self._series[at : at + step]) // MIB for at in range(0, len(self._series), step)]
        return {
            "peak_pss_mib": self._shared // MIB, "peak_mib": max(self._series, default=0) // MIB,
            "peak_main_mib": self._main // MIB, "peak_worker_mib": self._worker // MIB, "course_mib": course,
        }  # fmt: skip

    def _watch(self) -> None:
        while not self._end.wait(INTERVAL):
            pids = children(self._pid)
            main, workers = resident(self._pid), [resident(pid) for pid in pids]
            self._series.append(main + sum(workers))
            self._main, self._worker = max(self._main, main), max(self._worker, *workers, 0)
            if len(self._series) % SELDOM == 0:
                self._shared = max(self._shared, sum(map(proportional, (self._pid, *pids))))


def resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_bytes().split()[1]) * PAGE
    except (OSError, IndexError):
        return 0  # it has ended


def proportional(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) << 10 for line in lines if line.startswith("Pss:")), 0)


def children(pid: int) -> list[int]:
    try:
        return [int(found) for found in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()]
    except OSError:
        return []
