"""The command that makes synthetic cases."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

from reasoner.cli.options import Argument, Exit, Option, emit, tell

INTERRUPTED = 130
"""The exit code after Ctrl-C, as shells have it."""


class CaseForm(StrEnum):
    """How cases are written."""

    FOLDERS = "folders"
    NQUADS = "nquads"
    PARQUET = "parquet"


class Compression(StrEnum):
    """How N-Quads are compressed."""

    ZSTD = "zstd"
    GZIP = "gzip"
    NONE = "none"


def synthesize(
    folder: Annotated[Path, Argument(metavar="DIR", help="A new folder for the cases.")],
    cases: Annotated[int, Option("--cases", metavar="N", help="How many cases.")],
    seed: Annotated[int, Option("--seed", help="What they are drawn from: the same seed gives the same cases.")] = 0,
    form: Annotated[
        CaseForm, Option("--form", help="A folder for each case, with chart documents; or files of many cases.")
    ] = CaseForm.NQUADS,
    shard_size: Annotated[int, Option("--shard-size", help="How many cases are numbered into one file.")] = 10_000,
    compression: Annotated[Compression, Option("--compression", help="How N-Quads are compressed.")] = Compression.ZSTD,
    broken: Annotated[float, Option("--broken", metavar="RATE", help="The share of cases broken on purpose.")] = 0.0,
    workers: Annotated[int | None, Option("--workers", help="How many processes; one for each core.")] = None,
) -> None:
    """Make synthetic cases from the packaged editions' own criteria, about no real person.

    Example: reasoner synthesize scratch/cases --cases 100 --seed 1
    """
    import os

    from reasoner.synthetic.run import InterruptedSynthesisError, Order, synthesize

    order = Order(cases, seed, form.value, shard_size, compression.value, broken, workers or os.cpu_count() or 1)
    try:
        emit(synthesize(order, folder), None)
    except InterruptedSynthesisError as error:
        tell(error)
        raise Exit(INTERRUPTED) from None
