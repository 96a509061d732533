"""Synthetic cases in any number, over all cores; what is written never depends on how many those are."""

from __future__ import annotations

import csv
import io
import multiprocessing
import signal
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reasoner.errors import Problem, ReasonerError, UsageError
from reasoner.ontology import load_ontology
from reasoner.output import make_folder, write_whole
from reasoner.synthetic.files import ENDINGS, TABLE
from reasoner.synthetic.shards import Place, write_folders, write_shard
from reasoner.synthetic.stock import stocks
from reasoner.synthetic.words import Words, words

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.synchronize import Event
    from pathlib import Path

    from reasoner.synthetic.model import Stock

NQUADS, FOLDERS = "nquads", "folders"
"""Forms, beside the table of `files`."""
COMPRESSIONS = tuple(kind for kind in ENDINGS if kind != TABLE)
FOLDERS_AT_ONCE = 100
"""How many case folders one worker writes at a time."""


class InterruptedSynthesisError(ReasonerError):
    """Cases that Ctrl-C ended the making of."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked for."""

    cases: int
    seed: int
    form: str = NQUADS
    shard_size: int = 10_000
    compression: str = "zstd"
    broken: float = 0.0
    workers: int = 1


def synthesize(order: Order, folder: Path) -> str:
    """Write the cases into a new or empty folder; a table of what was written, as it stands in ``editions.csv``.

    Raises `UsageError` for a folder that holds something and for an order that makes no sense, and
    `InterruptedSynthesisError` after Ctrl-C.
    """
    _check(order, folder)
    ontology = load_ontology()
    made, told = stocks(ontology), words(ontology)
    make_folder(folder)
    counts: Counter[int] = Counter()
    try:
        for part in _parts(order, folder, made, told):
            counts.update(part)
    except KeyboardInterrupt:
        said = "Stopped. The files that stand there are whole, but the folder is not."
        fix = "Give the same command with a new folder: it makes the same cases."
        raise InterruptedSynthesisError(Problem("stopped", str(folder), None, said, fix)) from None
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
        ("--compression", order.compression, order.compression not in COMPRESSIONS, f"One of {COMPRESSIONS}."),
    ]
    for option, value, is_wrong, fix in wrong:
        if is_wrong:
            raise UsageError(Problem("not-possible", option, None, f"{value} makes no sense here.", fix))
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        said = "The folder is not empty." if folder.is_dir() else "This is not a folder."
        raise UsageError(Problem("not-empty", str(folder), None, said, "Name a new folder."))


def _parts(order: Order, folder: Path, made: tuple[Stock, ...], told: Words) -> Iterator[Counter[int]]:
    size = FOLDERS_AT_ONCE if order.form == FOLDERS else order.shard_size
    starts = range(1, order.cases + 1, size)
    jobs = [(n, range(start, min(start + size, order.cases + 1))) for n, start in enumerate(starts)]
    making = order, folder, made, told
    if order.workers == 1 or len(jobs) == 1:
        _making[:] = [making]
        yield from map(_job, jobs)
        return
    context = multiprocessing.get_context("spawn")
    stop = context.Event()
    with ProcessPoolExecutor(min(order.workers, len(jobs)), context, _begin, (making, stop)) as pool:
        try:
            with _deaf():
                found = pool.map(_job, jobs)
            yield from found
        except BaseException:
            stop.set()
            pool.shutdown(wait=True, cancel_futures=True)
            raise


@contextmanager
def _deaf() -> Iterator[None]:
    """Start processes that never hear Ctrl-C themselves: they are told by us, who hear it when all are started."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


_making: list[tuple[Order, Path, tuple[Stock, ...], Words]] = []
"""What a worker makes cases from, given once when it begins."""
_stop: list[Event] = []
"""What tells a worker to leave off."""


def _begin(making: tuple[Order, Path, tuple[Stock, ...], Words], stop: Event) -> None:
    _making[:], _stop[:] = [making], [stop]


def _job(job: tuple[int, range]) -> Counter[int]:
    number, numbers = job
    order, folder, made, told = _making[0]
    making = order.seed, made, told, order.broken
    if order.form == FOLDERS:
        return write_folders(folder, _until_told(numbers), load_ontology(), making)
    kind = TABLE if order.form == TABLE else order.compression
    return write_shard(Place(folder, f"synthetic-{number:05d}", kind), _until_told(numbers), making)


def _until_told(numbers: range) -> Iterator[int]:
    for number in numbers:
        if _stop and _stop[0].is_set():
            raise KeyboardInterrupt
        yield number


def _listed(order: Order, made: tuple[Stock, ...], counts: Counter[int]) -> str:
    """What stands in which folder, and how it is to be judged."""
    output = io.StringIO()
    table = csv.writer(output, lineterminator="\n")
    table.writerow(["folder", "cases", "seed", "edition", "label", "judge with"])
    for number, stock in enumerate(made):
        manner = "" if stock.jurisdiction else f"--guideline {stock.notation}"
        table.writerow([stock.folder, counts[number], order.seed, stock.path, stock.label, manner])
    return output.getvalue()
