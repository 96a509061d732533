"""A process in which queries are asked of an open store or of a graph in memory: what they take without start-up.

It reads a job from its input as JSON and writes a line of JSON for each query. A query that takes too long is stopped:
in rdflib by an alarm, in Oxigraph, which cannot be stopped, by whoever started this process.
"""

from __future__ import annotations

import json
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

if TYPE_CHECKING:
    from collections.abc import Callable

ENOUGH_SECONDS = 5.0
"""What has taken so long in all is not asked again."""


class OutOfTimeError(BaseException):
    """Raised in a query that takes too long; no handler of errors in a library catches it."""


def main() -> None:
    job: dict[str, Any] = json.load(sys.stdin)
    way = in_store if job["engine"] == "oxigraph" else in_rdflib
    answer, ready = way(job)
    if ready:
        tell(ready)
    for name, query in job["queries"].items():
        tell({"name": name, **timed(lambda q=query: answer(q), job["repetitions"], job["seconds"])})  # type: ignore[misc]


def in_store(job: dict[str, Any]) -> tuple[Callable[[str], int], dict[str, Any]]:
    """How a query is asked of an open store: to the last byte of the answer."""
    from reasoner.rdf import DiskStore, Selection  # noqa: PLC0415
    from reasoner.store.answer import written  # noqa: PLC0415
    from reasoner.store.forms import Form  # noqa: PLC0415

    store = DiskStore(Path(job["store"]), read_only=True)

    def answer(query: str) -> int:
        found = store.query(query, job["prefixes"])
        rows = 0
        if isinstance(found, Selection):
            held = list(found.rows)
            rows, found = len(held), Selection(found.names, iter(held))
        for _ in written(found, Form.JSON, {}):
            pass
        return rows

    return answer, {}


def in_rdflib(job: dict[str, Any]) -> tuple[Callable[[str], int], dict[str, Any]]:
    """The same of an rdflib Dataset whose default graph is the union of all graphs."""
    import rdflib  # noqa: PLC0415

    signal.signal(signal.SIGALRM, stop)
    start = time.process_time()
    data = rdflib.Dataset(default_union=True)
    data.parse(job["file"], format="nquads")
    ready = {"parse_cpu_s": round(time.process_time() - start, 1), "statements": len(list(data.quads())), **memory()}

    def answer(query: str) -> int:
        signal.setitimer(signal.ITIMER_REAL, job["seconds"], 0.5)
        try:
            found = data.query(query, initNs=job["prefixes"])
            rows = len(found)
            found.serialize(format="json")
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
        return rows

    return answer, ready


def stop(*_: object) -> None:
    raise OutOfTimeError


def timed(ask: Callable[[], int], repetitions: int, seconds: float) -> dict[str, Any]:
    """Wall and CPU seconds of each repetition, in order: the first finds nothing warm."""
    walls, cpus = [], []
    rows = 0
    for _ in range(repetitions):
        start, spent = time.perf_counter(), time.process_time()
        try:
            rows = ask()
        except OutOfTimeError:
            return {"stopped_after_s": seconds}
        except Exception as error:  # noqa: BLE001 - one query's failure is told and is not that of the others
            return {"error": f"{type(error).__name__}: {error}"[:300]}
        walls.append(round(time.perf_counter() - start, 5))
        cpus.append(round(time.process_time() - spent, 5))
        if sum(walls) > ENOUGH_SECONDS:
            break
    return {"rows": rows, "wall_s": walls, "cpu_s": cpus, **memory()}


def memory() -> dict[str, Any]:
    """The most that this process has held; what `getrusage` tells may be of the one that started it."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return {"peak_mib": next(int(line.split()[1]) >> 10 for line in lines if line.startswith("VmHWM:"))}


def tell(found: dict[str, Any]) -> None:
    print(json.dumps(found), flush=True)


if __name__ == "__main__":
    main()
