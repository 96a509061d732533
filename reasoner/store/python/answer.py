"""The answer to a question, as rows, as an Arrow table, or as a DataFrame."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, overload

from reasoner.store.python.types import typed

if TYPE_CHECKING:
    from reasoner.rdf import Term
    from reasoner.store.python.types import Type, Value


class Answer(Sequence["dict[str, Value]"]):
    """Rows, each a dictionary by the names of the columns, in the order in which the query gives them.

    Integers, decimals, truth values and days are what they are in Python; IRIs and everything else are text; what is
    unbound is ``None``. A column that holds several of them is text.
    """

    def __init__(self, names: Sequence[str], rows: Sequence[tuple[Term | None, ...]]) -> None:
        self.columns: dict[str, list[Value]] = {}
        """The cells of each column."""
        self.types: dict[str, Type] = {}
        """What the cells of each column are."""
        self._number = len(rows)
        for at, name in enumerate(names):
            self.types[name], self.columns[name] = typed([row[at] for row in rows])

    def __len__(self) -> int:
        return self._number

    @overload
    def __getitem__(self, at: int) -> dict[str, Value]: ...
    @overload
    def __getitem__(self, at: slice) -> list[dict[str, Value]]: ...
    def __getitem__(self, at: int | slice) -> dict[str, Value] | list[dict[str, Value]]:
        if isinstance(at, slice):
            return [self[each] for each in range(*at.indices(len(self)))]
        return {name: cells[at] for name, cells in self.columns.items()}

    def __repr__(self) -> str:
        return f"<{len(self)} rows of {', '.join(self.columns)}>"

    def arrow(self) -> Any:
        """A ``pyarrow.Table``. Raises `UsageError` where pyarrow is not installed."""
        from reasoner.batch.arrow import typed_table  # noqa: PLC0415 - rows need no library

        return typed_table(self.columns, self.types)

    def frame(self) -> Any:
        """A ``pandas.DataFrame`` with columns that know what is missing; decimals are floating-point numbers in it.

        Raises `UsageError` where pandas is not installed.
        """
        from reasoner.batch.arrow import without_decimals  # noqa: PLC0415
        from reasoner.store.python.frame import frame  # noqa: PLC0415

        return frame(without_decimals(self.arrow()))
