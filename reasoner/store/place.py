"""A store's folder: a pointer names the generation that is read; the next one is made beside it and then named.

store.json                 the pointer: schema and generation
lock                       held by whoever writes
staging/                   what is judged and not yet in a generation
generations/<number>/      quads/, catalogue.sqlite, summary.json, info.json
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any

from reasoner.errors import Problem, UsageError
from reasoner.output import make_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SCHEMA = 3
"""The version of the form of a store: of its folder, its graphs' names and what they hold."""
POINTER, LOCK, STAGING, GENERATIONS = "store.json", "lock", "staging", "generations"
UNFINISHED = ".unfinished"
TRIES = 5


@dataclass(frozen=True, slots=True)
class Generation:
    """One finished state of a store, which never changes."""

    path: Path

    @property
    def quads(self) -> Path:
        return self.path / "quads"

    @property
    def catalogue(self) -> Path:
        return self.path / "catalogue.sqlite"

    @property
    def info(self) -> dict[str, Any]:
        """What it was made from, and what it holds."""
        found: dict[str, Any] = json.loads((self.path / "info.json").read_text(encoding="utf-8"))
        return found


def current(root: Path) -> Generation | None:
    """The generation that the pointer names; nothing where there is no store yet.

    Raises `UsageError` for a store of another schema and for what is none.
    """
    pointer = root / POINTER
    if not pointer.exists():
        if root.is_dir() and any(p.name not in {LOCK, STAGING, GENERATIONS} for p in root.iterdir()):
            words, fix = "The folder holds something that is no store.", "Give another folder, or one that is empty."
            raise UsageError(Problem("no-store", str(root), None, words, fix))
        return None
    try:
        found = json.loads(pointer.read_text(encoding="utf-8"))
        schema, name = int(found["schema"]), str(int(found["generation"]))
    except (OSError, ValueError, KeyError, TypeError):
        words, fix = "The pointer cannot be read.", "Build the store anew in another folder."
        raise UsageError(Problem("damaged-store", str(pointer), None, words, fix)) from None
    if schema != SCHEMA:
        words = f"The store has schema {schema}; this program reads and writes schema {SCHEMA}."
        fix = "Build it anew in another folder, or use the program that made it."
        raise UsageError(Problem("other-schema", str(pointer), None, words, fix))
    return Generation(root / GENERATIONS / name)


@contextmanager
def reading(root: Path) -> Iterator[Generation]:
    """The present generation, which is not cleared away while the block lasts. Raises `UsageError`."""
    found, held = _held(root)
    with held:
        yield found


def _held(root: Path) -> tuple[Generation, IO[bytes]]:
    """The present generation, and the open file whose lock keeps it."""
    for _ in range(TRIES):  # a writer may clear it away between the look at the pointer and the lock
        found = current(root)
        if found is None:
            words, fix = "There is no store.", "Make one: reasoner store build DIR CASES..."
            raise UsageError(Problem("no-store", str(root), None, words, fix))
        with suppress(FileNotFoundError), ExitStack() as until:
            held = until.enter_context((found.path / "info.json").open("rb"))
            fcntl.flock(held, fcntl.LOCK_SH)
            if current(root) == found:
                until.pop_all()
                return found, held
    words, fix = "The generation that the pointer names is not there.", "Build the store anew in another folder."
    raise UsageError(Problem("damaged-store", str(root), None, words, fix))


@contextmanager
def writing(root: Path) -> Iterator[Generation | None]:
    """The present generation, while nobody else writes. Raises `UsageError`."""
    current(root)
    make_folder(root)
    try:
        handle = os.open(root / LOCK, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        words, fix = f"The folder cannot be written to: {error.strerror}.", "Choose another folder."
        raise UsageError(Problem("cannot-write", str(root), None, words, fix)) from None
    try:
        _lock(handle, root)
        clear(root)
        yield current(root)
    finally:
        os.close(handle)


def _lock(handle: int, root: Path) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        words, fix = "Another run is writing to the store.", "Wait for it to end."
        raise UsageError(Problem("in-use", str(root), None, words, fix)) from None


@contextmanager
def next_generation(root: Path) -> Iterator[Generation]:
    """An empty folder for a new generation; it becomes the present one when the block ends without an error."""
    before = current(root)
    number = int(before.path.name) + 1 if before else 1
    target = root / GENERATIONS / str(number)
    unfinished = target.with_name(target.name + UNFINISHED)
    unfinished.mkdir(parents=True)
    yield Generation(unfinished)
    unfinished.replace(target)
    sync(target.parent)
    write_json(root / POINTER, {"schema": SCHEMA, "generation": number})


def clear(root: Path) -> None:
    """Remove every generation but the present one; those that somebody reads are left for the next time."""
    present = current(root)
    folders = (root / GENERATIONS).iterdir() if (root / GENERATIONS).is_dir() else ()
    for folder in list(folders):
        if present is None or folder != present.path:
            with _unread(folder) as unread:
                if unread:
                    shutil.rmtree(folder)


@contextmanager
def _unread(folder: Path) -> Iterator[bool]:
    try:
        held = (folder / "info.json").open("rb")
    except FileNotFoundError:
        yield True
        return
    with held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def write_json(path: Path, value: object) -> None:
    """A small file, whole or not at all, and on the disk before this returns."""
    temporary = path.with_name(f".{path.name}{UNFINISHED}")
    temporary.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    sync(temporary)
    temporary.replace(path)
    sync(path.parent)


def sync(path: Path) -> None:
    """See a file or folder onto the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
