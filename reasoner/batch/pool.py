"""Processes that judge chunks of cases, one for each core; what they answer comes back in the order of asking."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, replace
from multiprocessing import Pipe
from multiprocessing.connection import wait
from typing import TYPE_CHECKING, NamedTuple, Self

from reasoner.batch.arrow import Batch, cases_of, given_batch, joined, packed, unpacked
from reasoner.batch.columns import rows_batch
from reasoner.batch.unread import Unread, unread_row
from reasoner.batch.worker import FAILED, READY
from reasoner.errors import Problem, ReasonerError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from reasoner.batch.row import Asks, CaseText
    from reasoner.cases import Manner

AHEAD = 2
"""Chunks that a worker holds: one that it judges and one that waits."""
WINDOW = 4
"""Chunks for each worker that are under way or wait for an earlier one to be done."""
DEATHS = 10
"""Cases in a row that end their process before something is held to be wrong with more than the cases."""
BEGIN = "import sys; sys.path[:] = sys.argv[2:]; from reasoner.batch.worker import serve; serve(int(sys.argv[1]))"


class PartEnd(NamedTuple):
    """The end of a part: how many things were read up to it, and the SHA-256 of all of them."""

    items: int
    digest: str


@dataclass(slots=True, eq=False)
class Task:
    """A chunk of cases, and their rows once they are there; without cases it is only kept in order."""

    cases: Batch | None
    answer: Batch | None = None
    ends: PartEnd | None = None

    @property
    def done(self) -> bool:
        """Whether the rows are there, or none are to come."""
        return self.cases is None or self.answer is not None


class DiedError(Exception):
    """A worker that ended before it answered; in words how."""


class Pool:
    """Workers that are started as they are needed and never outlive the block that they are used in."""

    def __init__(self, workers: int, manner: Manner, asks: Asks) -> None:
        self._most, self._manner, self._asks = workers, manner, asks
        self._workers: list[_Worker] = []
        self._deaths = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self._workers:
            worker.end()

    def ordered(self, tasks: Iterable[Task]) -> Iterator[Task]:
        """Every task with its rows, in the given order; a few are under way at a time.

        A worker that dies is replaced, and what it was judging is judged case by case: a case that ends its
        process again gets a problem instead of a determination.
        """
        given, waiting, more = iter(tasks), deque[Task](), True
        while more or waiting:
            while more and len(waiting) < WINDOW * self._most and self._has_room():
                task = next(given, None)
                more = task is not None
                if task is not None:
                    waiting.append(task)
                    if not task.done:
                        self._ask(self._free(), task)
            while waiting and waiting[0].done:
                yield waiting.popleft()
            if waiting:
                self._hear()

    def _has_room(self) -> bool:
        return len(self._workers) < self._most or any(len(w.tasks) < AHEAD for w in self._workers)

    def _free(self) -> _Worker:
        """The worker with the least to do; a new one rather than one that is busy."""
        if len(self._workers) < self._most and all(w.tasks for w in self._workers):
            return self._new()
        return min(self._workers, key=lambda w: len(w.tasks))

    def _new(self) -> _Worker:
        self._workers.append(_Worker(self._manner, self._asks))
        return self._workers[-1]

    def _ask(self, worker: _Worker, task: Task) -> None:
        worker.tasks.append(task)
        worker.send(task.cases)

    def _hear(self) -> None:
        """Take in what the workers have to say, and wait until one has."""
        speaking = wait([w.line for w in self._workers if w.tasks])
        for worker in [w for w in self._workers if w.line in speaking]:
            try:
                answer = worker.receive()
            except DiedError as death:
                self._mourn(worker, death)
                continue
            if answer is not None:
                worker.tasks.popleft().answer = answer
                self._deaths = 0

    def _mourn(self, worker: _Worker, death: DiedError) -> None:
        """Judge case by case what a dead worker was judging, and ask others for what it had not begun."""
        _refuse_to_go_on(worker, death)
        worker.end()
        self._workers.remove(worker)
        first, *others = worker.tasks
        first.answer = joined(map(self._alone, cases_of(first.cases)))
        for task in others:
            self._ask(self._free(), task)

    def _alone(self, case: CaseText) -> Batch:
        """The row of a case that has a worker for itself, and a second one if the first dies too."""
        worker = next((w for w in self._workers if not w.tasks), None) or self._new()
        for again in (True, False):
            try:
                found = worker.answer_to(case)
            except DiedError as death:
                _refuse_to_go_on(worker, death)
                worker.end()
                self._workers.remove(worker)
                if not again:
                    return rows_batch([unread_row(self._fatal(case, death))], self._asks)
                worker = self._new()
            else:
                break
        self._deaths = 0
        return found

    def _fatal(self, case: CaseText, death: DiedError) -> Unread:
        self._deaths += 1
        words = f"The process that judged this case {death}."
        problem = Problem("worker-died", case.file, None, words, "Try the case alone: reasoner determine.")
        if self._deaths >= DEATHS:
            fix = "So did the cases before it: see to memory and to the program, then go on with --resume."
            raise ReasonerError(replace(problem, fix=fix))
        return Unread(case.name, case.file, problem)


def _refuse_to_go_on(worker: _Worker, death: DiedError) -> None:
    """Raise `ReasonerError` for a worker that died before it was asked for anything."""
    if not worker.ready:
        fix = "See that the program is whole and that there is memory enough; fewer --workers need less."
        words = f"A process that judges cases {death} as it started."
        raise ReasonerError(Problem("worker-cannot-start", "reasoner batch", None, words, fix))


class _Worker:
    """A process of its own session, which Ctrl-C reaches only through us; it ends when our end of the line does."""

    def __init__(self, manner: Manner, asks: Asks) -> None:
        self.tasks: deque[Task] = deque()
        self.ready = False
        self._words = tempfile.TemporaryFile()  # noqa: SIM115 - closed in end()
        self.line, theirs = Pipe()
        command = [sys.executable, "-P", "-c", BEGIN, str(theirs.fileno()), *sys.path]
        self._process = subprocess.Popen(  # noqa: S603 - our own program
            command, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=self._words, start_new_session=True,
        )  # fmt: skip
        theirs.close()
        with suppress(OSError):
            self.line.send((manner, asks))

    def send(self, batch: Batch) -> None:
        """Send cases; that nobody is there any more comes out when the answer is received."""
        with suppress(OSError):
            self.line.send_bytes(packed(batch))

    def receive(self) -> Batch | None:
        """The rows of the first chunk that was sent and not answered, or nothing when it only is ready.

        Raises `DiedError`, and any `ReasonerError` that would come of every case.
        """
        try:
            kind, error, problems = self.line.recv()
            if kind == FAILED:
                raise error(*problems)
            if kind == READY:
                self.ready = True
                return None
            return unpacked(self.line.recv_bytes())
        except (EOFError, OSError):
            raise self._death() from None

    def answer_to(self, case: CaseText) -> Batch:
        """The row of one case. Raises `DiedError`."""
        self.send(given_batch([case]))
        while True:
            found = self.receive()
            if found is not None:
                return found

    def _death(self) -> DiedError:
        code = self._process.wait()
        self._words.seek(0)
        last = self._words.read().decode(errors="replace").strip().rpartition("\n")[2][:200]
        how = f"was ended by signal {-code}" if code < 0 else f"ended with code {code}"
        return DiedError(f"{how} ({last})" if last else how)

    def end(self) -> None:
        """End the process, whatever it does."""
        self.line.close()
        self._process.kill()
        self._process.wait()
        self._words.close()
