"""A sample of a batch, drawn while it runs: the same whatever the workers, the chunks, or how often a run stopped."""

from __future__ import annotations

import hashlib
import zlib
from bisect import insort
from typing import TYPE_CHECKING, Any, NamedTuple

from reasoner.batch.arrow import cases_of, row_told
from reasoner.batch.columns import line_of_told, row_of
from reasoner.batch.row import CaseText

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from reasoner.batch.arrow import Batch, Counted
    from reasoner.batch.row import Row

DIED = "worker-died"
"""The code of cases that no engine judged."""


class Stratum(NamedTuple):
    """Cases that were determined alike; those that were not judged have neither."""

    edition: str
    """The edition's label."""
    outcome: str


class Place(NamedTuple):
    """Where a case stands in the files of its part, in rows from 0."""

    part: int
    row: int
    case: int
    criterion: int
    problem: int

    def after(self, row: Counted) -> Place:
        """The place of the next row."""
        return Place(
            self.part, self.row + 1, self.case + (row.case is not None),
            self.criterion + row.criteria, self.problem + len(row.codes),
        )  # fmt: skip


class Candidate(NamedTuple):
    """A case that may be in the sample, and what was determined of it; of equal rank the first is taken."""

    rank: str
    place: Place
    stratum: Stratum
    packed: tuple[str, str, str, bytes, int]
    told: bytes

    @property
    def case(self) -> CaseText:
        name, file, ending, content, line = self.packed
        return CaseText(name, file, ending, zlib.decompress(content), line)

    @property
    def row(self) -> Row:
        """What was determined, without determination and rationale."""
        return row_of(self.answer)

    @property
    def answer(self) -> str:
        """The row as a line of JSON."""
        return zlib.decompress(self.told).decode()


def candidate_row(one: Candidate) -> tuple[object, ...]:
    """A candidate as a row of `arrow.SAMPLED`."""
    return (one.rank, *one.stratum, *one.place, *one.case, one.answer)


def candidate_of(row: Sequence[Any]) -> Candidate:
    """The candidate that such a row holds."""
    rank, edition, outcome, *more = row
    place, case, answer = more[:5], more[5:-1], more[-1]
    return candidate(rank, Place(*place), Stratum(edition, outcome), CaseText(*case), answer)


def candidate(rank: str, place: Place, stratum: Stratum, case: CaseText, answer: str) -> Candidate:
    """A candidate, its texts held in little room."""
    packed = (case.name, case.file, case.ending, zlib.compress(case.content), case.line)
    return Candidate(rank, place, stratum, packed, zlib.compress(answer.encode()))


def rank_of(seed: int, case: str, sha256: str | None) -> str:
    """Where a case stands in its stratum: by chance, but the same for the same seed and case."""
    return hashlib.sha256(f"{seed}\0{case}\0{sha256 or ''}".encode()).hexdigest()


class Sample:
    """The cases of lowest rank in each stratum, as many as may still be wanted when all cases were met.

    In the end each stratum gives as many cases as any other, or all that it has; of what is left over, those of
    lowest rank are taken. The number that each gives only falls while more cases are met, so that what was let go
    is never missed, and no more than about twice the wanted number is ever held.
    """

    def __init__(self, number: int, seed: int) -> None:
        self._wanted, self._seed, self._keep = number, seed, number
        self._held: dict[Stratum, list[Candidate]] = {}
        self._number = 0

    def meet(self, row: Counted, place: Place, given: Batch, answered: Batch, at: int) -> None:
        """Hold the case in row ``at`` of two batches, if it ranks low enough."""
        if row.case is None or DIED in row.codes:
            return
        rank, stratum = rank_of(self._seed, row.case, row.sha256), stratum_of(row.edition, row.outcome)
        held = self._held.get(stratum, [])
        if len(held) < self._keep or (rank, place) < (held[-1].rank, held[-1].place):
            (case,) = cases_of(given.slice(at, 1))
            told = {**row_told(answered, at), "rationale": None}
            self._hold(candidate(rank, place, stratum, case, line_of_told(told)))

    def hold(self, candidates: Iterable[Candidate]) -> None:
        """Hold what was held before a run stopped."""
        for one in candidates:
            self._hold(one)
        self._let_go()

    def _hold(self, one: Candidate) -> None:
        insort(self._held.setdefault(one.stratum, []), one)
        self._number += 1
        if self._number > 2 * self._wanted:
            self._let_go()

    def _let_go(self) -> None:
        self._keep = min(self._keep, self._share() + 1)
        for held in self._held.values():
            del held[self._keep :]
        self._number = sum(map(len, self._held.values()))

    def _share(self) -> int:
        return even_share(self._wanted, [len(held) for held in self._held.values()])

    def of_part(self, number: int) -> list[Candidate]:
        """The cases of a part that are held when it ends, in their order."""
        self._let_go()
        return sorted((c for held in self._held.values() for c in held if c.place.part == number), key=_by_place)

    def chosen(self) -> list[Candidate]:
        """The sample, in the order of the cases: as many as were wanted, or all there are."""
        share = self._share()
        first = [c for held in self._held.values() for c in held[:share]]
        more = sorted(held[share] for held in self._held.values() if len(held) > share)
        return sorted([*first, *more[: self._wanted - len(first)]], key=_by_place)


def stratum_of(edition: str | None, outcome: str | None) -> Stratum:
    return Stratum(edition, outcome) if edition and outcome else Stratum("", "")


def even_share(number: int, sizes: Sequence[int]) -> int:
    """The largest share that all can have when a smaller one gives all that it has."""
    left = number
    for at, size in enumerate(sorted(sizes)):
        share = left // (len(sizes) - at)
        if size > share:
            return share
        left -= size
    return number


def _by_place(one: Candidate) -> Place:
    return one.place
