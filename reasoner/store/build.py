"""A store built, added to and taken from: what did not change is kept, the rest is judged, then all becomes readable.

Every change makes a new generation beside the present one; readers see the present one until the new one is whole.
"""

from __future__ import annotations

import shutil
import time
from typing import TYPE_CHECKING

from reasoner.batch.chunks import Reading, tasks
from reasoner.batch.pool import Pool
from reasoner.batch.row import Asks
from reasoner.batch.runner import refuse_unknown
from reasoner.batch.sources import Sources
from reasoner.errors import Problem, UsageError
from reasoner.store.basis import Basis, old_knowledge
from reasoner.store.catalogue import Catalogue, Names
from reasoner.store.place import STAGING, writing
from reasoner.store.staging import Staging
from reasoner.store.swap import Plan, swap
from reasoner.store.take import Change, Taking

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from reasoner.batch.runner import Watcher
    from reasoner.cases import Manner
    from reasoner.store.place import Generation

ENDLESS = 1 << 62
"""The cases are not cut into parts here."""


def build(root: Path, inputs: Sequence[str], manner: Manner, processes: int, watcher: Watcher) -> Change:
    """A store of exactly these cases: a new one, or one that holds other cases now. Raises `UsageError`."""
    sources = _sources(inputs, manner)
    with writing(root) as old:
        return _change(root, old, (sources, manner, processes, watcher), exactly=True)


def add(root: Path, inputs: Sequence[str], manner: Manner, processes: int, watcher: Watcher) -> Change:
    """A store with these cases beside those that it holds, or in the place of those of the same names."""
    sources = _sources(inputs, manner)
    with writing(root) as old:
        return _change(root, _there(root, old), (sources, manner, processes, watcher), exactly=False)


def remove(root: Path, names: Sequence[str]) -> Change:
    """A store without some cases, by name: nothing of them is left in it. Raises `UsageError` for an unknown name."""
    start, change, gone = time.monotonic(), Change(), Names()
    with writing(root) as present:
        old = _there(root, present)
        catalogue = Catalogue(old.catalogue)
        for name in dict.fromkeys(names):
            if catalogue.find(name) is None:
                words, fix = f"The store holds no case called {name!r}.", "See what it holds: reasoner query cases."
                raise UsageError(Problem("no-such-case", str(root), None, words, fix))
            gone.add(name)
            change.removed += 1
        catalogue.close()
        shutil.rmtree(root / STAGING, ignore_errors=True)
        swap(root, old, Staging(root / STAGING), Plan(gone, Names(), old_knowledge(old), {}), change)
    change.seconds = time.monotonic() - start
    return change


def _sources(inputs: Sequence[str], manner: Manner) -> Sources:
    """The cases of some paths. Raises `UsageError`, before anything is made, for one that does not exist."""
    found = Sources(inputs)
    if manner.guideline:
        refuse_unknown(manner.guideline)
    return found


def _there(root: Path, old: Generation | None) -> Generation:
    if old is None:
        fix = "Make one: reasoner store build DIR CASES..."
        raise UsageError(Problem("no-store", str(root), None, "There is no store.", fix))
    return old


def _change(
    root: Path, old: Generation | None, asked: tuple[Sources, Manner, int, Watcher], *, exactly: bool
) -> Change:
    start, change = time.monotonic(), Change()
    sources, manner, processes, watcher = asked
    staging, catalogue = Staging(root / STAGING), Catalogue(old.catalogue) if old else None
    taking = Taking(staging, catalogue, Basis(manner), change, exactly=exactly)
    try:
        _judge(sources, taking, processes, watcher)
        staging.finish()
    finally:
        staging.abandon()
    if not taking.number:
        raise UsageError(Problem("no-cases", "CASES", None, "There is no case.", "Check the paths."))
    plan = _plan(staging, catalogue, taking, old_knowledge(old), change)
    if catalogue:
        catalogue.close()
    swap(root, old, staging, plan, change)
    change.seconds = time.monotonic() - start
    return change


def _judge(sources: Sources, taking: Taking, processes: int, watcher: Watcher) -> None:
    """Every case that is new or changed judged, and what came of it staged."""
    asks = Asks(dossier=True)
    watcher.reached(0, sources.fraction())
    with Pool(processes, taking.basis.manner, asks) as pool:
        for task in pool.ordered(tasks(Reading(taking.wanted(sources)), asks, ENDLESS)):
            for row in task.answer.to_pylist() if task.answer is not None else ():
                taking.take(row)
            watcher.reached(taking.number, sources.fraction())


def _plan(
    staging: Staging, catalogue: Catalogue | None, taking: Taking, before: dict[str, str], change: Change
) -> Plan:
    gone, fresh, basis = Names(), Names(), taking.basis
    for entry in staging.catalogue.entries():
        if taking.named.get(entry.name) is not None:
            fresh.add(entry.name)
    for entry in catalogue.entries() if catalogue else ():
        dropped = taking.exactly and taking.named.get(entry.name) is None
        change.removed += dropped
        if dropped or entry.name in fresh:
            gone.add(entry.name)
    now = basis.knowledge_sha256()
    changed = {name: basis.knowledge[name] for name, found in now.items() if before.get(name) != found}
    return Plan(gone, fresh, now if taking.exactly else before | now, changed)
