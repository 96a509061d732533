"""The same questions through rdflib in memory, over the same statements, beside ours at that same size."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Any

from asking import filled, inside, inside_store
from building import say
from measure import command, run_here
from values import Values

import reasoner.store
from reasoner.store.library import find_question, library

if TYPE_CHECKING:
    from pathlib import Path

    from building import Stores

REPETITIONS = 3


def beside(stores: Stores, cases: int, seconds: float) -> dict[str, Any]:
    """CPU seconds of each question in both engines, start-up and parsing left out, and their ratio."""
    stores.built(cases)
    root = stores.place(cases)
    file = root.with_name(f"{root.name}.nq")
    subprocess.run(command("store", "export", str(root), "--out", str(file)), **run_here(), check=True)
    queries = texts(root)
    ours = inside_store(root, queries, REPETITIONS, seconds)
    say(f"{len(queries)} questions through rdflib, {seconds:g} s at most for each")
    theirs, ready = inside({"engine": "rdflib", "file": str(file)}, queries, 1, seconds, None)
    file.unlink()
    return {
        "cases": cases, "limit_s": seconds, **ready,
        "questions": [pair(name, ours[name], theirs[name]) for name in queries],
    }  # fmt: skip


def texts(root: Path) -> dict[str, str]:
    """Every question for which the store has values, as it is asked."""
    with reasoner.store.open(root) as store:
        values = Values(store)
        given = {name: values.of(find_question(name)) for name in library()}
    return {name: filled(name, found) for name, found in given.items() if found is not None}


def pair(name: str, ours: dict[str, Any], theirs: dict[str, Any]) -> dict[str, Any]:
    """One question in both. Where rdflib was stopped, the ratio is at least what is told."""
    told = {"name": name, "rows": ours.get("rows"), "their_rows": theirs.get("rows")}
    if "cpu_s" not in ours:
        return {**told, "error": ours.get("error")}
    mine = min(ours["cpu_s"])
    told["cpu_s"] = mine
    if "stopped_after_s" in theirs:
        return {**told, "at_least": True, "ratio": round(theirs["stopped_after_s"] / mine, 1)}
    if "cpu_s" not in theirs:
        return {**told, "their_error": theirs.get("error")}
    return {**told, "their_cpu_s": theirs["cpu_s"][0], "ratio": round(theirs["cpu_s"][0] / mine, 1)}
