"""The command that judges many cases."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from reasoner.batch.options import PART_SIZE, VERIFIED, Format, Options
from reasoner.cli.options import Argument, AsOf, EngineName, Exit, GuidelineName, Option, TableForm, day, emit, tell
from reasoner.errors import ExitCode


def batch(
    inputs: Annotated[
        list[str],
        Argument(
            metavar="INPUT...",
            help="Case folders, folders of them, files of one or many cases (TriG, N-Quads; .gz, .zst), "
            "Parquet tables; - reads N-Quads from standard input.",
        ),
    ],
    out: Annotated[Path, Option("--out", metavar="DIR", help="A new folder for the output.")],
    formats: Annotated[
        list[Format] | None,
        Option("--format", help="Parquet if left out; may be given several times."),
    ] = None,
    rationale: Annotated[bool, Option("--rationale", help="Add the rationale's text.")] = False,
    resume: Annotated[bool, Option("--resume", help="Go on where a run into the same folder stopped.")] = False,
    workers: Annotated[int | None, Option("--workers", min=1, help="How many processes; one for each core.")] = None,
    part_size: Annotated[int, Option("--part-size", min=1, metavar="CASES", help="Cases in one file.")] = PART_SIZE,
    verify: Annotated[
        int,
        Option("--verify", min=0, metavar="N", help="Cases to judge again on the reference engine (not with --spark)."),
    ] = VERIFIED,
    seed: Annotated[int, Option("--seed", help="What those are drawn by.")] = 0,
    spark: Annotated[
        str | None,
        Option("--spark", metavar="MASTER", help="Have a Spark cluster judge Parquet tables: spark://host:7077."),
    ] = None,
    summary: Annotated[TableForm, Option("--summary", help="The summary for people or for programs.")] = TableForm.TEXT,
    as_of: AsOf = None,
    guideline: GuidelineName = None,
    engine: EngineName = None,
) -> None:
    """Determine many cases into tables; a case that cannot be judged becomes a row in problems.

    Example: reasoner batch cases --guideline G1 --out scratch/determined
    """
    from reasoner.batch.report import summary_json, summary_text
    from reasoner.batch.runner import INTERRUPTED, InterruptedRunError, run
    from reasoner.cases import manner
    from reasoner.tables import CaseProgress

    asked = Options(
        tuple(inputs), out, manner(engine, day(as_of), guideline), tuple(formats or [Format.PARQUET]),
        rationale, part_size, workers, verify, seed,
    )  # fmt: skip
    try:
        if spark:
            from reasoner.batch.spark import run_on_spark

            found = run_on_spark(asked, spark)
        else:
            with CaseProgress() as progress:
                found = run(asked, resume=resume, watcher=progress)
    except InterruptedRunError as error:
        tell(error)
        raise Exit(INTERRUPTED) from None
    emit(summary_json(found) if summary is TableForm.JSON else summary_text(found), None)
    if found.disagreeing:
        raise Exit(ExitCode.KNOWLEDGE_BASE)
    if found.with_problems:
        raise Exit(ExitCode.INPUT_REFUSED)
