"""The benchmark runs, compares what it says that it compares, and draws; no time is asserted."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest
from support import benchmarked

if TYPE_CHECKING:
    from pathlib import Path

pytest.importorskip("pyarrow")
pytest.importorskip("shifty")


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("benchmark")
    printed = benchmarked("batch", place)
    assert printed.strip() == (place / "batch.txt").read_text().strip()
    return place


@pytest.fixture(scope="module")
def found(scratch: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((scratch / "batch.json").read_text())
    return loaded


def test_every_section_is_measured(found: dict[str, Any]) -> None:
    assert set(found) == {"machine", "growth", "beside", "stages", "options"}
    run = found["growth"]["60"]
    assert run["cases"] == 60
    assert min(run["cpu_s"], run["peak_main_mib"], run["peak_worker_mib"], run["bytes_in"], run["bytes_out"]) > 0


def test_the_fast_engine_is_asked_by_a_call_that_returns_every_witness(found: dict[str, Any]) -> None:
    calls = found["beside"]["pyshifty_calls"]
    assert calls["validate_algebra, each shape marked"]["every_witness"]
    assert calls["validate_w3c"]["every_witness"]


def test_stages_are_told_apart(found: dict[str, Any]) -> None:
    shares = found["stages"]["share"]
    assert sum(shares.values()) == pytest.approx(1, abs=0.01)
    assert shares["other"] < 0.25, "modules that belong to no stage: see STAGES"
    assert all(shares[name] > 0 for name in ("parse", "intake", "derive and classify", "validate", "assess to outcome"))


def test_the_plot_is_drawn(scratch: Path) -> None:
    drawn = ET.fromstring((scratch / "batch.svg").read_text())  # noqa: S314 - our own
    assert "CPU time" in "".join(drawn.itertext())
