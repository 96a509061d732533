"""The one function that every runner calls: Arrow record batches of cases in, of determinations out."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from reasoner.batch.arrow import Batch, answered_batch, cases_of
from reasoner.batch.core import determine_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reasoner.batch.row import Asks, CaseText, Row
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
    moved = tuple(p._replace(line=p.line + case.line - 1) if p.line else p for p in row.problems)
    return row._replace(problems=moved)


def json_line(row: Row) -> str:
    """A row as one line of JSON: what `arrow.ANSWERED` names, without the determination's graph."""
    told = _plain(row)
    del told["determination"]
    told["as_of"] = row.as_of.isoformat() if row.as_of else None
    return json.dumps(told, ensure_ascii=False) + "\n"


def _plain(value: Any) -> Any:
    """Named tuples as objects and tuples as lists."""
    if isinstance(value, tuple):
        named = getattr(value, "_fields", None)
        return dict(zip(named, map(_plain, value), strict=True)) if named else list(map(_plain, value))
    return value
