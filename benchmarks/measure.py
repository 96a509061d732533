"""What every benchmark measures with: whole commands of this program, their memory, and the machine."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any, Self

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks" / "results"
LIBRARIES = ("pyarrow", "pyoxigraph", "pyshacl", "pyshifty", "rdflib")
INTERVAL = 0.1
SELDOM = 5
"""Of how many looks one asks for the share of shared pages, which takes a while."""
KEPT = 100
PAGE = os.sysconf("SC_PAGE_SIZE")
MIB = 1 << 20


def command(*words: str) -> list[str]:
    return [sys.executable, "-m", "reasoner", *words]


def run_here() -> dict[str, Any]:
    path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    environment = {**os.environ, "PYTHONPATH": path, "COLUMNS": "200"}
    return {"env": environment, "stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE}


Tables = Mapping[str, Callable[[Any], list[str]]]
"""How each section of what was measured is written as lines."""


class Results:
    """The sections of what was measured, kept on disk after each as JSON, as tables and as what is drawn of them."""

    def __init__(self, stem: Path, tables: Tables, draw: Callable[[dict[str, Any]], str] | None = None) -> None:
        """What is kept under this name is added to; what stands elsewhere is written anew."""
        stem.parent.mkdir(parents=True, exist_ok=True)
        self._stem, self._tables, self._draw = stem, tables, draw
        file = stem.with_suffix(".json")
        there = stem.parent == RESULTS and file.exists()
        self._found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8")) if there else {}
        self._found["machine"] = machine()

    def put(self, section: str, found: Any) -> None:
        self._found[section] = found
        written = {".json": json.dumps(self._found, indent=2) + "\n", ".txt": self.text()}
        if self._draw:
            written[".svg"] = self._draw(self._found)
        for ending, content in written.items():
            if content:
                self._stem.with_suffix(ending).write_text(content, encoding="utf-8")

    def add(self, section: str, key: str, found: Any) -> None:
        self.put(section, {**self._found.get(section, {}), key: found})

    def text(self) -> str:
        """All sections as tables."""
        told = ["\n".join(table(self._found[name])) for name, table in self._tables.items() if self._found.get(name)]
        return "\n\n".join([machine_text(self._found["machine"]), *told]) + "\n"


def results_stem(name: str, date: str | None, scratch: Path) -> Path:
    """Where results stand: with a date among those that are kept."""
    return RESULTS / f"{name}-{date}" if date else scratch / name


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


def machine() -> dict[str, Any]:
    """What the figures hold for."""
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    model = next(names, platform.machine())
    return {
        "processor": model, "cores": os.cpu_count(), "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(), "libraries": {name: version(name) for name in LIBRARIES},
    }  # fmt: skip


def machine_text(told: dict[str, Any]) -> str:
    used = ", ".join(f"{name} {number}" for name, number in told["libraries"].items())
    return f"{told['processor']}, {told['cores']} cores; {told['system']}; Python {told['python']}; {used}"
