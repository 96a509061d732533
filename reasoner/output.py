"""Files written whole or not at all."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from reasoner.errors import Problem, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


def write_whole(path: Path, content: str) -> None:
    """Write a file by way of a temporary one beside it, so that no reader ever sees half of it.

    Raises `UsageError` where the folder cannot be written to.
    """
    write_whole_from(path, (content,))


def write_whole_from(path: Path, contents: Iterable[str]) -> None:
    """The same of a text in pieces, which need not fit into memory together."""
    try:
        temporary = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            with temporary.open("x", encoding="utf-8", newline="\n") as file:
                file.writelines(contents)
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    except OSError as error:
        problem = Problem(
            "cannot-write",
            str(path),
            None,
            f"The file cannot be written: {error.strerror}.",
            "Choose another file with --out.",
        )
        raise UsageError(problem) from None


def make_folder(path: Path) -> None:
    """Make a folder and those above it. Raises `UsageError` where that is not possible."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        problem = Problem(
            "cannot-write", str(path), None, f"The folder cannot be made: {error.strerror}.", "Choose another folder."
        )
        raise UsageError(problem) from None
