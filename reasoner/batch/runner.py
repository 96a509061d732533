"""A batch on this machine: read here, judged in one process for each core, written part by part in the order read."""

from __future__ import annotations

import fcntl
import os
import signal
import time
from collections import Counter
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from reasoner.batch.chunks import Reading, tasks
from reasoner.batch.disagree import CODE
from reasoner.batch.disk import UNFINISHED, is_there
from reasoner.batch.journal import NAME, Journal, made_from, read_journal, refuse_other, write_journal
from reasoner.batch.parts import PartWriter
from reasoner.batch.pool import PartEnd, Pool
from reasoner.batch.sources import STDIN, Sources
from reasoner.batch.verify import sample_so_far, verify
from reasoner.errors import Problem, ReasonerError, UsageError
from reasoner.guideline.edition_file import all_editions, read_edition
from reasoner.ontology import load_ontology
from reasoner.output import make_folder
from reasoner.select import find_edition

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from reasoner.batch.journal import Part, Verified
    from reasoner.batch.options import Options

INTERRUPTED = 130
"""The exit code after Ctrl-C, as shells have it."""


class InterruptedRunError(ReasonerError):
    """A run that Ctrl-C ended between two parts."""


class Watcher(Protocol):
    """Who is told how far a run is."""

    def reached(self, cases: int, fraction: float | None) -> None:
        """So many cases are judged, and that much of the input is read."""

    def verified(self, cases: int, number: int) -> None:
        """So many cases of a number are verified."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What a run found."""

    cases: int
    judged: int
    unread_files: int
    outcomes: dict[str, dict[str, int]]
    problems: dict[str, int]
    seconds: float
    cases_now: int
    """Cases of this run, without those that an earlier one had done."""
    verified: tuple[Verified, ...] | None = None
    """What was verified; nothing where nothing was to be."""
    unverified: str = ""
    """Why nothing was."""

    @property
    def with_problems(self) -> bool:
        """Whether a case was not judged or a file not read."""
        return bool(self.problems)

    @property
    def disagreeing(self) -> int:
        """On how many cases the engines disagree."""
        return self.problems.get(CODE, 0)


def run(options: Options, *, resume: bool, watcher: Watcher) -> Summary:
    """Judge every case and write every part; with ``resume``, those that are not written yet.

    Raises `UsageError` for a folder that holds something else and for one that cannot be written to,
    `InterruptedRunError` after Ctrl-C. Whatever is raised, the parts that are written stay whole.
    """
    start = time.monotonic()
    sources = Sources(options.inputs)
    if options.manner.guideline:
        refuse_unknown(options.manner.guideline)
    make_folder(options.out)
    with _locked(options.out), _told(options):
        journal = _begun(options, resume=resume)
        before = journal.cases
        if not journal.complete:
            _go_on(journal, sources, options, watcher)
    return _summary(journal, options, time.monotonic() - start, journal.cases - before)


def _go_on(journal: Journal, sources: Sources, options: Options, watcher: Watcher) -> None:
    reading = Reading(sources)
    _skip(reading, journal)
    sample = sample_so_far(options, journal)
    writer, cases = PartWriter(len(journal.parts), options, sample), journal.cases
    watcher.reached(cases, sources.fraction())
    try:
        with Pool(options.processes, options.manner, options.asks) as pool:
            for task in pool.ordered(tasks(reading, options.asks, options.part_size)):
                if task.answer is not None:
                    writer.add(task.answer, task.cases)
                    cases += task.answer.num_rows
                    watcher.reached(cases, sources.fraction())
                if task.ends:
                    journal.parts.append(writer.finish(task.ends))
                    write_journal(journal, options.out)
                    writer = PartWriter(len(journal.parts), options, sample)
    finally:
        with _unbroken():
            writer.abandon()
    if not journal.parts:
        raise UsageError(Problem("no-cases", ", ".join(options.inputs), None, "There is no case.", "Check the paths."))
    if sample:
        verify(journal, sample, options, watcher)
    journal.complete = True
    write_journal(journal, options.out)


