"""One store of the packaged cases, built by the commands and read by every test here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import pytest
from support import MET, edited, reasoner
from support_store import ALSO

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
WEIGHED = """
case:reviewer a core:Reviewer ; core:activePracticeYears 9 ; core:activePracticeHoursPerWeek 30 ;
    core:specialty core:OrthopedicSurgery ; core:licensedIn "California" .
case:request core:reviewer case:reviewer .
case:choice a core:Adjudication ; core:prefers case:ct-by-surgeon ; core:over case:ct-by-radiologist ;
    core:reason "Thin slices show no bone across the disc space." ;
    core:adjudicatedBy case:reviewer ; core:adjudicatedOn "2024-12-01"^^xsd:date .
"""
OTHERS = [word for edition in ALSO for word in ("--also-under", edition)]
ODG = ["--guideline", "odg", *OTHERS]
PARTS = """
case:part-upper a core:TreatmentRequest , spine:LumbarFusion ; core:partOf case:request ;
    core:revises case:fusion-2022 ; spine:fromVertebra spine:L4 ; spine:toVertebra spine:L5 .
case:part-lower a core:TreatmentRequest , spine:LumbarFusion ; core:partOf case:request ;
    core:revises case:fusion-2022 ; spine:fromVertebra spine:L5 ; spine:toVertebra spine:S1 .
"""


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
    """Packaged cases under ODG and compared, the reference decision under its ladder, some under an LCD, a bad one."""
    root = tmp_path_factory.mktemp("store")
    readers = CASES / "v04-readers-disagree" / "case.trig"
    names = ("bad", "weighed", "parted", "elsewhere")
    bad, weighed, parted, elsewhere = (root / "given" / name / "case.trig" for name in names)
    edited(MET, bad, ("core:presence", "core:presense"), ("v01-all-met", "bad"))
    edited(readers, weighed, ("v04-readers-disagree", "weighed"), ("", WEIGHED))
    edited(MET, parted, ("v01-all-met", "parted"), ("", PARTS))
    edited(MET, elsewhere, ("v01-all-met", "elsewhere"), ("spine:L4-L5 ; core:value 6", "spine:L2-L3 ; core:value 6"))
    place = root / "store"
    for command, given, guideline in (
        ("build", [*sorted(CASES.glob("v*")), bad.parent, weighed.parent, elsewhere.parent], ODG),
        ("add", [CASES / "reference-decision"], OTHERS),
        ("add", [CASES / "l33382-smoker-counselled"], ["--guideline", "L33382", "--also-under", "odg"]),
        ("add", [parted.parent], ["--guideline", "L37848"]),
    ):
        ran = reasoner("store", command, place, *given, *guideline)
        assert ran.code == (3 if command == "build" else 0), ran.err
    return place
