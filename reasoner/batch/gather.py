"""Quads of many cases gathered into cases, for the forms that cannot be cut by lines: TriG, and tables of quads."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import IO, TYPE_CHECKING

from reasoner.batch.arrow import FAULTS, parquet_rows
from reasoner.batch.names import Seen, name_of, namespace
from reasoner.batch.row import CaseText
from reasoner.batch.unread import Unread, cut_off, no_case, scattered, too_large, unreadable
from reasoner.errors import Problem
from reasoner.load import MAX_BYTES, MAX_QUADS
from reasoner.rdf import Iri, Literal, Quad, SyntaxFault, nquads, parse_stream
from reasoner.terms import CORE, RDF

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from reasoner.batch.unread import Item

MAX_NESTED = 1000
"""How often a file may open a statement about a statement: the parser dies of some thousands within each other."""
QUAD_ROWS = 10_000


def trig_cases(stream: IO[bytes], file: str) -> Iterator[Item]:
    """The cases of a TriG file, as N-Quads; a mistake in it ends the file, not what came before."""
    return gathered(parse_stream(_Unnested(stream), ".trig"), file)  # type: ignore[arg-type]


def request_spaces(stream: IO[bytes]) -> Iterator[str]:
    """Each namespace of TriG in which a request stands, up to where the file cannot be read."""
    seen: set[str] = set()
    with suppress(*FAULTS):
        for quad in parse_stream(_Unnested(stream), ".trig"):  # type: ignore[arg-type]
            if quad.object == CORE.TreatmentRequest and (space := namespace(quad.subject)) and space not in seen:
                seen.add(space)
                yield space


def quad_table(stream: IO[bytes], file: str) -> Iterator[Item]:
    """The cases of a Parquet table of quads: an object without datatype and language is an IRI."""
    wanted, optional = ("subject", "predicate", "object"), ("datatype", "language", "graph")
    return gathered((_quad(*row) for row in parquet_rows(stream, wanted, optional, QUAD_ROWS)), file)


def gathered(quads: Iterable[Quad], file: str) -> Iterator[Item]:
    """Quads gathered by the namespace of their subjects, which must stand together."""
    case, seen = _Gathering("", file), Seen()
    try:
        for quad in quads:
            if not (case.space and quad.subject.startswith(case.space)):
                space = namespace(quad.subject)
                if space and space != case.space:
                    if case.space:
                        yield case.item()
                        case = _Gathering(space, file)
                    case.space, case.again = space, seen.again(space)
            case.add(quad)
    except FAULTS as fault:
        if case.space:
            yield cut_off(name_of(case.space), file)
        yield unreadable(file, fault, fault.line if isinstance(fault, SyntaxFault) else None)
        return
    yield case.item() if case.space else no_case(file)


class _Gathering:
    """The quads of one case, up to the size that a case may have."""

    def __init__(self, space: str, file: str) -> None:
        self.space, self.file = space, file
        self.again = False
        self._quads: list[Quad] = []
        self._size = 0

    def add(self, quad: Quad) -> None:
        self._size += sum(map(len, (quad.subject, quad.predicate, *_text(quad.object), quad.graph or "")))
        if self._size > MAX_BYTES or len(self._quads) > MAX_QUADS:
            self._quads.clear()
            self._size = MAX_BYTES + 1
        else:
            self._quads.append(quad)

    def item(self) -> Item:
        name = name_of(self.space)
        if self.again:
            return scattered(name, self.file)
        if self._size > MAX_BYTES:
            return too_large(name, self.file)
        if any(quad.predicate == UNSOUND for quad in self._quads):
            problem, fix = "A row is no statement of RDF.", "Give each row absolute IRIs, or a value and its datatype."
            return Unread(name, self.file, Problem("syntax", self.file, None, problem, fix))
        return CaseText(name, self.file, ".nq", nquads(self._quads))


def _text(term: Iri | Literal) -> tuple[str, ...]:
    return (term.value,) if isinstance(term, Literal) else (term,)


def _quad(
    subject: str | None, predicate: str | None, value: str | None,
    datatype: str | None, language: str | None, graph: str | None,
) -> Quad:  # fmt: skip
    kind = RDF.langString if language else datatype
    term = Iri(value or "") if kind is None else Literal(value or "", Iri(kind), language or "")
    sound = (
        all(_IRI.fullmatch(iri or "") for iri in (subject, predicate, kind or value, graph or subject))
        and value is not None
        and _TAG.fullmatch(language or "")
    )
    return Quad(Iri(subject or ""), Iri(predicate or "") if sound else UNSOUND, term, Iri(graph) if graph else None)


UNSOUND = Iri("")
"""The predicate of a row that cannot be written as N-Quads."""
_IRI = re.compile(r'_:\w+|[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>"{}|^`\\]*')
_TAG = re.compile(r"([A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*)?")


class _Unnested:
    """A stream of Turtle that is cut off where it could bring the parser down."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._opened = 0
        self._last = b""

    def read(self, size: int = -1) -> bytes:
        block = self._stream.read(size)
        self._opened += (self._last + block).count(b"<<")
        self._last = block[-1:]
        if self._opened > MAX_NESTED:
            message = "it holds too many statements about statements, or too often the text <<"
            raise ValueError(message)
        return block
