"""Files written whole or not at all."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

from reasoner.errors import Problem, UsageError


def write_whole(path: Path, content: str) -> None:
    """Write a file by way of a temporary one beside it, so that no reader ever sees half of it.

    Raises `UsageError` where the folder cannot be written to.
    """
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
                file.write(content)
            Path(temporary).replace(path)
        except BaseException:
            with contextlib.suppress(FileNotFoundError):
                Path(temporary).unlink()
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
