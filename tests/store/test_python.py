"""A store asked from Python gives what the command gives, typed, of one generation, and is never written to."""

from __future__ import annotations

import gc
import json
import shutil
import subprocess
import sys
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa
import pytest
from support import reasoner as command

import reasoner.store
from reasoner.data import folder
from reasoner.errors import UsageError
from reasoner.rdf import Iri, Literal
from reasoner.store.build import remove
from reasoner.store.library import find_question, library
from reasoner.store.place import clear, current
from reasoner.store.python.answer import Answer
from reasoner.terms import XSD

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from reasoner.rdf import Term
    from reasoner.store.python.handle import Handle

ONE = (folder("cases") / "v01-all-met").name
COUNT = "SELECT (COUNT(*) AS ?n) { ?case a store:Case }"


@pytest.fixture(scope="module")
def opened(store: Path) -> Iterator[Handle]:
    with reasoner.store.open(store) as handle:
        yield handle


def column(*terms: Term | None) -> Answer:
    return Answer(("x",), [(term,) for term in terms])


# ---------------------------------------------------------------- One line each


def test_a_question_gives_the_rows_that_the_command_gives(store: Path, opened: Handle) -> None:
    told = json.loads(command("query", "outcomes", "--store", store, "--format", "json").out)
    rows = [{name: cell["value"] for name, cell in row.items()} for row in told["results"]["bindings"]]
    answer = opened.query("outcomes")
    assert [{name: str(cell) for name, cell in row.items() if cell is not None} for row in answer] == rows
    assert len(answer) == len(rows) > 3
    assert list(answer.columns) == told["head"]["vars"]


def test_a_question_gives_an_arrow_table_and_a_data_frame(opened: Handle) -> None:
    answer = opened.query("outcomes")
    table, frame = answer.arrow(), answer.frame()
    assert table.to_pylist() == list(answer)
    assert table.schema.field("cases").type == pa.int64()
    assert isinstance(frame, pd.DataFrame)
    assert frame["cases"].sum() == opened.query(COUNT)[0]["n"]
    assert frame["reason"].isna().sum() == len([row for row in answer if row["reason"] is None]) > 0


@pytest.mark.parametrize("name", [n for n in library() if all(p.default for p in find_question(n).parameters)])
def test_every_question_of_the_library_becomes_a_table(opened: Handle, name: str) -> None:
    answer = opened.query(name)
    assert answer.arrow().num_rows == len(answer.frame()) == len(answer)


def test_a_query_of_your_own_is_asked_by_its_text_or_its_file(opened: Handle, tmp_path: Path) -> None:
    (tmp_path / "mine.rq").write_text(COUNT)
    assert opened.query(str(tmp_path / "mine.rq"))[0] == opened.query(COUNT)[0]
    assert opened.query("ASK { ?s ?p ?o }")[0] == {"answer": True}
    triples = opened.query("CONSTRUCT { ?c a store:Case } WHERE { ?c a store:Case }")
    assert list(triples.columns) == ["subject", "predicate", "object"]
    assert len(triples) == opened.query(COUNT)[0]["n"]


def test_rows_can_be_sliced_and_counted_from_the_end(opened: Handle) -> None:
    answer = opened.query("cases")
    assert answer[-1] == list(answer)[-1]
    assert answer[:2] == list(answer)[:2]
    with pytest.raises(IndexError):
        answer[len(answer)]


# ---------------------------------------------------------------- Parameters are values


@pytest.mark.parametrize(
    ("kind", "value", "term"),
    [
        ("text", 'a " } UNION { ?s ?p ?o', 'a " } UNION { ?s ?p ?o'),
        ("integer", 7, 7),
        ("integer", -1, -1),
        ("decimal", 0.5, Decimal("0.5")),
        ("decimal", 1e-7, Decimal("0.0000001")),
        ("decimal", Decimal("12.50"), Decimal("12.5")),
        ("boolean", True, True),
        ("date", date(2024, 11, 4), date(2024, 11, 4)),
        ("iri", "core:Present", "https://w3id.org/guideline-reasoner/core#Present"),
    ],
)
def test_a_parameter_is_what_it_is_in_python(opened: Handle, kind: str, value: object, term: object) -> None:
    asked = f"# What is it?\n# param $it: {kind} - it\nSELECT ?x {{ BIND($it AS ?x) }}"
    assert opened.query(asked, it=value)[0] == {"x": term}  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("asked", "parameters", "code"),
    [
        ("witnesses", {}, "no-parameter"),
        ("witnesses", {"criterion": "no name"}, "bad-value"),
        ("witnesses", {"criterion": "g1:NicotineFree", "more": 1}, "no-such-parameter"),
        ("no-such-question", {}, "no-such-query"),
        ("SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }", {}, "calls-out"),
        ("SELECT * FROM <file:///etc/passwd> { ?s ?p ?o }", {}, "calls-out"),
        ("DELETE WHERE { ?s ?p ?o }", {}, "writes"),
        ("SELECT * { ?s ?p }", {}, "syntax"),
    ],
)
def test_what_the_command_refuses_is_refused(
    opened: Handle, asked: str, parameters: dict[str, str | int], code: str
) -> None:
    with pytest.raises(UsageError) as refused:
        opened.query(asked, **parameters)  # type: ignore[arg-type]
    assert refused.value.problems[0].code == code


