"""The command that asks a store."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from reasoner.cli.options import Argument, Option, Out, emit
from reasoner.errors import Problem, UsageError
from reasoner.store.forms import Form


def query(
    asked: Annotated[
        str | None,
        Argument(metavar="QUERY", help="A question of the library by name, a file that ends in .rq, or SPARQL."),
    ] = None,
    store: Annotated[Path, Option("--store", metavar="DIR", help="The store's folder.")] = Path("store"),
    given: Annotated[
        list[str] | None,
        Option("--param", metavar="NAME=VALUE", help="A value of a parameter; may be given several times."),
    ] = None,
    form: Annotated[Form, Option("--format", help="For people, for programs, or for the graph.")] = Form.TABLE,
    limit: Annotated[
        float, Option("--limit-seconds", min=0.1, metavar="SECONDS", help="A query that takes longer is stopped.")
    ] = 60.0,
    library: Annotated[bool, Option("--list", help="List the questions of the library.")] = False,
    out: Out = None,
) -> None:
    """Ask a store: a question of the library, or SPARQL that reads and nothing else.

    Example: reasoner query outcomes --store scratch/store
    """
    from reasoner.output import write_whole_from
    from reasoner.store.asking import ask
    from reasoner.store.library import find_question, listed, query_prefixes

    if library:
        emit(listed(as_json=form is Form.JSON), out)
        return
    if asked is None:
        raise UsageError(Problem("no-query", "QUERY", None, "Nothing is asked.", "See: reasoner query --list"))
    found = ask(store, find_question(asked), given or [], query_prefixes(), form, limit)
    if out:
        write_whole_from(out, found)
        return
    for piece in found:
        emit(piece, None)
