"""The one function of all runners: batches in, batches out, each case for itself."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support import CASES, ENGINES, ROOT
from support_batch import EDITION, lines

from reasoner.batch.arrow import ANSWERED, GIVEN, answered_batch, cases_of, given_batch, packed, unpacked
from reasoner.batch.columns import determine_batch, json_line, rows_batch
from reasoner.batch.core import determine_rows
from reasoner.batch.row import Asks, CaseText, ProblemRow, Row
from reasoner.cases import Form, Manner, determine_case, printed
from reasoner.data import folder
from reasoner.rdf import nquads
from reasoner.validate import Engine

if TYPE_CHECKING:
    from reasoner.batch.arrow import Batch

MANNER = Manner(guideline=EDITION)


def given(names: list[str], ending: str = ".nq") -> list[CaseText]:
    trig = {n: (folder("cases") / n / "case.trig").read_bytes() for n in names}
    return [CaseText(n, f"{n}{ending}", ending, lines(n) if ending == ".nq" else trig[n]) for n in names]


def told(cases: list[CaseText], asks: Asks = Asks(), manner: Manner = MANNER) -> Batch:  # noqa: B008
    return determine_batch(given_batch(cases), manner, asks)


def test_batches_hold_what_was_put_in() -> None:
    cases = [*given(CASES[:2]), CaseText("empty", "f", ".nq", b"", 7)]
    assert cases_of(given_batch(cases)) == cases
    without_lines = given_batch(cases).drop_columns(["line"])
    assert [c.line for c in cases_of(without_lines)] == [1, 1, 1]
    assert given_batch([]).schema == GIVEN
    assert unpacked(packed(told(cases))) == told(cases)


def test_rows_come_back_as_they_were() -> None:
    rows = [*determine_rows(given(CASES), MANNER, Asks(determination=True, rationale=True)), Row(None, "file")]
    batch = answered_batch(rows)
    assert batch.schema == ANSWERED
    back = batch.to_pylist()
    for row, found in zip(rows, back, strict=True):
        assert {**json.loads(json_line(row)), "determination": row.determination} == {
            **found, "as_of": found["as_of"] and found["as_of"].isoformat(),
        }  # fmt: skip


def test_no_rows() -> None:
    assert answered_batch([]).schema == ANSWERED
    assert told([]).num_rows == 0


@pytest.mark.parametrize("engine", ENGINES)
def test_many_cases_read_as_one_at_a_time(engine: Engine) -> None:
    names = CASES if engine is Engine.FAST else CASES[:5]
    manner = Manner(engine, None, EDITION)
    for row in determine_rows(given(names), manner, Asks(determination=True, rationale=True)):
        alone = determine_case(str(folder("cases") / (row.case or "")), manner)
        assert row.problems == ()
        assert row.outcome == alone.determination.outcome.value
        assert row.determination == nquads(alone.quads).decode()
        assert row.rationale == printed([alone], Form.TEXT, cite=False)


ALONE = f"""
import os, sys
sys.path[:0] = {[str(Path(__file__).parent), str(Path(__file__).parent.parent)]!r}
import test_columns as t
def tell(cases):
    for row in t.determine_rows(cases, t.MANNER, t.Asks(determination=True)):
        sys.stdout.write(t.json_line(row) + (row.determination or ""))
    sys.stdout.flush()
cases = t.given(t.CASES)
for case in cases if sys.argv[1] == "alone" else ():
    if os.fork() == 0:
        tell([case])
        os._exit(0)
    os.wait()
if sys.argv[1] == "together":
    tell(cases)
"""


def test_no_case_sees_another() -> None:
    """Each in a process that has judged nothing yet, against all in one: no memory of ours passes anything on."""
    alone, together = (
        subprocess.run([sys.executable, "-c", ALONE, how], cwd=ROOT, capture_output=True, check=True).stdout
        for how in ("alone", "together")
    )
    assert alone
    assert alone == together


def test_turtle_and_quads_give_the_same() -> None:
    one, other = (determine_rows(given(CASES, ending), MANNER, Asks()) for ending in (".nq", ".trig"))
    assert [row._replace(file="") for row in one] == [row._replace(file="") for row in other]


def test_problems_name_the_line_in_the_file() -> None:
    (case,) = given(CASES[:1])
    bad = case._replace(content=case.content + b"broken\n", line=101)
    problem = told([bad]).to_pylist()[0]["problems"][0]
    assert problem["line"] == 101 + case.content.count(b"\n")
    assert problem["code"] == "syntax"


def test_json_where_it_is_asked_for() -> None:
    rows = [Row("a", "f", problems=(ProblemRow("c", "f", None, "é", "x"),))]
    assert "json" not in rows_batch(rows, Asks()).schema.names
    (line,) = rows_batch(rows, Asks(json=True)).column("json").to_pylist()
    found = json.loads(line)
    assert line.endswith("}\n")
    assert "é" in line
    assert "determination" not in found
    assert found["problems"] == [{"code": "c", "file": "f", "line": None, "problem": "é", "fix": "x"}]
