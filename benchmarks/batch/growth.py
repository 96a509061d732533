"""Whole `reasoner batch` commands: time, CPU time and memory of the main process and its workers."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from functools import cache
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from measure import Memory, command, run_here

if TYPE_CHECKING:
    from inputs import Inputs

GUIDELINE = "L33382"
"""The edition under which the cases of every edition can be judged, as a payer judges a year by one new edition."""
PROBLEMS = 3
"""The exit code of a batch some of whose cases cannot be judged."""


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
