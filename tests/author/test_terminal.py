"""What the commands print for programs is one document, and what they print for people fits their terminal."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from reasoner.author import commands
from reasoner.author.deck_report import TestRun, test_json, test_junit
from reasoner.cli.options import emit
from reasoner.data import folder
from reasoner.errors import ExitCode
from reasoner.validate import Engine, default_engine

ODG = str(folder("shapes") / "odg" / "lumbar-revision-fusion" / "as-stated.ttl")
ENGINE = default_engine()
ONE_ROW = 'base = "cases/v01-all-met/case.trig"\n[[FunctionalGain]]\nname = "One"\nexpect = "met"\n'
SYNTHESIS = {
    "edition": "an edition", "seed": 0, "cases": 3,
    "failures": [{"what": "A case went <wrong>", "wanted": {"A": "met"}, "got": {"A": "not met"}, "trig": "a b c ."}],
    "unattainable": [
        {"criterion": "B", "status": "not met", "reason": "nothing speaks against it"},
        {"criterion": "C", "status": "conflicting", "reason": "there is one count"},
    ],
}  # fmt: skip


def test_rows_and_synthesis_are_one_json_document(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reasoner.author.deck_report.read_deck", lambda *_: pytest.fail("rows"))
    monkeypatch.setattr("reasoner.author.deck_report.test_editions", lambda *_: TestRun())
    told, code = commands.tested([ODG], "json", ENGINE, 1, 0)
    found = json.loads(told)
    assert (found["editions"], [s["cases"] for s in found["synthesis"]], code) == ([], [1], ExitCode.DONE)
    assert "synthesis" not in json.loads(test_json(TestRun()))


def test_synthesis_is_a_suite_of_junit_with_each_failure() -> None:
    root = ET.fromstring(test_junit(TestRun(), [SYNTHESIS]))  # noqa: S314 - made here
    assert (root.get("tests"), root.get("failures")) == ("2", "2")
    assert [c.get("name") for c in root.iter("testcase")] == ["A case went <wrong>", "B is never not met"]
    assert len(list(root.iter("failure"))) == 2
    good = ET.fromstring(test_junit(TestRun(), [{**SYNTHESIS, "failures": [], "unattainable": []}]))  # noqa: S314
    assert (good.get("tests"), good.get("failures"), len(list(good.iter("testcase")))) == ("1", "0", 1)


@pytest.mark.parametrize("columns", [80, 200])
@pytest.mark.parametrize("command", ["coverage", "mutate", "diff", "test"])
def test_a_table_fits_the_terminal_and_has_no_colour_in_a_pipe(
    command: str,
    columns: int,
    monkeypatch: pytest.MonkeyPatch,
    capfdbinary: pytest.CaptureFixture[bytes],
    tmp_path: Path,
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    copy = tmp_path / "edition.ttl"
    copy.write_bytes(Path(ODG).read_bytes())
    copy.with_suffix(".toml").write_text(ONE_ROW)
    l33382 = str(folder("shapes") / "cms" / "lumbar-fusion-l33382" / "2019-01-08.ttl")
    told = {
        "coverage": lambda: commands.covered(str(copy), [], "text", ENGINE),
        "mutate": lambda: commands.mutated(str(copy), ENGINE, 1, 8, as_json=False)[0],
        "diff": lambda: commands.compared(
            l33382, ODG, [str(folder("cases") / "v01-all-met")], Engine.FAST, as_json=False
        ),
        "test": lambda: "",
    }[command]() or commands.deck_report.test_text(TestRun((commands.deck_report.EditionRun(ODG, "d", (), ()),)))
    emit(told, None)
    out, err = capfdbinary.readouterr()
    text = out.decode()
    assert (err, "\x1b" in text) == (b"", False)
    assert "─" in text
    in_tables = [line for line in text.splitlines() if line.startswith(" ") and "<reason>" not in line]
    assert in_tables
    assert [line for line in in_tables if len(line) > columns] == []
