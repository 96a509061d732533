"""A row turns on its case alone: not on the order of cases, on what was judged before, or on what stands beside."""

from __future__ import annotations

import pickle
import random
import subprocess
import sys
from functools import cache
from typing import TYPE_CHECKING

from support import CASES, ROOT
from support_batch import lines

from reasoner.batch.core import determine_rows
from reasoner.batch.row import Asks, CaseText, Row
from reasoner.cases import Manner
from reasoner.ontology import load_ontology
from reasoner.synthetic.compose import compose
from reasoner.synthetic.stock import stocks
from reasoner.synthetic.words import words

if TYPE_CHECKING:
    from pathlib import Path

SYNTHETIC = 12
MANNER = Manner()
ALONE = """
import os, pickle, sys
from reasoner.batch.core import determine_rows
from reasoner.batch.row import Asks
from reasoner.cases import Manner
from reasoner.guideline.ladder import ladders
from reasoner.ontology import load_ontology
from reasoner.select import _editions
ontology = load_ontology()
for ladder in ladders(ontology):  # what every process knows before its first case
    for guideline in {g for rung in ladder.rungs for g in rung.guidelines}:
        _editions(guideline, ontology)
rows = []
for case in pickle.load(open(sys.argv[1], "rb")):
    reading, writing = os.pipe()
    if os.fork() == 0:
        os.write(writing, pickle.dumps(determine_rows([case], Manner(), Asks())))
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as stream:
        rows += pickle.load(stream)
    os.wait()
sys.stdout.buffer.write(pickle.dumps(rows))
"""


@cache
def cases() -> tuple[CaseText, ...]:
    """Packaged cases, and synthetic ones of every ladder and edition, whole and broken."""
    own, said = stocks(load_ontology()), words(load_ontology())
    made = [compose(number, 11, own, said).quads.encode() for number in range(1, SYNTHETIC + 1)]
    broken = [_without_a_line(content, number) for number, content in enumerate(made[: SYNTHETIC // 2])]
    packaged = [CaseText(name, name, ".nq", lines(name)) for name in CASES]
    synthetic = [CaseText(f"s{n}", f"s{n}", ".nq", content) for n, content in enumerate([*made, *broken])]
    return (*packaged, *synthetic)


def _without_a_line(content: bytes, seed: int) -> bytes:
    stated = content.splitlines(keepends=True)
    del stated[random.Random(seed).randrange(len(stated))]  # noqa: S311 - repeatable draws, no secrets
    return b"".join(stated)


def rows(given: list[CaseText]) -> dict[str, Row]:
    return {row.file: row for row in determine_rows(given, MANNER, Asks())}


def test_rows_are_the_same_alone_and_fresh_as_together_in_any_order(tmp_path: Path) -> None:
    given = tmp_path / "cases"
    given.write_bytes(pickle.dumps(cases()))
    command = [sys.executable, "-c", ALONE, str(given)]
    fresh = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout
    alone = {row.file: row for row in pickle.loads(fresh)}  # noqa: S301 - our own rows
    assert len(alone) == len(cases())
    assert {bool(row.outcome) for row in alone.values()} == {True, False}
    for seed in range(3):
        shuffled = list(cases())
        random.Random(seed).shuffle(shuffled)  # noqa: S311 - repeatable draws, no secrets
        assert rows(shuffled) == alone


def test_cases_of_the_same_names_do_not_see_each_other() -> None:
    """Different cases whose things are all called alike, beside each other and each by itself."""
    given = []
    for name in CASES:
        content = lines(name).replace(f"/cases/{name}/".encode(), b"/cases/the-same/")
        given.append(CaseText("the-same", name, ".nq", content))
    together = rows(given)
    assert together == {file: row for case in given for file, row in rows([case]).items()}
    assert len({row.criteria for row in together.values()}) > 1
