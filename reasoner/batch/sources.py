"""Paths in, cases out, one after another in a fixed order: however many there are, a few are held at a time."""

from __future__ import annotations

import io
import sys
from itertools import islice
from pathlib import Path
from typing import IO, TYPE_CHECKING

from reasoner.batch.arrow import FAULTS, PACKED, parquet_columns, parquet_rows, unpacking
from reasoner.batch.gather import quad_table, request_spaces, trig_cases
from reasoner.batch.row import CaseText
from reasoner.batch.split import split
from reasoner.batch.unread import Unread, no_case, too_large, unreadable
from reasoner.data import shown
from reasoner.errors import Problem, UsageError
from reasoner.load import MAX_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reasoner.batch.unread import Item

STDIN = "-"
LINES = (".nq", ".nt")
SINGLE = (".ttl", ".jsonld")
FORMS = (*LINES, ".trig", *SINGLE, ".parquet")
CASE_FILE = "case.trig"
CASE_ROWS = 64
"""Rows of a Parquet table of cases that are held at once."""


class Sources:
    """The cases of some paths, in order; it can be read once."""

    def __init__(self, inputs: Sequence[str]) -> None:
        """Raise `UsageError` for a path that does not exist or whose ending is not known."""
        for given in inputs:
            _check(given)
        self._inputs = inputs
        self._within: list[tuple[int, int]] = []
        self._open: IO[bytes] | None = None
        self._size = 0

    def __iter__(self) -> Iterator[Item]:
        for given in self._each(self._inputs):
            if given == STDIN:
                yield from split(sys.stdin.buffer, STDIN, ".nq")
            else:
                yield from self._of(Path(given))

    def fraction(self) -> float | None:
        """How much of the input was read, from 0 to 1; not known of standard input."""
        if STDIN in self._inputs:
            return None
        found = min(self._open.tell() / self._size, 1.0) if self._open and self._size else 0.0
        for at, number in reversed(self._within):
            found = (at + found) / number
        return found

    def _each(self, names: Sequence[str]) -> Iterator[str]:
        self._within.append((0, 1))
        for at, name in enumerate(names):
            self._within[-1] = (at, len(names))
            yield name
        self._within.pop()

    def _of(self, path: Path) -> Iterator[Item]:
        if not path.is_dir():
            yield from self._file(path)
        elif (path / CASE_FILE).is_file():
            yield from self._file(path / CASE_FILE)
        else:
            yield from self._folder(path)

    def _folder(self, path: Path) -> Iterator[Item]:
        """What a folder holds, by name; hidden files, marks such as _SUCCESS, and links to folders are left alone."""
        try:
            names = sorted(p.name for p in path.iterdir() if p.name[0] not in "._" and _is_source(p))
        except OSError as fault:
            yield unreadable(shown(path), fault)
            return
        if not names:
            yield no_case(shown(path))
        for name in self._each(names):
            yield from self._of(path / name)

    def _file(self, path: Path) -> Iterator[Item]:
        file = shown(path)
        try:
            with path.open("rb") as raw:
                self._open, self._size = raw, path.stat().st_size
                with unpacking(raw, path.suffix.lower()) as stream:
                    yield from _cases(stream, path, file)
        except FAULTS as fault:
            yield unreadable(file, fault)
        finally:
            self._open = None


def _check(given: str) -> None:
    path = Path(given)
    if given == STDIN or path.is_dir():
        return
    if not path.exists():
        raise UsageError(Problem("no-such-file", given, None, "There is no such file or folder.", "Check the path."))
    if form(path) not in FORMS:
        known = ", ".join(FORMS)
        raise UsageError(
            Problem(
                "unknown-ending", given, None, f"The ending of {path.name!r} is not known.",
                f"Read are {known}, all but the last also with {' or '.join(PACKED)}.",
            )
        )  # fmt: skip


def form(path: Path) -> str:
    """The ending of a file that tells its form, without that of its compression."""
    ending = path.suffix.lower()
    return Path(path.stem).suffix.lower() if ending in PACKED else ending


def _is_source(path: Path) -> bool:
    return (path.is_dir() and not path.is_symlink()) or form(path) in FORMS


def _cases(stream: IO[bytes], path: Path, file: str) -> Iterator[Item]:
    match form(path):
        case ".nq" | ".nt" as ending:
            return split(stream, file, ending)
        case ".parquet":
            return _of_table(stream, file)
        case ".trig" if path.name != CASE_FILE:
            return _of_trig(stream, path, file)
        case ending:
            return iter([_single(stream.read(MAX_BYTES + 1), path, file, ending)])


def _single(content: bytes, path: Path, file: str, ending: str) -> Item:
    """A file that holds one case, named as `reasoner.load` names it."""
    stem = path.name.partition(".")[0] if path.suffix.lower() in PACKED else path.stem
    name = path.absolute().parent.name if stem == "case" else stem
    return too_large(name, file) if len(content) > MAX_BYTES else CaseText(name, file, ending, content)


def _of_trig(stream: IO[bytes], path: Path, file: str) -> Iterator[Item]:
    """One case as it is written, or many gathered from their quads."""
    head = stream.read(MAX_BYTES + 1)
    if len(head) <= MAX_BYTES and not _holds_many(head):
        return iter([_single(head, path, file, ".trig")])
    return trig_cases(_Joined(head, stream), file)  # type: ignore[arg-type]


def _holds_many(content: bytes) -> bool:
    """Whether requests stand in more than one namespace, as far as the file can be read."""
    if content.count(b"TreatmentRequest") < 2:  # noqa: PLR2004 - parts of a request are requests too
        return False
    return len(list(islice(request_spaces(io.BytesIO(content)), 2))) > 1


class _Joined:
    """What was read of a stream already, then the rest of it."""

    def __init__(self, head: bytes, rest: IO[bytes]) -> None:
        self._head, self._rest = io.BytesIO(head), rest

    def read(self, size: int = -1) -> bytes:
        return self._head.read(size) or self._rest.read(size)


def _of_table(stream: IO[bytes], file: str) -> Iterator[Item]:
    """A Parquet table of cases, with their N-Quads as content, else one of quads."""
    if "content" not in parquet_columns(stream):
        return quad_table(stream, file)
    return _of_rows(stream, file)


def _of_rows(stream: IO[bytes], file: str) -> Iterator[Item]:
    number = 0
    for name, content, ending in parquet_rows(stream, ("case", "content"), ("ending",), CASE_ROWS):
        number += 1
        if not name or content is None:
            words = f"Row {number} lacks the case's name or content."
            yield Unread(name, file, Problem("empty-row", file, None, words, "Fill both columns."))
        elif len(content) > MAX_BYTES:
            yield too_large(name, file)
        else:
            yield CaseText(name, file, ending or ".nq", content)
    if not number:
        yield no_case(file)
