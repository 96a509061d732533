"""A part that is written, made again with the rows of some cases changed and every other byte of content as it was."""

from __future__ import annotations

import io
from collections import Counter
from dataclasses import replace
from typing import IO, TYPE_CHECKING, NamedTuple

from reasoner.batch.arrow import Packing, answered_batch, spliced, table_in, tables, unpacking, write_parquet
from reasoner.batch.columns import json_line
from reasoner.batch.disagree import CODE
from reasoner.batch.disk import put_in_place, save, sha256, unfinished
from reasoner.batch.journal import write_journal
from reasoner.batch.parts import GRAPHS, LINES, PROBLEMS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from reasoner.batch.journal import Journal, Part
    from reasoner.batch.row import Row
    from reasoner.batch.sample import Place


class Change(NamedTuple):
    """A row of a part, and what is to stand there instead."""

    place: Place
    before: Row
    after: Row


def mark(journal: Journal, number: int, changes: Sequence[Change], out: Path) -> None:
    """Change rows of a part in all its files: all or none, and what is interrupted between is set right later.

    The new files stand beside the old ones before the journal names them; from then on they are the part's.
    """
    part = journal.parts[number]
    new = [change for change in changes if change.place.row not in part.marked]
    if not new:
        return
    files = [out / name for name in part.files]
    try:
        for path in files:
            _write_anew(path, sorted(new))
        hashes = {name: sha256(unfinished(out / name)) for name in part.files if unfinished(out / name).exists()}
        journal.parts[number] = _counted(replace(part, files={**part.files, **hashes}), new)
        write_journal(journal, out)
    except BaseException:
        if journal.parts[number] is part:
            for path in files:
                unfinished(path).unlink(missing_ok=True)
        raise
    for name in hashes:
        put_in_place(out / name)


def _counted(part: Part, changes: Sequence[Change]) -> Part:
    """The part's counts with the outcomes that its rows have now."""
    outcomes = {edition: Counter(found) for edition, found in part.outcomes.items()}
    problems = Counter(part.problems)
    for _, before, after in changes:
        problems[CODE] += 1
        if before.edition_label and before.outcome and after.outcome:
            outcomes[before.edition_label][before.outcome] -= 1
            outcomes[before.edition_label][after.outcome] += 1
    told = {edition: dict(sorted((+found).items())) for edition, found in sorted(outcomes.items())}
    rows = sorted({*part.marked, *(change.place.row for change in changes)})
    return replace(part, outcomes=told, problems=dict(sorted(problems.items())), marked=rows)


def _write_anew(path: Path, changes: Sequence[Change]) -> None:
    place = path.parent.name
    if place == LINES:
        rows = {change.place.row: json_line(change.after).encode() for change in changes}
        _streamed(path, lambda lines: (rows.get(at, line) for at, line in enumerate(lines)))
    elif place == GRAPHS:
        ends = tuple(f"<{request}/determination> .\n".encode() for request in _requests(changes))
        _streamed(path, lambda lines: (line for line in lines if not line.endswith(ends)))
    elif place in ROWS:
        _table(path, place, changes)


def _requests(changes: Iterable[Change]) -> set[str]:
    """The request of each case as a whole: the graph of its determination is named after it."""
    return {change.before.requests[0].request for change in changes if change.before.requests}


ROWS: dict[str, Callable[[Change], tuple[int, int]]] = {
    "cases": lambda change: (change.place.case, 1),
    "criteria": lambda change: (change.place.criterion, len(change.before.criteria)),
    PROBLEMS: lambda change: (change.place.problem, len(change.before.problems)),
}
"""Where the rows of a case begin in each table, and how many there are."""


def _table(path: Path, place: str, changes: Sequence[Change]) -> None:
    table = table_in(path)
    for change in reversed(changes):  # from the end, so that the places of those before stay right
        rows = tables([answered_batch([change.after])], rationale="rationale" in table.schema.names)
        table = spliced(table, *ROWS[place](change), rows[place])
    with unfinished(path).open("wb") as file:
        write_parquet(table, file)
    save(unfinished(path))


def _streamed(path: Path, changed: Callable[[Iterator[bytes]], Iterable[bytes]]) -> None:
    """Write the lines of a compressed file anew, few at a time."""
    with path.open("rb") as old, unpacking(old, path.suffix) as stream, unfinished(path).open("wb") as file:
        packing = Packing(file)
        try:
            for line in changed(_lines(stream)):
                packing.write(line)
        except BaseException:
            packing.drop()
            raise
        packing.close()
    save(unfinished(path))


def _lines(stream: IO[bytes]) -> Iterator[bytes]:
    """The lines of a stream, read in large pieces."""
    rest = b""
    while block := stream.read(io.DEFAULT_BUFFER_SIZE * 128):
        *whole, rest = (rest + block).split(b"\n")
        yield from (line + b"\n" for line in whole)
    if rest:
        yield rest
