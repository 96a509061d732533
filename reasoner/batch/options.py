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

PART_SIZE = 5000
"""Cases in a part: some tens of megabytes of rows in memory."""


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

    @property
    def asks(self) -> Asks:
        return Asks(Format.NQUADS in self.formats, self.rationale, Format.JSONL in self.formats)

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
        }


def processes(workers: int | None) -> int:
    """How many processes to judge with: one for each core that is ours, if not said."""
    return workers or len(os.sched_getaffinity(0))