def refuse_unknown(guideline: str) -> None:
    """Raise `UsageError` for a name that means no edition on any day, before a million cases are refused for it."""
    ontology = load_ontology()
    spans = [read_edition(path, ontology).in_force for path in all_editions()]
    refused: UsageError | None = None
    for day in filter(None, (end for span in spans for end in (span.first, span.last))):
        try:
            find_edition(guideline, day, ontology)
        except UsageError as error:
            refused = error
        else:
            return
    if refused:
        raise refused


def _begun(options: Options, *, resume: bool) -> Journal:
    """The journal to go on with, or a new one."""
    out, now = options.out, made_from(options.told(), options.manner.guideline)
    journal = read_journal(out) if resume else None
    if journal is None:
        if any(out.iterdir()):
            words = "The folder holds something already."
            fix = "Give an empty folder or none, or go on with a run that stopped: --resume."
            raise UsageError(Problem("not-empty", str(out), None, words, fix))
        journal = Journal(now)
        write_journal(journal, out)
    refuse_other(journal, now, out)
    sound = next((i for i, part in enumerate(journal.parts) if not _is_whole(part, out)), len(journal.parts))
    if sound < len(journal.parts):
        del journal.parts[sound:]
        journal.complete, journal.verified = False, None
    for left in out.glob(f"*/.*{UNFINISHED}"):
        left.unlink()
    return journal


def _is_whole(part: Part, out: Path) -> bool:
    return all(is_there(out / name, found) for name, found in part.files.items())


def _skip(reading: Reading, journal: Journal) -> None:
    """Read over what is done. Raises `UsageError` where it is not what was read then."""
    for number, part in enumerate(journal.parts):
        if reading.skip(part.items) != PartEnd(part.items, part.digest):
            words = f"What is read now is not what part {number} was made from."
            fix = "Give the input as it was, or begin anew with another --out."
            raise UsageError(Problem("other-input", NAME, None, words, fix))


@contextmanager
def _locked(out: Path) -> Iterator[None]:
    """Keep a second run out of the folder."""
    handle = os.open(out, os.O_RDONLY)
    try:
        _lock(handle, out)
        yield
    finally:
        os.close(handle)


def _lock(handle: int, out: Path) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        words, fix = "Another run is writing into the folder.", "Wait for it, or give another folder with --out."
        raise UsageError(Problem("in-use", str(out), None, words, fix)) from None


@contextmanager
def _told(options: Options) -> Iterator[None]:
    """Tell of Ctrl-C and of a disk that takes no more in words that help."""
    try:
        yield
    except KeyboardInterrupt:
        raise InterruptedRunError(_stopped(options)) from None
    except OSError as error:
        words = f"The output cannot be written: {error.strerror or error}."
        fix = "Make room, then give the same command with --resume: the parts that are written stay."
        raise UsageError(Problem("cannot-write", error.filename or str(options.out), None, words, fix)) from None


def _stopped(options: Options) -> Problem:
    with suppress(UsageError):
        journal = read_journal(options.out)
        if journal and journal.parts:
            words = f"Stopped. {journal.cases:,} cases are written, in {len(journal.parts)} whole parts."
            again = "the same command with --resume" + (", and the same input" if STDIN in options.inputs else "")
            return Problem("stopped", str(options.out), None, words, f"To go on, give {again}.")
    return Problem("stopped", str(options.out), None, "Stopped before a first part was written.",
                   "Give the same command with --resume.")  # fmt: skip


@contextmanager
def _unbroken() -> Iterator[None]:
    """Do not let a second Ctrl-C break off the clearing away."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _summary(journal: Journal, options: Options, seconds: float, cases_now: int) -> Summary:
    outcomes: dict[str, Counter[str]] = {}
    problems: Counter[str] = Counter()
    for part in journal.parts:
        problems.update(part.problems)
        for edition, found in part.outcomes.items():
            outcomes.setdefault(edition, Counter()).update(found)
    return Summary(
        journal.cases, sum(p.judged for p in journal.parts), sum(p.unread_files for p in journal.parts),
        {edition: dict(sorted(found.items())) for edition, found in sorted(outcomes.items())},
        dict(sorted(problems.items())), seconds, cases_now,
        tuple(journal.verified) if journal.verified is not None else None, options.unverified,
    )  # fmt: skip