def test_a_query_that_does_not_end_is_ended(store: Path) -> None:
    cross = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
    with reasoner.store.open(store, limit_seconds=60) as handle, pytest.raises(UsageError) as ended:
        handle.query(cross, limit_seconds=0.5)
    assert ended.value.problems[0].code == "out-of-time"
    with reasoner.store.open(store, limit_seconds=0.5) as handle, pytest.raises(UsageError, match=r"0\.5 seconds"):
        handle.query(cross)


# ---------------------------------------------------------------- The types of columns


def number(text: str, kind: str) -> Literal:
    return Literal(text, XSD[kind])


@pytest.mark.parametrize(
    ("terms", "cells", "kind"),
    [
        ([number("1", "integer"), None], [1, None], pa.int64()),
        ([number("7", "nonNegativeInteger"), number("-3", "int")], [7, -3], pa.int64()),
        ([number(str(1 << 63), "integer")], [str(1 << 63)], pa.string()),
        ([number("0.1", "decimal"), number("2", "integer")], [Decimal("0.1"), Decimal(2)], pa.decimal128(38, 18)),
        ([number("0.0000000000000000001", "decimal")], ["0.0000000000000000001"], pa.string()),
        ([number("1e400", "decimal"), None], ["1e400", None], pa.string()),
        ([number("1.5", "double"), number("2", "integer")], [1.5, 2.0], pa.float64()),
        ([number("INF", "double")], [float("inf")], pa.float64()),
        ([number("true", "boolean"), number("0", "boolean")], [True, False], pa.bool_()),
        ([number("2024-02-29", "date"), None], [date(2024, 2, 29), None], pa.date32()),
        ([number("2024-02-29Z", "date")], ["2024-02-29Z"], pa.string()),
        ([number("2023-02-29", "date")], ["2023-02-29"], pa.string()),
        ([number("2024", "gYear")], ["2024"], pa.string()),
        ([number("x", "integer")], ["x"], pa.string()),
        ([number("2024-02-29", "date"), number("2024", "gYear")], ["2024-02-29", "2024"], pa.string()),
        ([number("1", "integer"), Literal("one")], ["1", "one"], pa.string()),
        ([Literal("eins", language="de"), Iri("http://e.org/1")], ["eins", "http://e.org/1"], pa.string()),
        ([None, None], [None, None], pa.string()),
        ([], [], pa.string()),
    ],
)
def test_a_column_has_the_type_of_its_cells_and_is_text_where_they_differ(
    terms: list[Term | None], cells: list[object], kind: pa.DataType
) -> None:
    answer = column(*terms)
    assert [row["x"] for row in answer] == cells
    assert [type(row["x"]) for row in answer] == [type(cell) for cell in cells]
    assert answer.arrow().schema.field("x").type == kind
    assert answer.arrow()["x"].to_pylist() == cells
    assert answer.frame()["x"].isna().tolist() == [cell is None for cell in cells]


@pytest.mark.parametrize(
    ("term", "kind"),
    [
        (number("1", "integer"), pd.Int64Dtype()),
        (number("0.5", "decimal"), pd.Float64Dtype()),
        (number("0.5", "double"), pd.Float64Dtype()),
        (number("true", "boolean"), pd.BooleanDtype()),
        (Literal("a"), pd.StringDtype()),
    ],
)
def test_a_data_frame_knows_a_missing_number_from_a_fraction(term: Term, kind: object) -> None:
    assert column(term, None).frame()["x"].dtype == kind


def test_days_are_dates_in_a_data_frame() -> None:
    assert column(number("2024-11-04", "date"), None).frame()["x"].dt.year.tolist()[0] == 2024


# ---------------------------------------------------------------- One generation


def test_an_open_store_stays_as_it_was_while_another_is_made(store: Path, tmp_path: Path) -> None:
    root = shutil.copytree(store, tmp_path / "store")
    with reasoner.store.open(root) as before:
        cases = before.query(COUNT)[0]["n"]
        remove(root, [ONE])
        assert before.query(COUNT)[0]["n"] == cases
        with reasoner.store.open(root) as after:
            assert after.query(COUNT)[0]["n"] == int(str(cases)) - 1
    clear(root)
    assert [path.name for path in (root / "generations").iterdir()] == [current(root).path.name]  # type: ignore[union-attr]


def test_a_store_that_nobody_has_any_more_is_closed(store: Path, tmp_path: Path) -> None:
    root = shutil.copytree(store, tmp_path / "store")
    cases = reasoner.store.open(root).query(COUNT)[0]["n"]
    remove(root, [ONE])
    gc.collect()
    clear(root)
    assert len(list((root / "generations").iterdir())) == 1
    assert cases


def test_a_closed_store_is_not_asked(store: Path) -> None:
    handle = reasoner.store.open(store)
    handle.close()
    handle.close()
    with pytest.raises(UsageError, match="closed"):
        handle.query("outcomes")


def test_a_folder_without_a_store_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no store"):
        reasoner.store.open(tmp_path / "nowhere")


@pytest.mark.parametrize(("library", "shows"), [("pandas", "'.[notebook]'"), ("pyarrow", "'.[batch]'")])
def test_who_has_no_library_for_tables_is_told_what_to_install(store: Path, library: str, shows: str) -> None:
    asks = f"""
import sys
sys.modules[{library!r}] = None
import reasoner.store
from reasoner.errors import UsageError
answer = reasoner.store.open({str(store)!r}).query("outcomes")
print(len(list(answer)))
try:
    answer.frame()
except UsageError as told:
    print(told.problems[0].fix)
"""
    ran = subprocess.run([sys.executable, "-c", asks], capture_output=True, text=True, check=True)
    number_of_rows, fix = ran.stdout.splitlines()
    assert int(number_of_rows) > 3
    assert shows in fix
