"""The command, run here or in a process of its own; edited copies of files; a listener that nothing may call."""

from __future__ import annotations

import io
import os
import socketserver
import subprocess
import sys
import threading
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from unittest.mock import patch

from reasoner.cases import Manner, assess_case
from reasoner.cli import main
from reasoner.data import folder
from reasoner.validate import Engine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reasoner.judge import Assessment

ROOT = Path(__file__).parent.parent
CASES = sorted(path.parent.name for path in folder("cases").glob("*/case.trig"))
EDITIONS = ("odg", "L37848")
ENGINES = tuple(Engine)
MET = folder("cases") / "v01-all-met" / "case.trig"
REFERENCE = folder("cases") / "reference-decision" / "case.trig"
ODG = folder("shapes") / "odg" / "lumbar-revision-fusion" / "as-stated.ttl"


class Ran(NamedTuple):
    """How a command ended and what it wrote."""

    code: int
    out: str
    err: str


def reasoner(*arguments: object, stdin: bytes = b"") -> Ran:
    """The command, run in this process."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
    given = io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8")
    code: object = 0
    with (
        patch.object(sys, "argv", ["reasoner", *map(str, arguments)]),
        patch.object(sys, "stdin", given),
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        try:
            main()
        except SystemExit as end:
            code = end.code
    return Ran(int(str(code)), *(stream.buffer.getvalue().decode() for stream in (out, err)))  # type: ignore[attr-defined]


def process(*arguments: object, stdin: bytes = b"", cwd: Path = ROOT, seconds: int = 20, **environment: str) -> Ran:
    """The command, run in a process of its own that must end in time."""
    done = subprocess.run(
        [sys.executable, "-m", "reasoner", *map(str, arguments)],
        input=stdin, cwd=cwd, capture_output=True, timeout=seconds, check=False, env={**os.environ, **environment},
    )  # fmt: skip
    return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())


def benchmarked(name: str, place: Path) -> str:
    """What a quick run of a benchmark prints; its results are kept in a folder."""
    done = subprocess.run(
        [sys.executable, ROOT / "benchmarks" / name, "--quick", "--scratch", place],
        capture_output=True, text=True, check=False, timeout=1200, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def edited(source: Path, target: Path, *changes: tuple[str, str]) -> Path:
    """A copy of a file with each text, which must be there, replaced by another; an empty text stands for the end."""
    text = source.read_text()
    for old, new in changes:
        assert old in text, f"{source.name} has no {old!r} to edit"
        text = text.replace(old, new) if old else text + new
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text)
    return target


@cache
def assessed(case: str, edition: str, engine: Engine) -> Assessment:
    """A packaged case with every criterion of an edition answered."""
    return assess_case(str(folder("cases") / case), Manner(engine, None, edition))


class Listener(NamedTuple):
    """A server on this machine, and what it was asked."""

    address: str
    asked: list[bytes]


@contextmanager
def listening() -> Iterator[Listener]:
    asked: list[bytes] = []

    class Answer(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            asked.append(self.request.recv(200))
            self.request.sendall(b"HTTP/1.0 200 OK\r\nContent-Type: application/ld+json\r\n\r\n{}")

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield Listener(f"http://127.0.0.1:{server.server_address[1]}/asked", asked)
        server.shutdown()
        thread.join()
