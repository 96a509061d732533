"""What the commands share: options, and how they print. The only module that imports the library (typer)."""

from __future__ import annotations

import sys
from copy import copy
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from typer import Argument, Exit, Option, Typer, prompt
from typer.main import get_group

from reasoner.errors import Problem, ReasonerError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["Argument", "Exit", "Option", "Typer", "prompt"]


def commands(words: str) -> Typer:
    """A group of commands."""
    return Typer(no_args_is_help=True, pretty_exceptions_enable=False, rich_markup_mode=None, help=words)


def carry_out(at_hand: Typer, everything: Callable[[], Typer]) -> None:
    """Do what the command line asks for.

    A command that it names is built alone, since to build all takes longer than most commands do. All are built for
    help, for completion and for a name that is not known.
    """
    words = sys.argv[1:]
    if alone := _alone(at_hand, words):
        get_group(alone)()
    else:
        every = everything()
        alone = _alone(every, words)
        (get_group(alone) if alone else every)()


def _alone(app: Typer, words: Sequence[str]) -> Typer | None:
    """The group with only the command or group that the words begin with; nothing if they name none."""
    if not words:
        return None
    alone = copy(app)
    alone.registered_commands = [
        c for c in app.registered_commands if words[0] == (c.name or (c.callback and c.callback.__name__))
    ]
    alone.registered_groups = [copy(group) for group in app.registered_groups if group.name == words[0]]
    for group in alone.registered_groups:
        below = group.typer_instance
        group.typer_instance = below and (_alone(below, words[1:]) or below)
    return alone if alone.registered_commands or alone.registered_groups else None


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
