"""Synthetic cases in any number, over all cores; what is written never depends on how many those are."""

from __future__ import annotations

import csv
import io
import multiprocessing
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reasoner.errors import Problem, UsageError
from reasoner.ontology import load_ontology
from reasoner.output import make_folder, write_whole
from reasoner.synthetic.shards import ENDINGS, write_folders, write_shard
from reasoner.synthetic.stock import stocks
from reasoner.synthetic.words import Words, words

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from reasoner.synthetic.model import Stock

FOLDERS = 100
"""How many case folders one worker writes at a time."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked for."""

    cases: int
    seed: int
    folders: bool = False
    shard_size: int = 10_000
    compression: str = "zstd"
    broken: float = 0.0
    workers: int = 1


def synthesize(order: Order, folder: Path) -> str:
    """Write the cases into a new or empty folder; a table of what was written, as it stands in ``editions.csv``.

    Raises `UsageError` for a folder that holds something and for an order that makes no sense.
    """
    _check(order, folder)
    ontology = load_ontology()
    made, told = stocks(ontology), words(ontology)
    make_folder(folder)
    counts: Counter[int] = Counter()
    for part in _parts(order, folder, made, told):
        counts.update(part)
    listed = _listed(order, made, counts)
    write_whole(folder / "editions.csv", listed)
    write_whole(folder / "README.md", f"# Synthetic cases\n\n{told.notice}\n")
    return listed


def _check(order: Order, folder: Path) -> None:
    wrong = [
        ("--cases", order.cases, order.cases < 1, "Ask for one case or more."),
        ("--shard-size", order.shard_size, order.shard_size < 1, "A shard holds one case or more."),
        ("--workers", order.workers, order.workers < 1, "One worker or more."),
        ("--broken", order.broken, not 0 <= order.broken <= 1, "Give a share, from 0 to 1."),
        ("--compression", order.compression, order.compression not in ENDINGS, f"Known are {', '.join(ENDINGS)}."),
    ]
    for option, value, is_wrong, fix in wrong:
        if is_wrong:
            raise UsageError(Problem("not-possible", option, None, f"{value} makes no sense here.", fix))
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        said = "The folder is not empty." if folder.is_dir() else "This is not a folder."
        raise UsageError(Problem("not-empty", str(folder), None, said, "Name a new folder."))


def _parts(order: Order, folder: Path, made: tuple[Stock, ...], told: Words) -> Iterator[Counter[int]]:
    size = FOLDERS if order.folders else order.shard_size
    starts = range(1, order.cases + 1, size)
    jobs = [(n, range(start, min(start + size, order.cases + 1))) for n, start in enumerate(starts)]
    making = order, folder, made, told
    if order.workers == 1 or len(jobs) == 1:
        _begin(*making)
        yield from map(_job, jobs)
        return
    with ProcessPoolExecutor(
        min(order.workers, len(jobs)), multiprocessing.get_context("spawn"), _begin, making
    ) as pool:
        try:
            yield from pool.map(_job, jobs)
        except BaseException:
            pool.shutdown(wait=True, cancel_futures=True)
            raise


_making: list[tuple[Order, Path, tuple[Stock, ...], Words]] = []
"""What a worker makes cases from, given once when it begins."""


def _begin(order: Order, folder: Path, made: tuple[Stock, ...], told: Words) -> None:
    _making[:] = [(order, folder, made, told)]


def _job(job: tuple[int, range]) -> Counter[int]:
    number, numbers = job
    order, folder, made, told = _making[0]
    making = order.seed, made, told, order.broken
    if order.folders:
        return write_folders(folder, numbers, load_ontology(), making)
    return write_shard(folder, numbers, f"synthetic-{number:05d}", order.compression, making)


def _listed(order: Order, made: tuple[Stock, ...], counts: Counter[int]) -> str:
    """What stands in which folder, and how it is to be judged."""
    output = io.StringIO()
    table = csv.writer(output, lineterminator="\n")
    table.writerow(["folder", "cases", "seed", "edition", "label", "judge with"])
    for number, stock in enumerate(made):
        manner = "" if stock.jurisdiction else f"--guideline {stock.notation}"
        table.writerow([stock.folder, counts[number], order.seed, stock.path, stock.label, manner])
    return output.getvalue()
