"""One Oxigraph server over one generation of a store, which answers one query at a time and can be ended at any time.

Its own time limit (--timeout-s) is looked at only between reads of the disk: a cross join in memory goes on (measured,
0.5.13), as does one whose client is gone (oxigraph/oxigraph issue 1874). So whoever asks ends the process instead. What
goes wrong while an answer is written is written into the answer, under status 200, and is known by its error stream.
"""

from __future__ import annotations

import http.client
import random
import re
import sys
import tempfile
import time
from contextlib import ExitStack
from typing import IO, TYPE_CHECKING, NamedTuple
from urllib.parse import urlencode

from reasoner.errors import Problem
from reasoner.store.place import reading
from reasoner.workbench.protocol import QUERY
from reasoner.workbench.refusal import RefusedError
from reasoner.workbench.watch import End, watched

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from reasoner.store.place import Generation
    from reasoner.workbench.keeper import Keeper
    from reasoner.workbench.protocol import Asked

ANSWER = 1 << 30
"""Bytes of an answer."""
PIECE = 1 << 16
SAID = 10_000
"""Bytes of an error that are told."""
STARTS = 60.0
"""Seconds in which it must answer for the first time."""
OK, BAD_REQUEST, NOT_ACCEPTABLE = 200, 400, 406
PLACE = re.compile(r"error at (\d+):(\d+)")
BROKEN = b"Internal server error while streaming results"
"""What it says on its error stream of an answer that it did not finish."""


class Answer(NamedTuple):
    """A whole answer, in a file that is at its beginning."""

    kind: str
    body: IO[bytes]
    length: int


class Engine:
    """A running server. It is of no more use once a query ended it (`alive`)."""

    def __init__(self, root: Path, program: Path, memory: int, keeper: Keeper) -> None:
        """Raises `UsageError` where there is no store, and `RefusedError` if the server does not begin."""
        self._held = ExitStack()
        self._memory = memory
        try:
            self.generation: Generation = self._held.enter_context(reading(root))
            self._said = self._held.enter_context(tempfile.TemporaryFile())  # noqa: SIM115 - it is entered
            self._host, self._port = _place()
            command = [str(program), "serve-read-only", "--location", str(self.generation.quads)]
            self._process = keeper.begin([*command, "--bind", f"{self._host}:{self._port}"], memory, self._said)
            self._held.callback(self.end)
            self._await()
        except BaseException:
            self._held.close()
            raise

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def ask(self, asked: Asked, accept: str, seconds: float, wanted: Callable[[], bool]) -> Answer:
        """The answer. The server is ended if it takes longer, or as soon as nobody wants it any more.

        Raises `RefusedError` with the reason if there is no answer, or none that is whole.
        """
        before = self._said.seek(0, 2)
        with ExitStack() as unless_whole:
            body = unless_whole.enter_context(tempfile.TemporaryFile())
            with watched(self.end, seconds, wanted) as watch:
                try:
                    response = self._asked(asked, accept, body)
                except (OSError, http.client.HTTPException):
                    self.end()
                    raise self._ended(watch.end, seconds) from None
                except BaseException:
                    self.end()
                    raise
            length = body.tell()
            body.seek(0)
            if response.status != OK:
                raise _told(response.status, body.read(SAID).decode(errors="replace"), len(asked.prologue))
            self._said.seek(before)
            if BROKEN in self._said.read():
                raise _cut()
            unless_whole.pop_all()
            return Answer(response.getheader("Content-Type") or "", body, length)

    def end(self) -> None:
        """End it now, whatever it is doing."""
        self._process.kill()
        self._process.wait()

    def close(self) -> None:
        """End it and let go of the generation."""
        self._held.close()

    def _asked(self, asked: Asked, accept: str, body: IO[bytes]) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection(self._host, self._port)
        try:
            over = asked.graphs or (("union-default-graph", ""),)
            headers = {"Content-Type": QUERY, "Accept": accept}
            connection.request("POST", f"/query?{urlencode(over)}", (asked.prologue + asked.query).encode(), headers)
            response = connection.getresponse()
            if not response.chunked and response.length is None:
                raise _cut()  # where the body ends would be anybody's guess
            while piece := response.read(PIECE):
                body.write(piece)
                if body.tell() > ANSWER:
                    raise _too_large()
            if response.length:
                raise _cut()
        finally:
            connection.close()
        return response

    def _ended(self, end: End | None, seconds: float) -> RefusedError:
        if end is End.LATE:
            words = f"The query took longer than {seconds:g} seconds and was stopped."
            fix = "Make it narrower, or start the workbench with a higher --limit-seconds."
            return _refused(504, "out-of-time", words, fix)
        if end is End.UNWANTED:
            return _refused(499, "not-wanted", "Whoever asked is gone.", "Ask again.")
        words = f"The query ended the engine. It may have {self._memory >> 20:,} MiB of memory."
        fix = "It needs more, or is too deep: make it simpler. The next query gets a new engine."
        return _refused(500, "query-died", words, fix)

    def _await(self) -> None:
        until = time.monotonic() + STARTS
        while self.alive and time.monotonic() < until:
            connection = http.client.HTTPConnection(self._host, self._port, timeout=1)
            try:
                connection.connect()
            except OSError:
                time.sleep(0.005)
            else:
                return
            finally:
                connection.close()
        self._said.seek(0)
        said = self._said.read(SAID).decode(errors="replace").strip()
        raise _refused(500, "no-engine", f"The engine did not begin: {said}", "See whether the store can be read.")


def _place() -> tuple[str, int]:
    """An address of this machine that nobody can guess: the server answers whoever asks it."""
    chance = random.SystemRandom()
    within = ".".join(str(chance.randint(1, 254)) for _ in range(3)) if sys.platform == "linux" else "0.0.1"
    return f"127.{within}", chance.randint(10_000, 60_000)


def _told(status: int, said: str, before: int) -> RefusedError:
    """What the engine says of a query on whose first line we put so many characters."""
    if status == BAD_REQUEST:
        return RefusedError(400, _syntax(said, before))
    if status == NOT_ACCEPTABLE:
        return _refused(406, "no-such-form", "The answer has none of these forms.", "Send another Accept header.")
    return _refused(500, "cannot-answer", f"The query cannot be answered: {said[:200]}.", "Ask for less.")


def _syntax(said: str, before: int) -> Problem:
    place = PLACE.search(said)
    line, column = (int(place[1]), int(place[2])) if place else (None, 0)
    column -= before if line == 1 else 0
    words = f"something else is expected in column {column}" if place else said[:200]
    fix = "Mend it at this place or just before it."
    return Problem("syntax", "the query", line, f"This is not SPARQL: {words}.", fix)


def _cut() -> RefusedError:
    words = "The engine failed while it wrote the answer, which is therefore not whole."
    return _refused(500, "cut-answer", words, "Ask again; see whether the store can be read: reasoner store info.")


def _too_large() -> RefusedError:
    return _refused(500, "too-large", f"The answer has more than {ANSWER >> 20:,} MiB.", "Ask for less.")


def _refused(status: int, code: str, words: str, fix: str) -> RefusedError:
    return RefusedError(status, Problem(code, "the query", None, words, fix))
