"""Files on the disk: what they hold, that they are safely there, and their names until they are whole."""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

UNFINISHED = ".unfinished"


def sha256(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def save(path: Path) -> None:
    """See a file's content, or a folder's names, safely on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def unfinished(path: Path) -> Path:
    """Where a file stands until it gets its name."""
    return path.with_name(f".{path.name}{UNFINISHED}")


def put_in_place(path: Path) -> None:
    """Give a file that is whole and safe its name."""
    unfinished(path).replace(path)
    save(path.parent)


def is_there(path: Path, wanted: str) -> bool:
    """Whether a file has the wanted SHA-256; one that was made and only lacked its name gets it now."""
    if path.is_file() and sha256(path) == wanted:
        return True
    if unfinished(path).is_file() and sha256(unfinished(path)) == wanted:
        put_in_place(path)
        return True
    return False
