"""A batch on a Spark cluster: its workers read their own shards and judge them by the function of every runner.

The only module that imports Spark. Spark divides the table of cases, tries again what a lost worker had begun, and
commits each row once; nothing of that is done here.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from py4j.protocol import Py4JError
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession
from pyspark.sql import functions as F  # noqa: N812 - as all the world calls it
from pyspark.sql.pandas.types import from_arrow_schema

from reasoner.batch.arrow import ANSWERED, GIVEN
from reasoner.batch.columns import determine_batch
from reasoner.batch.options import Format
from reasoner.batch.runner import Summary
from reasoner.errors import Problem, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from pyspark.sql import DataFrame

    from reasoner.batch.arrow import Batch
    from reasoner.batch.options import Options
    from reasoner.batch.row import Asks
    from reasoner.cases import Manner

CHUNK_CASES = 100
"""Cases that a worker is given at once."""
SHARD_BYTES = 16 << 20
"""How much of a table one task reads at most, and never of two files: so that a lost worker costs a minute."""
ANSWERS = "answers"
"""The folder of what is determined, one row a case with everything in it; the other tables are read from it."""
DEFAULTS = {
    "spark.sql.execution.arrow.maxRecordsPerBatch": str(CHUNK_CASES),
    "spark.sql.files.maxPartitionBytes": str(SHARD_BYTES),
    "spark.sql.files.openCostInBytes": str(SHARD_BYTES),
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.parquet.compression.codec": "zstd",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}


def run_on_spark(options: Options, master: str) -> Summary:
    """Judge every case of Parquet tables (columns ``case`` and ``content``) and write Parquet tables.

    Raises `UsageError` where Spark cannot read, run or write.
    """
    _refuse_unfit(options)
    try:
        with _session(master) as session:
            return _run(session, options)
    except (PySparkException, Py4JError) as error:
        words = f"Spark could not do it: {str(error).strip().splitlines()[0][:300]}"
        fix = "Mend what it names; what it had committed stays in the folder."
        raise UsageError(Problem("spark", master, None, words, fix)) from None


def _refuse_unfit(options: Options) -> None:
    out = options.out
    if out.exists() and any(out.iterdir()):
        words, fix = "The folder holds something already.", "Give an empty folder or none: Spark begins anew."
        raise UsageError(Problem("not-empty", str(out), None, words, fix))
    other = next((name for name in options.inputs if Path(name).suffix not in {"", ".parquet"}), None)
    if other:
        words, fix = "Spark reads Parquet tables of cases.", "Give one, with the columns case and content (N-Quads)."
        raise UsageError(Problem("no-table", other, None, words, fix))
    if set(options.formats) != {Format.PARQUET}:
        words, fix = "Spark writes Parquet only.", "Leave out --format."
        raise UsageError(Problem("no-such-format", "--format", None, words, fix))


def _session(master: str) -> SparkSession:
    builder = SparkSession.builder.master(master).appName("guideline-reasoner")
    for key, value in DEFAULTS.items():
        builder = builder.config(key, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    return session


def _run(session: SparkSession, options: Options) -> Summary:
    start = time.monotonic()
    given = _given(session.read.parquet(*options.inputs))
    judging = judged_by(options.manner, options.asks)
    answers = options.out / ANSWERS
    given.mapInArrow(judging, from_arrow_schema(ANSWERED)).write.parquet(str(answers))
    answered = session.read.parquet(str(answers))
    _write_tables(answered, options.out)
    return _counted(answered, time.monotonic() - start)


def _given(table: DataFrame) -> DataFrame:
    """The columns of a table of cases; the form of the content is N-Quads, and the table's file is its file."""
    missing = {"case", "content"}.difference(table.columns)
    if missing:
        words = f"The table has no column {min(missing)}."
        fix = "Give a table with a row for each case: case, its name, and content, its N-Quads."
        raise UsageError(Problem("no-column", "INPUT", None, words, fix))
    beside = {"file": F.input_file_name(), "ending": F.lit(".nq"), "line": F.lit(1).cast("long")}
    columns = [F.col(name) if name in table.columns else beside[name].alias(name) for name in GIVEN.names]
    return table.select(*columns)


def judged_by(manner: Manner, asks: Asks) -> Callable[[Iterable[Batch]], Iterator[Batch]]:
    """The function that a worker is sent: batches of cases in, batches of rows out."""

    def judged(batches: Iterable[Batch]) -> Iterator[Batch]:
        for batch in batches:
            yield determine_batch(batch, manner, asks)

    return judged


def _write_tables(answered: DataFrame, out: Path) -> None:
    """The same three tables as on one machine: one row a case, one a criterion, one a problem."""
    nested = ("criteria", "problems", "determination")
    answered.drop(*nested).write.parquet(str(out / "cases"))
    for name, beside in (("criteria", ("case", "edition")), ("problems", ("case",))):
        member = F.explode(name).alias("member")
        answered.select(*beside, member).select(*beside, "member.*").write.parquet(str(out / name))


def _counted(answered: DataFrame, seconds: float) -> Summary:
    outcomes: dict[str, dict[str, int]] = {}
    judged = answered.filter(F.col("outcome").isNotNull()).groupBy("edition_label", "outcome").count().collect()
    for edition, outcome, number in sorted(judged):
        outcomes.setdefault(edition, {})[outcome] = number
    found = answered.select("case", F.explode("problems.code").alias("code")).distinct().groupBy("code").count()
    cases, problems = answered.count(), dict(sorted(map(tuple, found.collect())))
    return Summary(cases, sum(map(sum, (o.values() for o in outcomes.values()))), 0, outcomes, problems, seconds, cases)
