"""Long work shows a bar to who watches it, and to nobody else; Ctrl-C ends it quietly."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import signal
import struct
import subprocess
import sys
import termios
import time
from typing import TYPE_CHECKING

import pytest

from reasoner.tables import Tracked, counted, tracked

if TYPE_CHECKING:
    from collections.abc import Iterator

COLOUR = re.compile(rb"\x1b\[[0-9;]*m")
BROKEN_OFF = 130
"""What a shell reads as ended by Ctrl-C."""


def watched(*arguments: str, broken_off: bool = False, **environment: str) -> tuple[int, bytes, bytes]:
    """A command whose standard error is a terminal of 80 columns: exit code, standard output, standard error."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    running = subprocess.Popen(
        [sys.executable, "-m", "reasoner", *arguments], stdout=subprocess.PIPE, stderr=theirs,
        env={k: v for k, v in os.environ.items() if k != "NO_COLOR"} | {"TERM": "xterm-256color"} | environment,
    )  # fmt: skip
    os.close(theirs)
    told = b""
    for piece in _read(ours):
        told += piece
        if broken_off and b" of " in told:
            running.send_signal(signal.SIGINT)
            broken_off = False
    out, _ = running.communicate()
    return running.returncode, out, told


def _read(terminal: int) -> Iterator[bytes]:
    until = time.monotonic() + 100
    while time.monotonic() < until:
        try:
            piece = os.read(terminal, 65536)
        except OSError:
            return
        if not piece:
            return
        yield piece


@pytest.mark.parametrize(
    ("command", "steps"),
    [
        (("mutate", "G1", "--limit", "2", "--format", "json"), b"2 of 2"),
        (("diff", "G1", "G1", "--cases", "cases/v01-all-met", "--cases", "cases/v07-three-levels"), b"1 of 2"),
        (("lint", "G1"), b"Linting"),
    ],
)
def test_a_bar_is_drawn_on_the_terminal_and_never_into_the_output(command: tuple[str, ...], steps: bytes) -> None:
    piped = subprocess.run([sys.executable, "-m", "reasoner", "guideline", *command], capture_output=True, check=False)
    code, out, told = watched("guideline", *command)
    assert steps in told
    assert COLOUR.search(told)
    assert told.endswith(b"\x1b[2K"), "the bar is wiped out at the end"
    assert b"\x1b[?25h" in told, "the cursor comes back"
    assert (code, out) == (piped.returncode, piped.stdout)
    assert piped.stderr == b""


def test_a_bar_has_no_colour_where_none_is_wanted() -> None:
    _, _, told = watched("guideline", "mutate", "G1", "--limit", "2", NO_COLOR="1")
    assert b"2 of 2" in told
    assert not COLOUR.search(told)


def test_a_terminal_that_cannot_move_its_cursor_gets_no_bar() -> None:
    assert watched("guideline", "mutate", "G1", "--limit", "1", TERM="dumb")[2] == b""


def test_ctrl_c_ends_without_a_traceback_and_gives_the_cursor_back() -> None:
    code, out, told = watched("guideline", "mutate", "G1", broken_off=True)
    assert code == BROKEN_OFF
    assert out == b""
    assert b"Traceback" not in told
    assert told.rindex(b"\x1b[?25h") > told.rindex(b"\x1b[?25l")


def test_nothing_is_drawn_where_nobody_watches(capfd: pytest.CaptureFixture[str]) -> None:
    items = Tracked(["a", "b", "c"], "Counting")
    assert list(items) == list(tracked(items, "Counting")) == ["a", "b", "c"]
    assert (len(items), items[1], bool(Tracked([], "Counting"))) == (3, "b", False)
    with counted("Counting") as tell:
        tell(1, 2)
    assert capfd.readouterr() == ("", "")
