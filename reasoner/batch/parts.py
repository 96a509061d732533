"""The files of one part of a run, written whole or not at all."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from typing import IO, TYPE_CHECKING

from reasoner.batch.arrow import JSON, Packing, counts, sample_table, tables, texts, without, write_parquet
from reasoner.batch.disk import put_in_place, save, sha256, unfinished
from reasoner.batch.journal import Part
from reasoner.batch.options import Format
from reasoner.batch.sample import Place, candidate_row

if TYPE_CHECKING:
    from pathlib import Path

    from reasoner.batch.arrow import Batch
    from reasoner.batch.options import Options
    from reasoner.batch.pool import PartEnd
    from reasoner.batch.sample import Sample

LINES = "lines"
GRAPHS = "determinations"
PLACES = {
    Format.PARQUET: ("cases", "criteria"),
    Format.JSONL: (LINES,),
    Format.NQUADS: (GRAPHS,),
}
"""The folders that each format fills; problems are always written, as Parquet."""
PROBLEMS = "problems"
SAMPLE = "sample"
"""The folder of cases that may be verified: what a run that stopped goes on with."""
ENDINGS = {LINES: ".jsonl.zst", GRAPHS: ".nq.zst"}


def part_name(place: str, number: int) -> str:
    """The name of a part's file in one of the folders."""
    return f"part-{number:05}{ENDINGS.get(place, '.parquet')}"


class PartWriter:
    """Takes the rows of a part, then writes its files under their names all at once."""

    def __init__(self, number: int, options: Options, sample: Sample | None = None) -> None:
        self._number, self._options, self._sample = number, options, sample
        self._place = Place(number, 0, 0, 0, 0)
        self._rows: list[Batch] = []
        self._outcomes: Counter[tuple[str, str]] = Counter()
        self._problems: Counter[str] = Counter()
        self._cases = self._judged = self._unread = 0
        self._tables = {PROBLEMS, *(PLACES[Format.PARQUET] if Format.PARQUET in options.formats else ())}
        if sample:
            self._tables.add(SAMPLE)
        for place in (*self._tables, *(place for form in options.formats for place in PLACES[form])):
            (options.out / place).mkdir(exist_ok=True)
        self._streams = {
            place: _Stream(self._temporary(place))
            for form, place in ((Format.JSONL, LINES), (Format.NQUADS, GRAPHS))
            if form in options.formats
        }

    def add(self, batch: Batch, given: Batch | None = None) -> None:
        """Take rows, and the cases that they are of if they were judged; their texts go to the disk, not to memory."""
        for place, column in ((LINES, JSON), (GRAPHS, "determination")):
            if place in self._streams:
                self._streams[place].write("".join(texts(batch, column)).encode())
        self._rows.append(without(batch, JSON, "determination"))
        self._count(batch, given)

    def _count(self, batch: Batch, given: Batch | None) -> None:
        for at, row in enumerate(counts(batch)):
            if self._sample and given is not None:
                self._sample.meet(row, self._place, given, batch, at)
            self._place = self._place.after(row)
            self._cases += row.case is not None
            self._unread += row.case is None
            self._problems.update(set(row.codes))
            if row.edition and row.outcome:
                self._judged += 1
                self._outcomes[row.edition, row.outcome] += 1

    def finish(self, end: PartEnd) -> Part:
        """Write what is left, see all files safely on the disk, and give them their names."""
        found = tables(self._rows, rationale=self._options.rationale)
        if self._sample:
            found[SAMPLE] = sample_table(list(map(candidate_row, self._sample.of_part(self._number))))
        for place, table in found.items():
            if place in self._tables:
                with self._temporary(place).open("wb") as file:
                    write_parquet(table, file)
        for stream in self._streams.values():
            stream.close()
        files = {}
        for place in sorted({*self._tables, *self._streams}):
            temporary, final = self._temporary(place), self._final(place)
            files[final.relative_to(self._options.out).as_posix()] = sha256(temporary)
            save(temporary)
            put_in_place(final)
        return self._part(end, files)

    def _part(self, end: PartEnd, files: dict[str, str]) -> Part:
        outcomes: dict[str, dict[str, int]] = {}
        for (edition, outcome), number in sorted(self._outcomes.items()):
            outcomes.setdefault(edition, {})[outcome] = number
        return Part(
            end.items, end.digest, self._cases, self._judged, self._unread, outcomes,
            dict(sorted(self._problems.items())), files,
        )  # fmt: skip

    def abandon(self) -> None:
        """Leave nothing behind."""
        for stream in self._streams.values():
            stream.drop()
        for place in {*self._tables, *self._streams}:
            self._temporary(place).unlink(missing_ok=True)

    def _final(self, place: str) -> Path:
        return self._options.out / place / part_name(place, self._number)

    def _temporary(self, place: str) -> Path:
        final = self._final(place)
        return unfinished(final)


class _Stream:
    """A compressed file that grows while a part is made; it is there from the first text on, or at the end."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: IO[bytes] | None = None

    def write(self, content: bytes) -> None:
        if self._file is None:
            self._file = self._path.open("wb")
            self._packing = Packing(self._file)
        self._packing.write(content)

    def close(self) -> None:
        self.write(b"")
        self._packing.close()
        if self._file:
            self._file.close()

    def drop(self) -> None:
        """Let go of the file, whether or not it can still be written to."""
        if self._file:
            with suppress(OSError, ValueError):
                self._packing.drop()
            with suppress(OSError):
                self._file.close()
