"""Every question of the library says what it asks, may be asked, and has a reviewed answer over the packaged cases.

The answers stand in tests/store/answers; REASONER_WRITE_ANSWERS=1 writes them anew, to be read as a difference.
"""

from __future__ import annotations

import csv
import os
import re
from pathlib import Path

import pytest
from support import MET, edited, reasoner
from support_store import made

from reasoner.data import folder
from reasoner.rdf import DiskStore
from reasoner.store.answer import written
from reasoner.store.forms import Form
from reasoner.store.guard import guard
from reasoner.store.library import find_question, library, listed, query_prefixes
from reasoner.store.place import reading
from reasoner.store.question import bound
from reasoner.terms import SCHEMA

ANSWERS = Path(__file__).parent / "answers"
ASKED = {
    "criterion": "g1:NicotineFree", "case": "v04-readers-disagree", "kind": "spine:TobaccoUse",
    "about": "spine:RadiographicInstability", "caution": "g1:OldFusionImaging", "edition": "G1",
}  # fmt: skip
"""Values for the parameters that have no other."""
OTHERWISE = {
    "cases": {"after": "v04-readers-disagree"},
    "cases-on-stale-imaging": {"criterion": "g1:FailedFusion"},
    "conflicts": {"criterion": "g1:FailedFusion"},
    "misplaced-findings": {"criterion": "g1:Instability"},
    "one-criterion-short": {"criterion": "g1:FailedFusion"},
    "pass-elsewhere": {"edition": "L37848"},
    "sentence-sources": {"position": "19"},
}
"""Other values for some questions, so that there is an answer."""
NONE = {"unsupported"}
"""The questions to which there may be no answer."""


def query_of(name: str, **others: str) -> str:
    """A question of the library with values for its parameters."""
    asked, otherwise = find_question(name), OTHERWISE.get(name, {}) | others
    values = ASKED | otherwise
    given = [f"{p.name}={values[p.name]}" for p in asked.parameters if p.default is None or p.name in otherwise]
    return bound(asked, given, query_prefixes())


def answer(store: Path, name: str, **others: str) -> str:
    query = query_of(name, **others)
    guard(query, name)
    with reading(store) as generation:
        found = DiskStore(generation.quads, read_only=True).query(query, {})
        return "".join(written(found, Form.CSV, {}))


@pytest.mark.parametrize("name", library())
def test_a_question_has_its_answer(store: Path, name: str) -> None:
    told = re.sub(r"\b[0-9a-f]{64}\b", "(a hash)", answer(store, name))
    file = ANSWERS / f"{name}.csv"
    if os.environ.get("REASONER_WRITE_ANSWERS") == "1":
        file.parent.mkdir(exist_ok=True)
        file.write_text(told)
    assert told == file.read_text()
    assert (told.count("\n") > 1) == (name not in NONE)


@pytest.mark.parametrize("name", library())
def test_a_question_says_what_it_asks_and_orders_its_rows(name: str) -> None:
    asked = find_question(name)
    assert asked.asks[0].isupper()
    assert "?" in asked.asks
    assert len(asked.asks) < 120
    assert "ORDER BY" in asked.text
    assert all(parameter.says for parameter in asked.parameters)
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", name)


def test_every_prefix_that_a_query_has_by_itself_is_a_word_and_a_name_without_one_is_none(store: Path) -> None:
    assert [prefix for prefix in query_prefixes() if not re.fullmatch("[a-z][a-z0-9]*", prefix)] == []
    assert query_prefixes()["schema"] == SCHEMA.prefix
    ran = reasoner("query", "SELECT * { ?a :domainIncludes ?b }", "--store", store)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("error[syntax]"), ran.err


def test_no_answer_is_of_a_question_that_is_gone() -> None:
    assert sorted(file.stem for file in ANSWERS.glob("*")) == sorted(library())


def test_the_library_is_listed_with_its_parameters() -> None:
    shown = " ".join(listed(as_json=False).split())
    assert len(library()) >= 20
    assert "cases-by-status" in shown
    assert "criterion=iri" in shown
    assert '"default": "determination:NotMet"' in listed(as_json=True)


PAGED = [name for name in library() if "after" in {p.name for p in find_question(name).parameters}]


@pytest.mark.parametrize("name", PAGED)
def test_a_question_that_answers_a_thousand_at_a_time_goes_on_after_a_case(store: Path, name: str) -> None:
    whole = list(csv.DictReader(answer(store, name, after="").splitlines()))
    first = whole[0]["case"]
    rest = [row for row in whole if row["case"] != first]
    assert list(csv.DictReader(answer(store, name, after=first).splitlines())) == rest != whole


def test_imaging_is_older_than_so_many_days_to_the_day(store: Path) -> None:
    name = "cases-on-stale-imaging"
    whole = list(csv.DictReader(answer(store, name, days="0").splitlines()))
    ages = {int(row["age"]) for row in whole}
    assert len(ages) > 1
    for days in {day for age in ages for day in (age - 1, age, age // 30 * 30)}:
        older = [row for row in whole if int(row["age"]) > days]
        assert list(csv.DictReader(answer(store, name, days=str(days)).splitlines())) == older, days


def test_a_refused_case_stands_among_the_cases_once_with_the_code_of_its_problem(tmp_path: Path) -> None:
    bad = edited(MET, tmp_path / "bad" / "case.trig", ("core:presence", "core:presense"))
    made(tmp_path / "store", [bad.parent, folder("cases") / "v01-all-met", folder("cases") / "v07-three-levels"])
    (refused,) = csv.DictReader(answer(tmp_path / "store", "refused-cases").splitlines())
    found = list(csv.DictReader(answer(tmp_path / "store", "cases", after="").splitlines()))
    assert [row["case"] for row in found] == ["bad", "v01-all-met", "v07-three-levels"]
    assert [row["outcome"] == "refused" for row in found] == [True, False, False]
    assert found[0]["reason"] == refused["code"] != ""
