"""Both engines determine the same of synthetic cases, row for row: every status, every witness, every outcome.

100 cases an edition in CI and 5,000 in the thorough run (REASONER_AGREEMENT), drawn by REASONER_SEED.
"""

from __future__ import annotations

import os
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from multiprocessing import get_context
from typing import TYPE_CHECKING

import pytest

from reasoner.batch.core import determine_rows
from reasoner.batch.row import Asks, CaseText
from reasoner.cases import Manner
from reasoner.guideline.edition_file import all_editions, read_edition
from reasoner.ontology import load_ontology
from reasoner.status import Status
from reasoner.synthetic.compose import compose
from reasoner.synthetic.stock import stocks
from reasoner.synthetic.words import words
from reasoner.validate import Engine

if TYPE_CHECKING:
    from reasoner.synthetic.model import Stock

SEED = int(os.environ.get("REASONER_SEED") or "0", 36)
COUNT = int(os.environ.get("REASONER_AGREEMENT") or "25")
CHUNK = 25
EDITIONS = [e.iri for e in (read_edition(path, load_ontology()) for path in all_editions()) if e.logic]


@pytest.mark.parametrize("edition", EDITIONS)
def test_both_engines_make_the_same_row_of_a_synthetic_case(edition: str) -> None:
    given = cases(edition)
    chunks = [given[start : start + CHUNK] for start in range(0, COUNT, CHUNK)]
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as processes:
        found = list(processes.map(compared, chunks, [edition] * len(chunks)))
    assert [name for names, _ in found for name in names] == []
    statuses = set[str]().union(*(said for _, said in found))
    assert {Status.MET, Status.NOT_MET, Status.NOT_DOCUMENTED, Status.CONFLICTING} <= statuses


def compared(given: list[CaseText], edition: str) -> tuple[list[str], set[str]]:
    """The cases on which the engines differ, and the statuses that were given."""
    fast, reference = (determine_rows(given, Manner(e, None, edition), Asks()) for e in (Engine.FAST, Engine.REFERENCE))
    statuses = {criterion.status for row in fast for criterion in row.criteria}
    pairs = zip(fast, reference, strict=True)
    return [one.case or "" for one, other in pairs if one != other or one.problems], statuses


def cases(edition: str) -> list[CaseText]:
    """So many cases that are drawn from the criteria of an edition."""
    own = [stock for stock in made_stocks() if stock.path in edition]
    found = (compose(number, SEED, own, words(load_ontology())) for number in range(1, COUNT + 1))
    return [CaseText(one.name, one.name, ".nq", one.quads.encode()) for one in found]


@cache
def made_stocks() -> tuple[Stock, ...]:
    return stocks(load_ontology())
