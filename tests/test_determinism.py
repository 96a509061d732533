"""The same case, edition and day give the same bytes: whatever the hash seed, locale, time zone or order of triples."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from support import CASES, ENGINES, MET, REFERENCE, ROOT, reasoner

from reasoner.data import folder
from reasoner.load import load_file
from reasoner.rdf import nquads, trig

if TYPE_CHECKING:
    from pathlib import Path

THREE_LEVELS = folder("cases") / "v07-three-levels" / "case.trig"
JUDGED = {"reference": (REFERENCE, ()), "contrast": (THREE_LEVELS, ("--guideline", "l37848"))}
ALL = [str(folder("cases") / name) for name in CASES]
FORMS = ("text", "markdown", "json", "trig")
WORLDS = [
    {"PYTHONHASHSEED": "0", "LC_ALL": "C.UTF-8", "TZ": "UTC"},
    {"PYTHONHASHSEED": "1", "LC_ALL": "C", "TZ": "Asia/Tokyo", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
    {"PYTHONHASHSEED": "2", "LC_ALL": "C.UTF-8", "TZ": "Pacific/Honolulu", "COLUMNS": "100", "LANG": "tr_TR.UTF-8"},
    {"PYTHONHASHSEED": "3", "LC_ALL": "POSIX", "TZ": "Asia/Tokyo", "PYTHONCOERCECLOCALE": "0", "PYTHONOPTIMIZE": "1"},
]
SEVERAL = """
import json, sys
from reasoner.cli import main
for arguments in json.loads(sys.argv[1]):
    sys.argv = ["reasoner", *arguments]
    try:
        main()
    except SystemExit as end:
        print("ended", end.code, flush=True)
"""


_ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "COLUMNS"}


def written(world: dict[str, str], commands: list[list[str]]) -> bytes:
    """What several commands print in one process of another world."""
    done = subprocess.run(
        [sys.executable, "-c", SEVERAL, json.dumps(commands)],
        env={**_ENVIRONMENT, **world}, cwd=ROOT, capture_output=True, timeout=240, check=True,
    )  # fmt: skip
    assert done.stderr == b""
    return done.stdout


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[bytes, dict[str, bytes]]]:
    """What the commands print, and the files that they write, in each world."""
    found = []
    for world in WORLDS:
        place = tmp_path_factory.mktemp("prepared")
        commands = [["case", "guide"], ["ontology", "find", "nonunion"], ["determine", *ALL, "--guideline", "odg"]]
        for name, (case, options) in JUDGED.items():
            commands += [["determine", str(case), *options, "--cite", "--format", form] for form in FORMS]
            commands += [["validate", str(case), *options, "--prepared", str(place / name)]]
            commands += [["validate", str(case), *options, "--engine", "reference", "--report"]]
        out = written(world, commands)
        files = {str(f.relative_to(place)): f.read_bytes() for f in sorted(place.rglob("*.*"))}
        found.append((out, files))
    return found


def test_the_same_bytes_are_printed_in_every_world(told: list[tuple[bytes, dict[str, bytes]]]) -> None:
    assert told[0][0].count(b"\nended") == 3 + len(JUDGED) * (len(FORMS) + 2)
    for (one, _), (other, _) in pairwise(told):
        assert one == other


def test_the_same_files_are_written_in_every_world(told: list[tuple[bytes, dict[str, bytes]]]) -> None:
    assert set(told[0][1]) == {f"{name}/{f}" for name in JUDGED for f in ("data.nt", "shapes.ttl", "report.ttl")}
    for (_, one), (_, other) in pairwise(told):
        assert one == other


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("judged", JUDGED)
def test_the_order_of_triples_changes_nothing(tmp_path: Path, judged: str, form: str) -> None:
    case, options = JUDGED[judged]
    name, quads = case.parent.name, list(load_file(case).quads)
    shuffled = [random.Random(seed).sample(quads, len(quads)) for seed in (1, 2)]  # noqa: S311 - no secret
    lines = nquads(quads).splitlines(keepends=True)
    files = {
        case: case.read_bytes(),
        tmp_path / "lines" / f"{name}.nq": b"".join(random.Random(3).sample(lines, len(lines))),  # noqa: S311
        tmp_path / "twice" / f"{name}.nq": b"".join(reversed(lines * 2)),
        tmp_path / "one" / f"{name}.trig": trig(shuffled[0], {}).encode(),
        tmp_path / "other" / f"{name}.trig": trig(shuffled[1], {"p": "https://w3id.org/guideline-reasoner/core#"}).encode(),
    }
    outputs = set()
    for file, content in files.items():
        if file != case:
            file.parent.mkdir()
            file.write_bytes(content)
        outputs.add(reasoner("determine", file, *options, "--cite", "--format", form))
    assert len(outputs) == 1
    assert outputs.pop().code == 0


@pytest.mark.parametrize("engine", ENGINES)
def test_a_case_gives_the_same_bytes_after_any_other(engine: str) -> None:
    def once() -> str:
        return reasoner("determine", REFERENCE, "--engine", engine, "--cite").out

    first = once()
    reasoner("determine", MET, THREE_LEVELS, "--guideline", "odg", "--engine", engine)
    assert once() == first


def test_what_a_determination_was_made_from_changes_with_it(tmp_path: Path) -> None:
    changed = tmp_path / "v01-all-met" / "case.trig"
    changed.parent.mkdir()
    changed.write_text(MET.read_text().replace("core:page 2", "core:page 3", 1))
    one, other = (
        json.loads(reasoner("determine", f, "--guideline", "odg", "--format", "json").out) for f in (MET, changed)
    )
    assert {k for k, v in one["inputs"].items() if v != other["inputs"][k]} == {"case"}
    assert one["inputs"]["case"] == load_file(MET).sha256
