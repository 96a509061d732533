"""N-Quads of plain lines are read by a pattern, and read as the library reads them."""

from __future__ import annotations

import random
from functools import cache

import pytest
from support import CASES

from reasoner import rdf
from reasoner.data import folder
from reasoner.load import load_file
from reasoner.rdf import Quad, SyntaxFault, _plain_quads, nquads, parse

LINE = b'<https://a.b/c> <https://a.b/d#e> "f" <https://a.b/g> .\n'


@cache
def lines() -> list[bytes]:
    """Lines of packaged cases."""
    return [line for name in CASES[:8] for line in nquads(load_file(folder("cases") / name).quads).splitlines(True)]


def by_library(content: bytes, monkeypatch: pytest.MonkeyPatch) -> list[Quad] | None:
    with monkeypatch.context() as patched:
        patched.setattr(rdf, "_plain_quads", lambda *_: None)
        try:
            return parse(content, ".nq")
        except SyntaxFault:
            return None


def test_changed_lines_are_read_as_the_library_reads_them(monkeypatch: pytest.MonkeyPatch) -> None:
    draw = random.Random(7)  # noqa: S311 - repeatable draws, no secrets
    alphabet = [bytes([n]) for n in range(128)] + ["é".encode(), "\u2028".encode(), "\U0001f600".encode(), b"\xc3"]
    plain = 0
    for _ in range(8_000):
        line = draw.choice(lines())
        for _ in range(draw.choice([0, 1, 1, 2])):
            at = draw.randrange(len(line))
            line = line[:at] + draw.choice([b"", draw.choice(alphabet)]) + line[at + draw.choice([0, 1, 1]) :]
        found = _plain_quads(line, None)
        plain += found is not None
        assert found is None or found == by_library(line, monkeypatch), line
    assert plain > 1_000


@pytest.mark.parametrize(
    "content",
    [
        b"", b"\n", b"x " + LINE, LINE + b"x", LINE[:-1], LINE + b"\n", b"# said\n" + LINE, LINE.replace(b" .", b"."),
        LINE.replace(b"f", rb"\n"), LINE.replace(b'"f"', b'"f"@en'), LINE.replace(b"<https://a.b/g>", b"_:g"),
        LINE.replace(b'"f"', b'"f"^^<urn:x>'), LINE.replace(b"\n", b"\r\n"), LINE.replace(b"f", b"\xff"),
        LINE.replace(b"https://a.b/c", b"c"), LINE.replace(b"/c", b"/%zz"), LINE.replace(b"/c", b"/#c#c"),
    ],
)  # fmt: skip
def test_a_line_with_anything_unusual_is_left_to_the_library(content: bytes) -> None:
    assert _plain_quads(content, None) is None


def test_plain_lines_are_read_by_the_pattern_up_to_the_limit() -> None:
    assert len(_plain_quads(LINE * 3, 3) or ()) == 3
    assert _plain_quads(LINE * 3, 2) is None
    assert len(parse(LINE * 3, ".nq", limit=2)) == 2
