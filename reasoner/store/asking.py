"""A query asked in a process of its own: one that runs too long is ended, whatever it is doing.

The engine has no limit of its own (oxigraph/oxigraph issue 1926), and what it is asked may be a stranger's.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING

from reasoner.errors import Problem, UsageError
from reasoner.store.guard import guard
from reasoner.store.place import reading
from reasoner.store.question import bound

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from reasoner.store.forms import Form
    from reasoner.store.question import Question

BEGIN = "import sys; sys.path[:] = sys.argv[1:]; from reasoner.store.asked import serve; serve()"
TOLD = 3
"""The exit code of a process that says on its error stream what is wrong."""
PIECE = 1 << 20
SECONDS = 60.0
"""How long a query may take if nothing else is said."""


def ask(
    root: Path, asked: Question, given: Sequence[str], prefixes: Mapping[str, str], form: Form, seconds: float = SECONDS
) -> Iterator[str]:
    """The answer in pieces, whole or not at all. Raises `UsageError` for a query that cannot be answered in time."""
    query = bound(asked, given, prefixes)
    guard(query, asked.name)
    with reading(root) as generation, tempfile.TemporaryFile() as answer:
        told = {
            "store": str(generation.quads), "query": query, "prefixes": dict(prefixes), "form": form.value,
            "seconds": seconds, "name": asked.name,
        }  # fmt: skip
        _run(told, asked.name, answer, seconds)
        answer.seek(0)
        while piece := answer.read(PIECE):
            rest = b"" if piece[-1] < 0x80 else answer.readline()  # noqa: PLR2004 - a character is not cut in two
            yield (piece + rest).decode()


def _run(told: Mapping[str, object], name: str, answer: IO[bytes], seconds: float) -> None:
    with _started(answer) as process:
        try:
            _, said = process.communicate(json.dumps(told).encode(), timeout=seconds)
        except subprocess.TimeoutExpired:
            words = f"The query took longer than {seconds:g} seconds and was stopped."
            fix = "Make it narrower, or give it longer: --limit-seconds."
            raise UsageError(Problem("out-of-time", name, None, words, fix)) from None
    if process.returncode == TOLD:
        raise UsageError(*(Problem(**problem) for problem in json.loads(said)))
    if process.returncode:
        words = "The query ended its process" + (f" (signal {-process.returncode})." if process.returncode < 0 else ".")
        fix = "It is too deep or needs too much memory: make it simpler."
        raise UsageError(Problem("query-died", name, None, words, fix))


@contextmanager
def _started(answer: IO[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    """A process that is gone when the block ends, however it ends."""
    command = [sys.executable, "-P", "-c", BEGIN, *sys.path]
    process = subprocess.Popen(  # noqa: S603 - our own program
        command, stdin=subprocess.PIPE, stdout=answer, stderr=subprocess.PIPE, start_new_session=True
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stderr):
            if stream:
                stream.close()
