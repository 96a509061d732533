"""What the commands share: options, and how they print. The only module that imports the library (typer)."""

from __future__ import annotations

import sys
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated

from typer import Argument, Exit, Option, Typer, prompt

from reasoner.errors import Problem, ReasonerError, UsageError

__all__ = ["Argument", "Exit", "Option", "Typer", "prompt"]


def commands(words: str) -> Typer:
    """A group of commands."""
    return Typer(no_args_is_help=True, pretty_exceptions_enable=False, rich_markup_mode=None, help=words)


class EngineChoice(StrEnum):
    """The engines by name; kept apart from `validate` so that --help loads nothing."""

    REFERENCE = "reference"
    FAST = "fast"


class TableForm(StrEnum):
    """The forms of what is otherwise a table or tree."""

    TEXT = "text"
    JSON = "json"


class FormChoice(StrEnum):
    """The forms of a determination."""

    TEXT = "text"
    MARKDOWN = "markdown"
    JSON = "json"
    TRIG = "trig"


Cases = Annotated[
    list[str],
    Argument(metavar="CASE...", help="Case files or folders that hold case.trig; - reads one from standard input."),
]
AsOf = Annotated[
    str | None, Option("--as-of", metavar="DATE", help="Judge the record as of this day, such as 2024-11-12.")
]
GuidelineName = Annotated[
    str | None,
    Option(
        "--guideline",
        metavar="EDITION",
        help="Judge by this edition instead of the ladder's: a path, part of one, or a notation such as G1.",
    ),
]
EngineName = Annotated[EngineChoice | None, Option("--engine", help="The SHACL engine; fast where it is installed.")]
Out = Annotated[Path | None, Option("--out", metavar="FILE", help="Write to a file, whole or not at all.")]
TableFormat = Annotated[TableForm, Option("--format", help="For people or for programs.")]

HeaderFrom = Annotated[
    str | None,
    Option(
        "--header-from",
        metavar="FILE|env:NAME",
        help="A file or environment variable with a header for the server, such as Authorization: Bearer ...",
    ),
]


def day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(
            Problem("not-a-date", "--as-of", None, f"{text!r} is not a day.", "Write it as 2024-11-12.")
        ) from None


def emit(content: str, out: Path | None) -> None:
    from reasoner.output import write_whole

    if out is None:
        sys.stdout.buffer.write(content.encode())
        sys.stdout.flush()
    elif content:
        write_whole(out, content)


def tell(error: ReasonerError) -> None:
    from reasoner.render.page import clean

    for problem in error.problems:
        sys.stderr.write(clean(str(problem)) + "\n")
