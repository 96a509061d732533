"""Files of many synthetic cases: N-Quads, compressed or not, and Parquet tables of cases."""

from __future__ import annotations

import gzip
from contextlib import suppress
from typing import IO, TYPE_CHECKING, Any, Protocol

from reasoner.errors import Problem, UsageError

if TYPE_CHECKING:
    from pathlib import Path

TABLE = "parquet"
ENDINGS = {"zstd": ".nq.zst", "gzip": ".nq.gz", "none": ".nq", TABLE: ".parquet"}
"""How a file of many cases ends: a table, or N-Quads by their compression."""
BUFFER = 1 << 20


class Shard(Protocol):
    """A file of many cases while it is written."""

    def add(self, name: str, text: str) -> None:
        """Append a case."""

    def close(self) -> None:
        """Write what is left."""

    def drop(self) -> None:
        """Let go of a file that is not wanted, or takes no more."""


def shard(path: Path, kind: str, notice: str) -> Shard:
    """A new file of many cases, of one of the kinds of `ENDINGS`; it begins with a notice.

    Raises `UsageError` where the library that it takes is not installed.
    """
    return _Rows(path, notice) if kind == TABLE else _Lines(path, kind, notice)


class _Lines:
    """N-Quads."""

    def __init__(self, path: Path, compression: str, notice: str) -> None:
        packing = _arrow(compression).Packing if compression == "zstd" else _PACKING[compression]
        self._file = path.open("wb")
        self._stream = packing(self._file)
        self._held = [f"# {notice}\n"]
        self._size = 0

    def add(self, name: str, text: str) -> None:  # noqa: ARG002 - every statement tells its case
        self._held.append(text)
        self._size += len(text)
        if self._size > BUFFER:
            self._flush()

    def _flush(self) -> None:
        self._stream.write("".join(self._held).encode())
        self._held, self._size = [], 0

    def close(self) -> None:
        self._flush()
        self._stream.close()
        self._file.close()

    def drop(self) -> None:
        for release in (getattr(self._stream, "drop", self._stream.close), self._file.close):
            with suppress(OSError):
                release()


class _Rows:
    """A Parquet table."""

    def __init__(self, path: Path, notice: str) -> None:
        table = _arrow(TABLE).CaseTable
        self._file = path.open("wb")
        self._table = table(self._file, notice)

    def add(self, name: str, text: str) -> None:
        self._table.add(name, text.encode())

    def close(self) -> None:
        self._table.close()
        self._file.close()

    def drop(self) -> None:
        self._table.drop()
        with suppress(OSError):
            self._file.close()


def _gzip(file: IO[bytes]) -> gzip.GzipFile:
    """A gzip stream without name and time, which would differ from run to run."""
    return gzip.GzipFile("", "wb", 6, file, mtime=0)


_PACKING: dict[str, Any] = {"gzip": _gzip, "none": lambda file: file}


def _arrow(wanted: str) -> Any:
    try:
        from reasoner.batch import arrow  # noqa: PLC0415 - what needs no library works without it
    except UsageError:
        said = f"{wanted} needs pyarrow, which is not installed."
        fix = "Install the extra: pip install '.[batch]'. Or use --compression gzip."
        raise UsageError(Problem("not-installed", "reasoner synthesize", None, said, fix)) from None
    return arrow
