"""The one function that every runner calls: Arrow record batches of cases in, of determinations out."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

from reasoner.batch.arrow import Batch, answered_batch, cases_of
from reasoner.batch.core import determine_rows
from reasoner.batch.row import (
    CautionRow,
    CriterionRow,
    DiscrepancyRow,
    ProblemRow,
    RequestRow,
    Row,
    RungRow,
)  # fmt: skip

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reasoner.batch.row import Asks, CaseText
    from reasoner.cases import Manner


def determine_batch(batch: Batch, manner: Manner, asks: Asks) -> Batch:
    """One row for each case of a batch (`arrow.GIVEN`), in order, with the columns of `arrow.ANSWERED`."""
    cases = cases_of(batch)
    rows = determine_rows(cases, manner, asks)
    return rows_batch([_placed(row, case) for row, case in zip(rows, cases, strict=True)], asks)


def rows_batch(rows: Sequence[Row], asks: Asks) -> Batch:
    """Rows as a batch, with a column of JSON where that is asked for."""
    return answered_batch(rows, [json_line(row) for row in rows] if asks.json else None)


def _placed(row: Row, case: CaseText) -> Row:
    """A row whose problems name the lines of the file, not those of the case in it."""
    if case.line == 1 or not row.problems:
        return row
    moved = tuple(
        p._replace(line=p.line + case.line - 1) if p.line and p.file == case.file else p for p in row.problems
    )
    return row._replace(problems=moved)


def json_line(row: Row) -> str:
    """A row as one line of JSON: what `arrow.ANSWERED` names, without the determination's graph."""
    return line_of_told(_plain(row))


def line_of_told(told: dict[str, Any]) -> str:
    """The same of a row as plain values by column."""
    as_of = told["as_of"].isoformat() if told["as_of"] else None
    kept = {**told, "as_of": as_of}
    del kept["determination"]
    return json.dumps(kept, ensure_ascii=False) + "\n"


MEMBERS = {
    "rungs": RungRow, "requests": RequestRow, "criteria": CriterionRow, "cautions": CautionRow,
    "discrepancies": DiscrepancyRow, "problems": ProblemRow,
}  # fmt: skip
"""What the members of a row's lists are."""


def row_of(line: str) -> Row:
    """The row that was written as a line of JSON, without the determination's graph."""
    told = {name: _read(name, value) for name, value in json.loads(line).items()}
    day = told["as_of"]
    return Row(**{**told, "as_of": date.fromisoformat(day) if day else None})


def _read(name: str, value: Any) -> Any:
    if not isinstance(value, list):
        return value
    kind = MEMBERS.get(name)
    if kind is None:
        return tuple(value)
    return tuple(kind(**{k: tuple(v) if isinstance(v, list) else v for k, v in member.items()}) for member in value)


def _plain(value: Any) -> Any:
    """Named tuples as objects and tuples as lists."""
    if isinstance(value, tuple):
        named = getattr(value, "_fields", None)
        return dict(zip(named, map(_plain, value), strict=True)) if named else list(map(_plain, value))
    return value
