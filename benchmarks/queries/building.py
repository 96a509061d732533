"""Whole `reasoner store build` commands: time, memory of all their processes, and what stands on the disk after."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any, Self

from measure import MIB, Memory, command, run_here

GUIDELINE = "L33382"
"""The edition under which the cases of every edition can be judged, as a payer judges a year by one new edition."""
ALSO = "L37848"
"""The edition beside it: two questions compare what another edition would make of the cases."""
PROBLEMS = 3
"""The exit code of a build some of whose cases cannot be judged."""
KIB_A_CASE = 550
"""On the disk while a store is made, measured at 2,000 cases, with half as much again for what is written anew."""
TOLD_EVERY = 60.0
RECORD = "build.json"
"""What a build took, beside the store: a store that is used again was measured when it was made."""


class Stores:
    """Stores of synthetic cases on disk, made when they are first asked for and never removed."""

    def __init__(self, folder: Path, seed: int, workers: int) -> None:
        self.folder, self._seed, self._workers = folder, seed, workers

    def cases(self, number: int) -> Path:
        """A folder with so many cases; one that was not finished is made anew."""
        place = self.folder / f"cases-{self._seed}-{number}"
        if not (place / "editions.csv").exists():
            say(f"making {number:,} cases: {place}")
            shutil.rmtree(place, ignore_errors=True)
            # in a process of its own: memory is measured as of the largest that this process has been, too
            words = ("synthesize", str(place), "--cases", str(number), "--seed", str(self._seed))
            subprocess.run(command(*words), check=True, **run_here())
        return place

    def place(self, number: int) -> Path:
        return self.folder / f"store-{self._seed}-{number}"

    def built(self, number: int, place: Path | None = None) -> dict[str, Any]:
        """What it took to build a store; whoever was interrupted goes on where it stopped, and says so."""
        root = place or self.place(number)
        record = root.with_name(f"{root.name}-{RECORD}")
        if (root / "store.json").exists():
            say(f"using the store that is there: {root}")
            known = json.loads(record.read_text(encoding="utf-8")) if record.exists() else {"not_measured": True}
            return {**known, "store": str(root), **held(root)}
        given, resumed = self.cases(number), (root / "staging").exists()
        say(f"building {number:,} cases: {root}" + (", going on" if resumed else ""))
        free, wanted = shutil.disk_usage(root.parent).free, number * KIB_A_CASE << 10
        say(f"  {free >> 30:,} GiB are free, about {(wanted >> 30) + 1:,} GiB are needed")
        arguments = [str(root), str(given), "--guideline", GUIDELINE, "--also-under", ALSO]
        took = run("store", "build", *arguments, "--workers", str(self._workers), "--summary", "json", watched=root)
        if took.pop("code") not in {0, PROBLEMS} or not (root / "store.json").exists():
            say(f"the build failed; what it staged is kept: {root}")
            raise BuildFailedError(took["told"])
        done = json.loads(took.pop("told"))
        found = {"cases": number, "judged": done["judged"], "kept": done["kept"], "problems": done["problems"], **took}
        found["ms_a_case"] = round(found["cpu_s"] / number * 1000, 2)
        if resumed:
            found["resumed"] = True  # so that its times are those of a part
        record.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
        return {**found, "store": str(root), **held(root)}


class BuildFailedError(Exception):
    """A build ended without a store; what it said."""


def held(root: Path) -> dict[str, Any]:
    """What a store holds, and its size: catalogue and quads."""
    asked = command("store", "info", str(root), "--format", "json")
    told = json.loads(subprocess.run(asked, check=True, **run_here()).stdout)
    total = size(root)
    return {
        "cases": told["cases"], "statements": told["quads"],
        "statements_a_case": round(told["quads"] / told["cases"]), "bytes": total,
        "kib_a_case": round(total / told["cases"] / 1024, 1), "bytes_a_statement": round(total / told["quads"]),
    }  # fmt: skip


def run(*words: str, watched: Path) -> dict[str, Any]:
    """What a long command took; now and then it is told how far it is."""
    start = time.perf_counter()
    process = subprocess.Popen(command(*words), **run_here())
    with Memory(process.pid) as memory, Watch(watched, memory):
        told = process.stdout.read() if process.stdout else b""
        _, status, usage = os.wait4(process.pid, 0)
    return {
        "code": os.waitstatus_to_exitcode(status), "told": told.decode(),
        "wall_s": round(time.perf_counter() - start, 2),
        "cpu_s": round(usage.ru_utime + usage.ru_stime, 2), **memory.told(),
    }  # fmt: skip


class Watch:
    """A line every minute about a folder that grows."""

    def __init__(self, folder: Path, memory: Memory) -> None:
        self._folder, self._memory, self._end = folder, memory, threading.Event()
        self._thread = threading.Thread(target=self._tell, daemon=True)
        self._peak = 0

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join()

    def _tell(self) -> None:
        start = time.monotonic()
        while not self._end.wait(TOLD_EVERY):
            minutes = (time.monotonic() - start) / 60
            peak = self._memory.told()["peak_mib"]
            say(f"  {minutes:.0f} min: {size(self._folder) / MIB:,.0f} MiB on disk, {peak:,} MiB of memory at most")


def size(folder: Path) -> int:
    """Bytes of all files under a folder, also while it changes; files that share their bytes count once."""
    found: dict[tuple[int, int], int] = {}
    for place, _, names in os.walk(folder):
        for name in names:
            try:
                stated = Path(place, name).stat()
            except OSError:
                continue
            found[stated.st_dev, stated.st_ino] = stated.st_blocks * 512
    return sum(found.values())


def say(words: str) -> None:
    print(f"[{time.strftime('%H:%M:%S')}] {words}", file=sys.stderr, flush=True)
