"""N-Quads of many cases cut into cases, without parsing: one bad line spoils one case and no other."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING

from reasoner.batch.arrow import FAULTS
from reasoner.batch.names import Seen, name_of, namespace
from reasoner.batch.row import CaseText
from reasoner.batch.unread import cut_off, no_case, scattered, too_large, unreadable
from reasoner.load import MAX_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reasoner.batch.unread import Item

BLOCK = 1 << 20
LONGEST_IRI = 8192
NOTHING = b"\n\n"
"""What no line begins with."""


def split(stream: IO[bytes], file: str, ending: str) -> Iterator[Item]:
    """The cases of a file in the order of their first lines, as bytes; of a damaged file those that are whole."""
    run, seen = _Run(file, ending), Seen()
    try:
        for piece in _pieces(stream):
            find, startswith, size = piece.find, piece.startswith, len(piece)
            start = at = lines = 0
            while at < size:
                if not startswith(run.prefix, at):
                    space = _namespace(piece[at : at + LONGEST_IRI])
                    if space and space != run.space:
                        run.add(piece[start:at], lines)
                        if run.space:
                            yield run.item()
                            run = _Run(file, ending, run.next_line)
                        run.begin(space, again=seen.again(space))
                        start, lines = at, 0
                at = find(b"\n", at) + 1 or size
                lines += 1
            run.add(piece[start:], lines)
    except FAULTS as fault:
        if run.space:
            yield cut_off(name_of(run.space), file)
        yield unreadable(file, fault)
        return
    yield run.item() if run.space else no_case(file)


class _Run:
    """The lines of one case; what comes before the first case of a file belongs to that."""

    def __init__(self, file: str, ending: str, line: int = 1) -> None:
        self.file, self.ending, self.line = file, ending, line
        self.next_line = line
        self.space = ""
        self.prefix = NOTHING
        self._again = False
        self._size = 0
        self._parts: list[bytes] = []

    def begin(self, space: str, *, again: bool) -> None:
        self.space, self._again = space, again
        self.prefix = b"<" + space.encode()

    def add(self, content: bytes, lines: int) -> None:
        self.next_line += lines
        self._size += len(content)
        if self._size > MAX_BYTES:
            self._parts.clear()
        else:
            self._parts.append(content)

    def item(self) -> Item:
        name = name_of(self.space)
        if self._again:
            return scattered(name, self.file, self.line)
        if self._size > MAX_BYTES:
            return too_large(name, self.file, self.line)
        return CaseText(name, self.file, self.ending, b"".join(self._parts), self.line)


def _namespace(line: bytes) -> str | None:
    """The namespace of a line's subject; nothing for a blank node, a comment or what is no statement."""
    line = line.partition(b"\n")[0].lstrip(b" \t")
    if not line.startswith(b"<"):
        return None
    iri, closed, _ = line[1:].partition(b">")
    return namespace(iri.decode(errors="replace")) if closed else None


def _pieces(stream: IO[bytes]) -> Iterator[bytes]:
    """The stream in whole lines; of a line that is larger than any case only the beginning."""
    rest, skipping = b"", False
    first = True
    while block := stream.read(BLOCK):
        if first:
            block, first = block.removeprefix(b"\xef\xbb\xbf"), False
        if skipping:
            _, newline, block = block.partition(b"\n")
            skipping = not newline
        end = block.rfind(b"\n") + 1
        if end:
            yield rest + block[:end]
            rest = block[end:]
        else:
            rest += block
        if len(rest) > MAX_BYTES:
            yield rest + b"\n"
            rest, skipping = b"", True
    if rest:
        yield rest
