"""The command that opens a store to a browser."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from reasoner.cli.options import Argument, Option, emit


def serve(
    folder: Annotated[Path, Argument(metavar="DIR", help="The store's folder.")],
    bind: Annotated[
        str, Option("--bind", metavar="ADDRESS", help="Listen there; by default only this machine can ask.")
    ] = "127.0.0.1",
    port: Annotated[int, Option("--port", min=0, max=65535, help="The port; 0 for any that is free.")] = 7878,
    limit: Annotated[
        float, Option("--limit-seconds", min=0.1, metavar="SECONDS", help="A query that takes longer is stopped.")
    ] = 60.0,
) -> None:
    """Open a store to a browser and to every program that speaks SPARQL, to be read only.

    Example: reasoner store serve scratch/store
    """
    from reasoner.workbench.serving import serve as run

    run(folder, (bind, port), limit, lambda words: emit(words, None))
