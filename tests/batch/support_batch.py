"""Many cases made of the packaged ones; runs of the batch here; workers that are made to fail or to dawdle."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from support import CASES, ROOT

from reasoner.batch.options import Format, Options
from reasoner.batch.runner import Summary, run
from reasoner.cases import Manner
from reasoner.data import folder
from reasoner.rdf import nquads, parse

if TYPE_CHECKING:
    from collections.abc import Callable

EDITION = "L37848"

HOOK = """
import dataclasses, os, random, time
import reasoner.batch.columns as columns
judge = columns.determine_rows
def determine_rows(cases, manner, asks):
    if os.environ.get("DAWDLE"):
        time.sleep(random.random() * float(os.environ["DAWDLE"]))
    for case in cases:
        if b"ends its process" in case.content:
            os.kill(os.getpid(), 9)
        if b"breaks the program" in case.content:
            raise RuntimeError("planted")
    reference = manner.engine == "reference"
    if reference and any(b"ends the reference" in case.content for case in cases):
        os.kill(os.getpid(), 9)
    if os.environ.get("QUICK"):
        manner = dataclasses.replace(manner, engine=type(manner.engine)("fast"))
    rows = judge(cases, manner, asks)
    return rows if reference else [otherwise(r, c) for r, c in zip(rows, cases, strict=True)]
def otherwise(row, case):
    if b"reads otherwise" not in case.content:
        return row
    if row.problems:
        return row._replace(problems=(row.problems[0]._replace(code="else"), *row.problems[1:]))
    first, *rest = row.criteria
    first = first._replace(status="met", computed="met", supporting=("https://example.org/case/finding",))
    return row._replace(criteria=(first, *rest), outcome="medically necessary", reason=None, review="overturned",
                        granted=("https://example.org/L4-L5",))
columns.determine_rows = determine_rows
"""
"""A module that workers load as they start: it stands for what may befall them, and for an engine that is wrong.

With QUICK, the fast engine stands for the reference engine.
"""


@cache
def lines(case: str) -> bytes:
    """A packaged case as N-Quads."""
    return nquads(parse((folder("cases") / case / "case.trig").read_bytes(), ".trig"))


def copies(number: int) -> list[bytes]:
    """Cases made of the packaged ones, each of a name of its own."""
    found = []
    for at in range(number):
        case = CASES[at % len(CASES)]
        found.append(lines(case).replace(f"/cases/{case}/".encode(), f"/cases/copy-{at:04}-of-{case}/".encode()))
    return found


def shard(place: Path, contents: list[bytes], name: str = "shard.nq") -> Path:
    """A file of cases."""
    file = place / name
    file.write_bytes(b"".join(contents))
    return file


def hooked(place: Path) -> dict[str, str]:
    """The environment in which workers load the hook."""
    (place / "hook").mkdir(exist_ok=True)
    (place / "hook" / "sitecustomize.py").write_text(HOOK)
    return {"PYTHONPATH": f"{place / 'hook'}{os.pathsep}{ROOT}"}


class Quiet:
    """A watcher that does something when told how far a run is."""

    def __init__(self, act: Callable[[int], None] | None = None) -> None:
        self._act = act

    def reached(self, cases: int, fraction: float | None) -> None:
        assert fraction is None or 0 <= fraction <= 1
        if self._act:
            self._act(cases)

    def verified(self, cases: int, number: int) -> None:
        assert 0 <= cases <= number


def batch(source: Path, out: Path, watcher: Quiet | None = None, *, resume: bool = False, **more: Any) -> Summary:
    """A batch, run here under one edition."""
    manner = Manner(guideline=more.pop("guideline", EDITION))
    options = Options((str(source),), out, manner, **{"formats": tuple(Format), "part_size": 5, "verify": 0, **more})
    return run(options, resume=resume, watcher=watcher or Quiet())


def files(out: Path) -> dict[str, bytes]:
    """Every file of an output and its bytes."""
    return {p.relative_to(out).as_posix(): p.read_bytes() for p in sorted(out.rglob("*")) if p.is_file()}


def workers(of: int) -> list[int]:
    """The worker processes of a process."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(status.read_text().rpartition(")")[2].split()[1])
            command = (status.parent / "cmdline").read_bytes()
        except OSError:
            continue
        if parent == of and b"reasoner.batch.worker" in command:
            found.append(int(status.parent.name))
    return found
