"""What can be wrong, said so that the person who reads it can mend it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class ExitCode(IntEnum):
    """Exit codes of every command."""

    DONE = 0
    CRITERION_NOT_MET = 1
    USAGE = 2
    INPUT_REFUSED = 3
    KNOWLEDGE_BASE = 4
    OUR_BUG = 5


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a file, where it stands and how to mend it."""

    code: str
    file: str
    line: int | None
    problem: str
    fix: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        lines = [f"error[{self.code}] {place}", f"  {self.problem}"]
        if self.fix:
            lines.append(f"  {self.fix}")
        return "\n".join(lines)


class ReasonerError(Exception):
    """Work that cannot go on, with every problem that was found."""

    exit_code = ExitCode.OUR_BUG

    def __init__(self, *problems: Problem) -> None:
        self.problems = problems
        super().__init__("\n".join(map(str, problems)))


class UsageError(ReasonerError):
    """The command line asks for something that does not exist."""

    exit_code = ExitCode.USAGE


class InputRefusedError(ReasonerError):
    """A case that cannot be read or must not be judged."""

    exit_code = ExitCode.INPUT_REFUSED


class KnowledgeBaseError(ReasonerError):
    """An ontology, guideline edition or ladder that fails its checks."""

    exit_code = ExitCode.KNOWLEDGE_BASE
