"""Processes that end when this one does, however it ends: also when it is killed."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import IO

WAIT = "read -r _; kill -9 0"
"""It waits for the end of what it reads, which comes with ours, and then ends its whole group."""
LIMITED = 'ulimit -c 0; ulimit -v "$1" 2>/dev/null; [ "$(ulimit -v)" != unlimited ] || exit 1; shift; exec "$@"'
"""A program with a limit of memory: this one, or a lower one that was there; never none."""


class Keeper:
    """A group of processes."""

    def __init__(self) -> None:
        command = ["/bin/sh", "-c", WAIT]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, process_group=0)  # noqa: S603 - our own words

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.stdin:
            self._process.stdin.close()
        self._process.wait()

    def begin(self, command: Sequence[str], memory: int, said: IO[bytes]) -> subprocess.Popen[bytes]:
        """Begin a program that may have so many bytes of memory; what it says goes to a file."""
        return subprocess.Popen(  # noqa: S603 - our own program
            ["/bin/sh", "-c", LIMITED, "sh", str(memory >> 10), *command],
            stdin=subprocess.DEVNULL, stdout=said, stderr=said, process_group=self._process.pid,
        )  # fmt: skip
