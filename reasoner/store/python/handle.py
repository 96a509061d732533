"""A store that is open in Python: questions in, answers out, always of the generation that it was opened with."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from datetime import date
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self

from reasoner.errors import Problem, UsageError
from reasoner.rdf import Literal, parse_results
from reasoner.store.asking import ask
from reasoner.store.forms import Form
from reasoner.store.library import find_question, query_prefixes
from reasoner.store.place import reading
from reasoner.store.python.answer import Answer
from reasoner.terms import XSD

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

Value = str | int | float | Decimal | bool | date
"""What a parameter may be given."""
ANSWER = "answer"
"""The column in which the answer to an ASK stands."""


class Handle:
    """An open store. It is closed at the end of a ``with`` block, by `close`, or when nobody has it any more."""

    def __init__(self, folder: str | os.PathLike[str], limit_seconds: float) -> None:
        """Raise `UsageError` where there is no store."""
        self.limit_seconds = limit_seconds
        self._held = ExitStack()
        self._generation = self._held.enter_context(reading(Path(folder)))
        self._open = True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the generation, so that it can be cleared away."""
        self._open = False
        self._held.close()

    def query(self, asked: str, /, *, limit_seconds: float | None = None, **parameters: Value) -> Answer:
        """The answer to a question of the library by name, of a file that ends in ``.rq``, or of SPARQL.

        It is asked as ``reasoner query`` asks: read-only, in a process of its own that is ended when its time is over.
        Raises `UsageError` for a query that may not be asked, that is no SPARQL, or that cannot be answered in time.
        """
        if not self._open:
            words, fix = "The store was closed.", "Open it again: reasoner.store.open(DIR)."
            raise UsageError(Problem("closed", "reasoner.store", None, words, fix))
        given = [f"{name}={_text(value)}" for name, value in parameters.items()]
        seconds = self.limit_seconds if limit_seconds is None else limit_seconds
        with tempfile.TemporaryFile() as file:
            for piece in ask(self._generation, find_question(asked), given, self._prefixes, Form.JSON, seconds):
                file.write(piece.encode())
            file.seek(0)
            found = parse_results(file)
            if isinstance(found, bool):
                return Answer((ANSWER,), [(Literal(_text(found), XSD.boolean),)])
            return Answer(found.names, list(found.rows))

    @cached_property
    def _prefixes(self) -> Mapping[str, str]:
        return query_prefixes()


def _text(value: Value) -> str:
    """A value as ``--param`` takes it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        value = Decimal(repr(value))
    return f"{value:f}" if isinstance(value, Decimal) else str(value)
