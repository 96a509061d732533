"""Arrow tables as DataFrames: the only module that knows their library (pandas)."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from reasoner.errors import Problem, UsageError

try:
    pd: Any = import_module("pandas")  # which says nothing of its types
except ModuleNotFoundError as absent:
    raise UsageError(
        Problem(
            "no-pandas", "reasoner.store", None, "The library for DataFrames (pandas) is not installed.",
            "Install the extra: pip install '.[notebook]', or take the rows or the Arrow table.",
        )
    ) from absent  # fmt: skip

TYPES = {
    "int64": pd.Int64Dtype(), "double": pd.Float64Dtype(), "bool": pd.BooleanDtype(), "string": pd.StringDtype(),
}  # fmt: skip
"""Pandas's own types with missing values, by the names of Arrow's; days are ``datetime64``."""


def frame(table: Any) -> Any:
    """A DataFrame with the columns of a table without decimals."""
    return table.to_pandas(types_mapper=lambda kind: TYPES.get(str(kind)), date_as_object=False)
