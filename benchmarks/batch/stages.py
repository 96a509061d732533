"""Where the CPU time of a batch goes: the whole way from file to Parquet in one process, looked at by the clock."""

from __future__ import annotations

import signal
import tempfile
import time
from collections import Counter
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from inputs import take

from reasoner.batch.arrow import packed, unpacked
from reasoner.batch.chunks import Reading, tasks
from reasoner.batch.columns import determine_batch
from reasoner.batch.options import Options
from reasoner.batch.parts import PartWriter

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import CodeType, FrameType

    from inputs import Edition, Inputs

    from reasoner.batch.row import CaseText

TICK = 0.001
WARM_UP = 500
STAGES = {
    "read": ("batch.sources", "batch.split", "batch.gather", "batch.chunks", "batch.columns:cases_of", "batch.names"),
    "parse": ("load", "rdf", "lines"),
    "intake": ("intake", "reviewer:refuse_unfit_reviewer"),
    "derive and classify": ("derive", "classify", "dates"),
    "validate": ("validate", "engines", "shapes", "guideline.probes", "guideline.gates"),
    "assess to outcome": (
        "assess", "determine", "logic", "status", "record", "select", "policy", "batch.core:_determined",
        "rationale.discrepancies", "rationale.grounds", "rationale.words",
    ),
    "write": ("batch.columns:rows_batch", "batch.columns:_placed", "batch.parts", "batch.arrow"),
}  # fmt: skip
"""The modules, or functions, of each stage; the outermost one that is running counts."""
OTHER = "other"


def stages(inputs: Inputs, number: int) -> dict[str, Any]:
    """CPU time by stage for so many cases of each edition, after some others."""
    editions = inputs.editions(max(10_000, 4 * (number + WARM_UP)))
    clock, spent = Clock(), Counter[str]()
    whole = 0.0
    with tempfile.TemporaryDirectory() as temporary:
        for edition in editions:
            cases = edition.cases()
            out = Path(temporary, edition.folder.name)
            judge_all(take(cases, min(WARM_UP, number)), edition, out / "warm-up")
            given = islice(cases, number)  # read while it is measured, from the compressed file on
            start = time.process_time()
            with clock:
                judge_all(given, edition, out / "measured")
            whole += time.process_time() - start
    spent.update(clock.spent)
    total, cases_all = sum(spent.values()), number * len(editions)
    per_case = whole / cases_all * 1000
    return {
        "cases": cases_all, "ms_a_case": round(per_case, 3),
        "share": {name: round(spent[name] / total, 4) for name in (*STAGES, OTHER)},
        "ms": {name: round(spent[name] / total * per_case, 3) for name in (*STAGES, OTHER)},
    }  # fmt: skip


def judge_all(cases: Iterable[CaseText], edition: Edition, out: Path) -> None:
    """What the runner does in its processes, in this one."""
    out.mkdir(parents=True)
    options = Options((), out, edition.manner)
    writer = PartWriter(0, options)
    for task in tasks(Reading(cases), options.asks, options.part_size):
        if task.cases is not None:
            answer = determine_batch(unpacked(packed(task.cases)), edition.manner, options.asks)
            writer.add(unpacked(packed(answer)))
        if task.ends:
            writer.finish(task.ends)
            writer = PartWriter(1, options)
    writer.abandon()


class Clock:
    """Looks, each tick of CPU time, which stage is running, and gives it the CPU time since it last looked."""

    def __init__(self) -> None:
        self.spent: Counter[str] = Counter()
        self._known: dict[CodeType, str | None] = {}
        self._last = 0.0

    def __enter__(self) -> Self:
        self._last = time.process_time()
        self._before = signal.signal(signal.SIGPROF, self._look)
        signal.setitimer(signal.ITIMER_PROF, TICK, TICK)
        return self

    def __exit__(self, *_: object) -> None:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, self._before)

    def _look(self, _: int, frame: FrameType | None) -> None:
        now = time.process_time()
        found = OTHER
        while frame is not None:  # from the innermost outwards, so that the outermost stays
            code = frame.f_code
            if code not in self._known:
                self._known[code] = stage_of(frame.f_globals.get("__name__", ""), code.co_name)
            found = self._known[code] or found
            frame = frame.f_back
        self.spent[found] += now - self._last
        self._last = now


def stage_of(module: str, function: str) -> str | None:
    name = module.removeprefix("reasoner.")
    for stage, members in STAGES.items():
        for member in members:
            where, _, only = member.partition(":")
            if (name == where or (name.startswith(f"{where}.") and not only)) and only in {"", function}:
                return stage
    return None
