"""What a batch is asked to do."""

from __future__ import annotations

import os
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from reasoner.batch.row import Asks

if TYPE_CHECKING:
    from pathlib import Path

    from reasoner.cases import Manner

PART_SIZE = 2000
"""Cases in a part: some twenty megabytes of rows in memory, and as much again while they are written."""


VERIFIED = 200
"""Cases that are verified on the reference engine."""


class Format(StrEnum):
    """The forms of the output."""

    PARQUET = "parquet"
    JSONL = "jsonl"
    NQUADS = "nquads"


@dataclass(frozen=True, slots=True)
class Options:
    """The inputs, the output and the manner of a batch."""

    inputs: tuple[str, ...]
    out: Path
    manner: Manner
    formats: tuple[Format, ...] = (Format.PARQUET,)
    rationale: bool = False
    part_size: int = PART_SIZE
    workers: int | None = None
    verify: int = VERIFIED
    """How many cases are determined again on the reference engine; none if the batch is judged by it anyway."""
    seed: int = 0
    """What those are drawn by."""

    @property
    def asks(self) -> Asks:
        return Asks(Format.NQUADS in self.formats, self.rationale, Format.JSONL in self.formats)

    @property
    def unverified(self) -> str:
        """Why nothing is verified; empty if it is."""
        from reasoner.validate import Engine  # noqa: PLC0415 - --help reads this module and loads nothing heavy

        if self.manner.engine is Engine.REFERENCE:
            return "the reference engine judged all cases."
        return "" if self.verify else "--verify 0."

    @property
    def processes(self) -> int:
        """How many processes judge."""
        return processes(self.workers)

    def told(self) -> dict[str, Any]:
        """What the bytes of the output depend on."""
        return {
            "inputs": list(self.inputs),
            "engine": self.manner.engine.value,
            "as_of": self.manner.as_of.isoformat() if self.manner.as_of else None,
            "guideline": self.manner.guideline,
            "formats": sorted(self.formats),
            "rationale": self.rationale,
            "part_size": self.part_size,
            "verify": self.verify,
            "seed": self.seed,
        }


def processes(workers: int | None) -> int:
    """How many processes to judge with: one for each core that is ours, if not said."""
    return workers or len(os.sched_getaffinity(0))
