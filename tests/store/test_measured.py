"""The benchmark of a store runs, asks every question of the library in every way, and says what it found."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from support import benchmarked

from reasoner.store.library import library

if TYPE_CHECKING:
    from pathlib import Path

pytest.importorskip("shifty")


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    place = tmp_path_factory.mktemp("benchmark")
    printed = benchmarked("queries", place)
    assert printed.strip().endswith(text_of(place).strip())
    loaded: dict[str, Any] = json.loads((place / "queries.json").read_text())
    return loaded


def text_of(place: Path) -> str:
    return (place / "queries.txt").read_text()


def test_every_build_judges_every_case_and_its_memory_is_known(found: dict[str, Any]) -> None:
    assert [(run["cases"], run["judged"]) for run in found["builds"]] == [(30, 30), (60, 60)]
    assert all(run["peak_pss_mib"] > 0 and run["cpu_s"] > 0 for run in found["builds"])


def test_every_question_of_the_library_is_asked_in_each_way(found: dict[str, Any]) -> None:
    asked = {one["name"]: one for one in found["questions"]["asked"]}
    assert asked.keys() >= library().keys()
    unasked = {name for name, one in asked.items() if one.get("no_value")}
    assert unasked <= {"conflicts"}  # sixty cases may have none that it could be asked about
    for one in (one for name, one in asked.items() if name not in unasked):
        assert one["command"]["peak_mib"] > 0
        assert one["command"]["rows"] == one["python"]["rows"]


def test_rdflib_gives_as_many_rows_where_it_comes_to_an_end(found: dict[str, Any]) -> None:
    both = [one for one in found["rdflib"]["questions"] if one["their_rows"] is not None]
    assert len(both) > len(found["rdflib"]["questions"]) / 2
    others = {one["name"]: (one["rows"], one["their_rows"]) for one in both if one["rows"] != one["their_rows"]}
    assert all(pair == (0, 1) for pair in others.values()), others  # it groups nothing into one empty row


def test_a_cross_join_is_stopped(found: dict[str, Any]) -> None:
    assert found["cross_join"]["code"] != 0
    assert "out-of-time" in found["cross_join"]["said"]
