"""A batch on a Spark cluster: its workers read their own shards and judge them by the function of every runner.

The only module that imports Spark. Spark divides the table of cases, tries again what a lost worker had begun, and
commits each row once; nothing of that is done here.
"""

from __future__ import annotations

import shutil
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from py4j.protocol import Py4JError
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession, Window
from pyspark.sql import functions as F  # noqa: N812 - as all the world calls it
from pyspark.sql.pandas.types import from_arrow_schema

from reasoner.batch.arrow import ANSWERED, GIVEN, answered_table, one_batch
from reasoner.batch.columns import determine_batch
from reasoner.batch.disagree import TEXTS
from reasoner.batch.options import Format
from reasoner.batch.runner import Summary
from reasoner.batch.sample import Sample, drawn_from, even_share
from reasoner.batch.verify import counted, verdicts
from reasoner.errors import Problem, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from pyspark.sql import DataFrame

    from reasoner.batch.arrow import Batch
    from reasoner.batch.options import Options
    from reasoner.batch.row import Asks, Row
    from reasoner.batch.verify import Verdict, Watcher
    from reasoner.cases import Manner

CHUNK_CASES = 100
"""Cases that a worker is given at once."""
SHARD_BYTES = 16 << 20
"""How much of a table one task reads at most, and never of two files: so that a lost worker costs a minute."""
KEY = ("case", "file")
"""By what a case is found again."""
STRATUM = ("edition_label", "outcome")
UNVERIFIED = "unverified"
"""The folder of what is determined, while a sample of it is judged again."""
ANSWERS = "answers"
"""The folder of what is determined, one row a case with everything in it; the other tables are read from it."""
DEFAULTS = {
    "spark.sql.execution.arrow.maxRecordsPerBatch": str(CHUNK_CASES),
    "spark.sql.files.maxPartitionBytes": str(SHARD_BYTES),
    "spark.sql.files.openCostInBytes": str(SHARD_BYTES),
    "spark.sql.shuffle.partitions": "32",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.parquet.compression.codec": "zstd",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}


def run_on_spark(options: Options, master: str, watcher: Watcher) -> Summary:
    """Judge every case of Parquet tables (columns ``case`` and ``content``) and write Parquet tables.

    A sample is judged again on this machine, by the reference engine. Raises `UsageError` where Spark cannot read,
    run or write.
    """
    _refuse_unfit(options)
    try:
        with _session(master) as session:
            return _run(session, options, watcher)
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


def _run(session: SparkSession, options: Options, watcher: Watcher) -> Summary:
    start = time.monotonic()
    given, out = _given(session.read.parquet(*options.inputs)), options.out
    judging = judged_by(options.manner, options.asks)
    given.mapInArrow(judging, from_arrow_schema(ANSWERED)).write.parquet(str(out / UNVERIFIED))
    answered = session.read.parquet(str(out / UNVERIFIED))
    found = None if options.unverified else _verified(given, answered, options, watcher)
    disagreeing = [verdict.after for verdict in found or () if verdict.disagrees]
    if disagreeing:
        _marked(answered, disagreeing).write.parquet(str(out / ANSWERS))
        shutil.rmtree(out / UNVERIFIED)
    else:
        (out / UNVERIFIED).rename(out / ANSWERS)
    answered = session.read.parquet(str(out / ANSWERS))
    _write_tables(answered, out)
    told = _counted(answered, time.monotonic() - start)
    return replace(told, verified=None if found is None else tuple(counted(found)), unverified=options.unverified)


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


def _verified(given: DataFrame, answered: DataFrame, options: Options, watcher: Watcher) -> list[Verdict]:
    """A sample judged again on this machine; at most about twice its cases come here, whatever the tables hold."""
    drawn = F.broadcast(_drawn(answered, options))
    texts = given.join(drawn.select(*KEY), list(KEY), "left_semi").select(*GIVEN.names)
    silent = answered.withColumns({text: F.lit(None).cast("string") for text in TEXTS})
    answers = silent.join(drawn, list(KEY)).orderBy("rank", *KEY)
    sample = Sample(options.verify, options.seed)
    sample.hold(drawn_from(one_batch(texts.toArrow()), one_batch(answers.toArrow())))
    return list(verdicts(sample.chosen(), options, watcher))


def _drawn(answered: DataFrame, options: Options) -> DataFrame:
    """The cases of lowest rank in each stratum, as many as may be wanted; none of those that share name and file."""
    sizes = [row["count"] for row in answered.groupBy(*STRATUM).count().collect()]
    told = F.concat(F.lit(f"{options.seed}\0"), F.col("case"), F.lit("\0"), F.coalesce("sha256", F.lit("")))
    rank = F.sha2(told.cast("binary"), 256)  # as `sample.rank_of` has it
    sharing, order = Window.partitionBy(*KEY), Window.partitionBy(*STRATUM).orderBy("rank", *KEY)
    ranked = answered.select(*KEY, *STRATUM, rank.alias("rank"), F.count("*").over(sharing).alias("sharing"))
    first = ranked.filter("sharing = 1").withColumn("at", F.row_number().over(order))
    return first.filter(F.col("at") <= even_share(options.verify, sizes) + 1).select(*KEY, "rank")


def _marked(answered: DataFrame, rows: list[Row]) -> DataFrame:
    """The answers with some rows as they should be."""
    whole = F.struct(*ANSWERED.names)
    new = answered.sparkSession.createDataFrame(answered_table(rows)).select(*KEY, whole.alias("new"))
    joined = answered.join(F.broadcast(new), list(KEY), "left")
    return joined.select(F.coalesce("new", whole).alias("row")).select("row.*")


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
