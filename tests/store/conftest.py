"""One store of the packaged cases, built by the commands and read by every test here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import pytest
from support import MET, edited, reasoner

from reasoner.batch.columns import determine_batch
from reasoner.data import folder
from reasoner.store import build

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from reasoner.batch.pool import Task
    from reasoner.batch.row import Asks
    from reasoner.cases import Manner

CASES = folder("cases")


class Here:
    """A pool of no processes: what it is asked it does itself, with an ontology that is read once for all tests."""

    def __init__(self, _: int, manner: Manner, asks: Asks) -> None:
        self._manner, self._asks = manner, asks

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def ordered(self, tasks: Iterable[Task]) -> Iterator[Task]:
        for task in tasks:
            if task.cases is not None:
                task.answer = determine_batch(task.cases, self._manner, self._asks)
            yield task


@pytest.fixture(scope="session", autouse=True)
def _in_this_process() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(build, "Pool", Here)
        yield


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The packaged cases under ODG, the reference decision under its ladder, one case under an LCD, one refused."""
    root = tmp_path_factory.mktemp("store")
    bad = edited(MET, root / "given" / "bad" / "case.trig", ("core:presence", "core:presense"), ("v01-all-met", "bad"))
    place = root / "store"
    for command, given, guideline in (
        ("build", [*sorted(p.parent for p in CASES.glob("v*/case.trig")), bad.parent], ["--guideline", "odg"]),
        ("add", [CASES / "reference-decision"], []),
        ("add", [CASES / "l33382-smoker-counselled"], ["--guideline", "L33382"]),
    ):
        ran = reasoner("store", command, place, *given, *guideline)
        assert ran.code == (3 if command == "build" else 0), ran.err
    return place
