"""The next generation made of the present one and what is staged, then named in its place."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reasoner import __version__
from reasoner.store.catalogue import Catalogue, Names
from reasoner.store.extras import extra_graphs, made
from reasoner.store.fill import copied, filled, linked
from reasoner.store.place import SCHEMA, STAGING, clear, next_generation, write_json
from reasoner.store.summing import sum_up, sums_of, unlist

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from reasoner.store.place import Generation
    from reasoner.store.staging import Staging
    from reasoner.store.take import Change


@dataclass(frozen=True, slots=True)
class Plan:
    """What leaves a store and what enters it."""

    gone: Names
    """Cases that leave, also those whose place another of the same name takes."""
    fresh: Names
    """Staged cases that enter."""
    knowledge: Mapping[str, str]
    """The hash of every graph of ontology, editions and ladders, as they are to be."""
    contents: Mapping[str, bytes]
    """The quads of those that are not there yet as they are to be."""


def swap(root: Path, old: Generation | None, staging: Staging, plan: Plan, change: Change) -> None:
    """Make the next generation, unless it would be the old one again, and clear away what nobody needs then."""
    uncounted = old is not None and sums_of(old) is None
    if old is None or plan.gone or plan.fresh or plan.knowledge != old.info["knowledge"] or uncounted:
        with next_generation(root) as new:
            compacted = _fill(old, new, staging, plan)
            change.cases = _enter(old, new, staging, plan)
            if old and uncounted:
                unlist(old, new)
            filled(new.quads, sum_up(old, new, plan.gone, staging.cases(plan.fresh)))
            quads, compacted = made(new, compacted)
            info = {"schema": SCHEMA, "version": __version__, "quads": quads, "compacted": compacted}
            write_json(new.path / "info.json", {**info, "knowledge": dict(plan.knowledge)})
    elif old:
        catalogue = Catalogue(old.catalogue)
        change.cases = catalogue.counts()["cases"]
        catalogue.close()
    staging.catalogue.close()
    shutil.rmtree(root / STAGING)
    clear(root)


def _fill(old: Generation | None, new: Generation, staging: Staging, plan: Plan) -> int:
    """The quads of the new generation. Gives how many of them are in files that were written in order."""
    if old is None:
        filled(new.quads, _fresh(staging, plan))
        return 0
    before = old.info["knowledge"]
    replaced = {name for name in before if name in plan.contents or name not in plan.knowledge}
    if not plan.gone and not replaced:
        linked(old.quads, new.quads, _fresh(staging, plan))
        return int(old.info["compacted"])
    replaced |= extra_graphs()
    catalogue = Catalogue(old.catalogue)

    def stays(graph: str) -> bool:
        owner = catalogue.owner(graph)
        return graph not in replaced if owner is None else owner not in plan.gone

    try:
        copied(old.quads, new.quads, stays, _fresh(staging, plan))
        return 0
    finally:
        catalogue.close()


def _fresh(staging: Staging, plan: Plan) -> Iterator[bytes]:
    yield from plan.contents.values()
    yield from staging.cases(plan.fresh)


def _enter(old: Generation | None, new: Generation, staging: Staging, plan: Plan) -> int:
    """The catalogue of the new generation. Gives how many cases are in it."""
    if old:
        before = Catalogue(old.catalogue)
        before.save_as(new.catalogue)
        before.close()
    catalogue = Catalogue(new.catalogue)
    with catalogue.change():
        for name in plan.gone:
            catalogue.drop(name)
        for name in plan.fresh:
            entry = staging.catalogue.find(name)
            if entry:
                graphs, counts = tuple(staging.catalogue.graphs(name)), staging.catalogue.counts_of(name)
                catalogue.put(entry._replace(graphs=graphs, counts=counts))
    number: int = catalogue.counts()["cases"]
    catalogue.close()
    return number
