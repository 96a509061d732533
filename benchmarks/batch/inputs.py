"""The synthetic cases that are measured with: a prefix of the same endless row for every number."""

from __future__ import annotations

import csv
import os
import sys
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from reasoner.batch.row import CaseText
from reasoner.batch.sources import Sources
from reasoner.cases import Manner
from reasoner.synthetic.run import Order, synthesize
from reasoner.validate import Engine

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Edition(NamedTuple):
    """The cases of one edition, and how they are judged."""

    folder: Path
    guideline: str | None
    label: str

    @property
    def manner(self) -> Manner:
        return Manner(Engine.FAST, None, self.guideline)

    def cases(self) -> Iterator[CaseText]:
        return (item for item in Sources([str(self.folder)]) if isinstance(item, CaseText))


class Inputs:
    """Synthetic cases on disk, made when they are first asked for."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder, self._seed = folder, seed

    def of(self, cases: int) -> Path:
        """A folder with so many cases, mixed over the editions."""
        place = self.folder / f"cases-{self._seed}-{cases}"
        if not (place / "editions.csv").exists():
            synthesize(Order(cases, self._seed, workers=os.cpu_count() or 1), place)
        return place

    def editions(self, cases: int) -> list[Edition]:
        """The same by edition."""
        place = self.of(cases)
        with (place / "editions.csv").open(encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        return [
            Edition(place / r["folder"], r["judge with"].removeprefix("--guideline ") or None, r["label"])
            for r in rows if int(r["cases"])
        ]  # fmt: skip


def take(cases: Iterator[CaseText], number: int) -> list[CaseText]:
    """The next cases; there must be as many as asked for."""
    found = list(islice(cases, number))
    if len(found) < number:
        sys.exit("The input has too few cases of an edition; this is a mistake of the benchmark.")
    return found
