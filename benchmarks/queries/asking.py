"""Every question of the library, asked in three ways: as a whole command, from Python, and of an open store."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from building import say
from measure import command, run_here
from values import Values, is_lookup

import reasoner.store
from reasoner.errors import UsageError
from reasoner.store.library import find_question, library, query_prefixes
from reasoner.store.place import reading
from reasoner.store.question import bound

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reasoner.store.python.handle import Handle

NOTHING = "ASK {}"
"""What asking takes when nothing is to be found: start-up."""
ENOUGH_SECONDS = 15.0
"""What has taken so long in all is not asked again in the same way."""
ALL_SECONDS, LOOKUP_SECONDS, MEMORY_MIB = 5.0, 0.2, 1e9 / (1 << 20)
"""What a question, a look at one case, and a process that asks may take."""
CROSS_JOIN = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f }"
INSIDE = Path(__file__).with_name("inside.py")


def questions(root: Path, repetitions: int, limit: float) -> Iterator[dict[str, Any]]:
    """What each question takes, one after another; the first is none, so that start-up is seen."""
    with reasoner.store.open(root, limit_seconds=limit) as store:
        yield asked(root, store, NOTHING, {}, repetitions, limit)
        values = Values(store)
        for name in library():
            given = values.of(find_question(name))
            if given is None:
                yield {"name": name, "no_value": True}
                continue
            yield asked(root, store, name, given, repetitions, limit)


def asked(
    root: Path, store: Handle, name: str, given: dict[str, str], repetitions: int, limit: float
) -> dict[str, Any]:
    """One question in each way, one way after another."""
    found: dict[str, Any] = {"name": name, "given": given, "lookup": is_lookup(find_question(name))}
    found["command"] = repeated(lambda: whole(root, name, given, limit), repetitions)
    found["python"] = repeated(lambda: from_python(store, name, given), repetitions)
    found["inside"] = spread(inside_store(root, {name: filled(name, given)}, max(repetitions, 3), limit)[name])
    return {**found, **judged(found)}


def repeated(ask: Any, repetitions: int) -> dict[str, Any]:
    runs: list[dict[str, Any]] = []
    for _ in range(repetitions):
        runs.append(ask())
        if "error" in runs[-1] or sum(run["wall_s"] for run in runs) > ENOUGH_SECONDS:
            break
    errors = [run["error"] for run in runs if "error" in run]
    if errors:
        return {"error": errors[0]}
    merged = {key: [run[key] for run in runs] for key in runs[0] if key not in {"rows", "peak_mib"}}
    peaks = {"peak_mib": max(run["peak_mib"] for run in runs)} if "peak_mib" in runs[0] else {}
    return spread({"rows": runs[0]["rows"], **merged, **peaks})


def spread(found: dict[str, Any]) -> dict[str, Any]:
    """Times with their median; the first is told too, for it finds nothing in memory."""
    told = dict(found)
    for key in ("wall_s", "cpu_s"):
        if key in told:
            told[key] = {"median": round(median(found[key]), 4), "first": found[key][0], "all": found[key]}
    return told


def whole(root: Path, name: str, given: dict[str, str], limit: float) -> dict[str, Any]:
    """A `reasoner query` process and the one that it starts: time of both, memory of the larger."""
    params = [word for key, value in given.items() for word in ("--param", f"{key}={value}")]
    words = command("query", name, "--store", str(root), "--format", "json", "--limit-seconds", str(limit), *params)
    start = time.perf_counter()
    process = subprocess.Popen(words, stderr=subprocess.PIPE, **run_here())
    told = process.stdout.read() if process.stdout else b""
    said = process.stderr.read() if process.stderr else b""
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - start
    for stream in (process.stdout, process.stderr):
        if stream:
            stream.close()
    if process.returncode:
        return {"error": " ".join(said.decode().split())[:300], "wall_s": round(wall, 3), "code": process.returncode}
    answer = json.loads(told)
    rows = len(answer["results"]["bindings"]) if "results" in answer else 1
    return {
        "rows": rows, "wall_s": round(wall, 4), "cpu_s": round(usage.ru_utime + usage.ru_stime, 4),
        "peak_mib": usage.ru_maxrss >> 10,
    }  # fmt: skip


def from_python(store: Handle, name: str, given: dict[str, str]) -> dict[str, Any]:
    start = time.perf_counter()
    try:
        rows = len(store.query(name, **given))
    except UsageError as error:
        return {"error": str(error)[:300], "wall_s": time.perf_counter() - start}
    return {"rows": rows, "wall_s": round(time.perf_counter() - start, 4)}


def filled(name: str, given: dict[str, str]) -> str:
    """A question's text with its values."""
    return bound(find_question(name), [f"{key}={value}" for key, value in given.items()], query_prefixes())


def inside_store(root: Path, queries: dict[str, str], repetitions: int, limit: float) -> dict[str, dict[str, Any]]:
    """What queries take of an open store, in a process that is ended if all of them together take too long."""
    with reading(root) as generation:
        job = {"engine": "oxigraph", "store": str(generation.quads)}
        return inside(job, queries, repetitions, limit, limit * repetitions * len(queries) + 30)[0]


def inside(
    job: dict[str, Any], queries: dict[str, str], repetitions: int, limit: float, whole_limit: float | None
) -> tuple[dict[str, dict[str, Any]], dict[str, Any]]:
    """What each query took, and what the process said before the first."""
    told = {
        **job, "queries": queries, "repetitions": repetitions, "seconds": limit, "prefixes": dict(query_prefixes()),
    }  # fmt: skip
    words = [sys.executable, str(INSIDE)]
    try:
        ran = subprocess.run(
            words, input=json.dumps(told).encode(), stdout=subprocess.PIPE, timeout=whole_limit, check=False
        )
        lines = ran.stdout
    except subprocess.TimeoutExpired as late:
        lines = late.stdout or b""
    said: Sequence[dict[str, Any]] = [json.loads(line) for line in lines.splitlines()]
    found = {line.pop("name"): line for line in said if "name" in line}
    ready = next((line for line in said if "parse_cpu_s" in line), {})
    missing = {"error": "its process ended, or was ended, before it was answered"}
    return {name: found.get(name, missing) for name in queries}, ready


def judged(found: dict[str, Any]) -> dict[str, Any]:
    """Whether a question is beyond what it may take."""
    beyond = []
    ways = [found[way] for way in ("command", "python", "inside")]
    if any("error" in way for way in ways):
        beyond.append("failed")
    elif found["command"]["wall_s"]["median"] > ALL_SECONDS:
        beyond.append("over 5 s")
    if found["lookup"] and found["python"].get("wall_s", {}).get("median", 0) > LOOKUP_SECONDS:
        beyond.append("over 0.2 s")
    if any(way.get("peak_mib", 0) > MEMORY_MIB for way in ways):
        beyond.append("over 1 GB")
    return {"beyond": beyond}


def cross_join(root: Path, seconds: float) -> dict[str, Any]:
    """How long it takes until a query without an end is stopped, and what is said then."""
    start = time.perf_counter()
    told = whole(root, CROSS_JOIN, {}, seconds)
    found = {"query": CROSS_JOIN, "limit_s": seconds, "stopped_after_s": round(time.perf_counter() - start, 2)}
    say(f"the cross join: {found['stopped_after_s']} s")
    return {**found, "said": told.get("error", "it was not stopped"), "code": told.get("code", 0)}
