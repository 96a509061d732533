"""A sample of a batch, determined again on the reference engine: where the engines disagree, no verdict stands."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple, Protocol

from reasoner.batch.arrow import JSON, given_batch, sample_rows, texts
from reasoner.batch.columns import row_of
from reasoner.batch.disagree import differences, marked
from reasoner.batch.journal import Verified
from reasoner.batch.marking import Change, mark
from reasoner.batch.parts import SAMPLE, part_name
from reasoner.batch.pool import Pool, Task
from reasoner.batch.sample import Candidate, Sample, candidate_of
from reasoner.validate import Engine

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from reasoner.batch.journal import Journal
    from reasoner.batch.options import Options
    from reasoner.batch.row import Row

CHUNK_CASES = 4
"""Cases that a worker is sent at once: the reference engine takes a good part of a second for them."""


class Watcher(Protocol):
    """Who is told how far the verification is."""

    def verified(self, cases: int, number: int) -> None:
        """So many cases of a number are verified."""


class Verdict(NamedTuple):
    """A case of the sample, and its row as it should be: with a problem where the engines disagree, else as it is."""

    candidate: Candidate
    before: Row
    after: Row

    @property
    def disagrees(self) -> bool:
        return self.after is not self.before


def sample_so_far(options: Options, journal: Journal) -> Sample | None:
    """The sample with what the written parts gave to it, or nothing if there is nothing to verify."""
    if options.unverified:
        return None
    sample = Sample(options.verify, options.seed)
    for number in range(len(journal.parts)):
        sample.hold(map(candidate_of, sample_rows(options.out / SAMPLE / part_name(SAMPLE, number))))
    return sample


def verify(journal: Journal, sample: Sample, options: Options, watcher: Watcher) -> None:
    """Determine the sample again, and mark the cases on which the engines disagree in every file of their part.

    Whatever ends it, the parts are whole, and a run that goes on comes to the same end.
    """
    found = list(verdicts(sample.chosen(), options, watcher))
    disagreeing = [verdict for verdict in found if verdict.disagrees]
    for number, several in groupby(disagreeing, lambda verdict: verdict.candidate.place.part):
        changes = [Change(v.candidate.place, v.before, v.after) for v in several]
        mark(journal, number, changes, options.out)
    journal.verified = counted(found)


def verdicts(chosen: Sequence[Candidate], options: Options, watcher: Watcher) -> Iterator[Verdict]:
    """Each case with its row, marked where the reference engine has another."""
    manner = replace(options.manner, engine=Engine.REFERENCE)
    # The texts are asked for if the batch was asked for them: to make them can bring up problems.
    asks = options.asks._replace(json=True)
    done, given = 0, iter(chosen)
    watcher.verified(done, len(chosen))
    with Pool(options.processes, manner, asks) as pool:
        for task in pool.ordered(_tasks(chosen)):
            for line in texts(task.answer, JSON) if task.answer is not None else ():
                yield _verdict(next(given), row_of(line))
                done += 1
            watcher.verified(done, len(chosen))


def _tasks(chosen: Sequence[Candidate]) -> Iterator[Task]:
    for at in range(0, len(chosen), CHUNK_CASES):
        yield Task(given_batch([one.case for one in chosen[at : at + CHUNK_CASES]]))


def _verdict(candidate: Candidate, theirs: Row) -> Verdict:
    ours = candidate.row
    return Verdict(candidate, ours, marked(ours, theirs) if differences(ours, theirs) else ours)


def counted(found: Iterable[Verdict]) -> list[Verified]:
    """How many were verified of each edition and outcome, and on how many the engines disagree."""
    cases, disagreeing = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for verdict in found:
        cases[verdict.candidate.stratum] += 1
        disagreeing[verdict.candidate.stratum] += verdict.disagrees
    strata = sorted(cases, key=lambda stratum: (not stratum[0], stratum))  # those that were not judged come last
    return [Verified(*stratum, cases[stratum], disagreeing[stratum]) for stratum in strata]
