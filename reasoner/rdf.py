"""RDF terms, graphs and files: the only module that knows the RDF library (pyoxigraph).

IRIs are plain strings and literals are small values, so that everything after parsing can be
compared, sorted and hashed without a library.
"""

from __future__ import annotations

import hashlib
import io
import re
from functools import cached_property, lru_cache
from itertools import islice
from typing import IO, TYPE_CHECKING, NamedTuple, NewType

import pyoxigraph

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

Iri = NewType("Iri", str)
"""An absolute IRI, or a blank node written ``_:label``."""

STRING = Iri("http://www.w3.org/2001/XMLSchema#string")


class Literal(NamedTuple):
    """An RDF literal; ``datatype`` is an IRI and ``language`` is empty for untagged text."""

    value: str
    datatype: Iri = STRING
    language: str = ""


Term = Iri | Literal

_new = tuple.__new__  # a third of the time of Quad(...)


class Triple(NamedTuple):
    """One statement."""

    subject: Iri
    predicate: Iri
    object: Term


class Quad(NamedTuple):
    """One statement and the named graph it stands in; ``None`` is the default graph."""

    subject: Iri
    predicate: Iri
    object: Term
    graph: Iri | None

    @property
    def triple(self) -> Triple:
        return _new(Triple, self[:3])


class SyntaxFault(ValueError):  # noqa: N818 - not an error of ours but of the file
    """A file that is not RDF, with the parser's line (from 1) where it gave up."""

    def __init__(self, message: str, line: int | None) -> None:
        super().__init__(message)
        self.line = line


FORMATS: Mapping[str, pyoxigraph.RdfFormat] = {
    ".ttl": pyoxigraph.RdfFormat.TURTLE,
    ".trig": pyoxigraph.RdfFormat.TRIG,
    ".nt": pyoxigraph.RdfFormat.N_TRIPLES,
    ".nq": pyoxigraph.RdfFormat.N_QUADS,
    ".jsonld": pyoxigraph.RdfFormat.JSON_LD,
}
"""The file forms that are read, by their ending. All are parsed without network."""


class Graph:
    """An immutable index of triples by subject and by predicate; whatever it lists is sorted."""

    def __init__(self, statements: Iterable[Triple | Quad]) -> None:
        by_subject: dict[Iri, _Stated] = {}
        several: list[tuple[_Stated, Iri]] = []
        for statement in statements:
            subject, predicate, value = statement[0], statement[1], statement[2]
            stated = by_subject.get(subject)
            if stated is None:
                by_subject[subject] = {predicate: [value]}
            elif predicate in stated:
                values = stated[predicate]
                values.append(value)
                if len(values) == 2:  # noqa: PLR2004 - now it must be sorted
                    several.append((stated, predicate))
            else:
                stated[predicate] = [value]
        for stated, predicate in several:
            stated[predicate] = _each_once(stated[predicate])
        self._by_subject = by_subject
        self._pairs: dict[Iri, list[tuple[Iri, Term]]] = {}
        self._subjects: dict[Iri, dict[Term, list[Iri]]] = {}

    @cached_property
    def triples(self) -> frozenset[Triple]:
        """All of its triples."""
        return frozenset(self)

    def __contains__(self, triple: Triple) -> bool:
        return triple.object in self.values(triple.subject, triple.predicate)

    def __iter__(self) -> Iterator[Triple]:
        for subject, stated in self._by_subject.items():
            for predicate, values in stated.items():
                for value in values:
                    yield _new(Triple, (subject, predicate, value))

    def __len__(self) -> int:
        return sum(len(values) for stated in self._by_subject.values() for values in stated.values())

    def plus(self, triples: Iterable[Triple]) -> Graph:
        """A new graph with more triples; the index of what is left as it was is shared, for it never changes."""
        new = Graph(())
        new._by_subject = self._by_subject | dict(_joined(self._by_subject, Graph(triples).by_subject()))
        return new

    def by_subject(self) -> Iterable[tuple[Iri, dict[Iri, list[Term]]]]:
        """Each subject with everything stated of it, by predicate; in no order."""
        return self._by_subject.items()

    def all_subjects(self) -> list[Iri]:
        """Every subject once."""
        return sorted(self._by_subject)

    def all_predicates(self) -> set[Iri]:
        """Every predicate, in no order."""
        return set().union(*self._by_subject.values())

    def all_names(self) -> set[Iri]:
        """Everything that it speaks of but literals, in no order."""
        names = {*self._by_subject, *self.all_predicates()}
        for stated in self._by_subject.values():
            for values in stated.values():
                names.update([value for value in values if not isinstance(value, Literal)])
        return names

    def predicates(self, subject: Iri) -> Mapping[Iri, list[Term]]:
        """Everything stated of a subject, by predicate."""
        return self._by_subject.get(subject, {})

    def pairs(self, predicate: Iri) -> list[tuple[Iri, Term]]:
        """Subject and value of every triple with this predicate."""
        found = self._pairs.get(predicate)
        if found is None:
            held = [(subject, stated[predicate]) for subject, stated in self._by_subject.items() if predicate in stated]
            held.sort(key=lambda item: item[0])
            found = self._pairs[predicate] = [(subject, value) for subject, values in held for value in values]
        return found

    def subjects(self, predicate: Iri, value: Term) -> list[Iri]:
        """Who has this value."""
        found = self._subjects.get(predicate)
        if found is None:
            found = self._subjects[predicate] = {}
            for subject, stated in self._by_subject.items():
                for held in stated.get(predicate, ()):
                    found.setdefault(held, []).append(subject)
        return sorted(found.get(value, ()))

    def values(self, subject: Iri, predicate: Iri) -> list[Term]:
        """All values of a property."""
        stated = self._by_subject.get(subject)
        return stated.get(predicate, []) if stated else []

    def iris(self, subject: Iri, predicate: Iri) -> list[Iri]:
        """The values that are not literals."""
        return [value for value in self.values(subject, predicate) if not isinstance(value, Literal)]

    def iri(self, subject: Iri, predicate: Iri) -> Iri | None:
        """The first value that is not a literal."""
        for value in self.values(subject, predicate):
            if not isinstance(value, Literal):
                return value
        return None

    def literal(self, subject: Iri, predicate: Iri) -> Literal | None:
        """The first value that is a literal."""
        for value in self.values(subject, predicate):
            if isinstance(value, Literal):
                return value
        return None

    def text(self, subject: Iri, predicate: Iri) -> str:
        """The first literal's text, or nothing."""
        found = self.literal(subject, predicate)
        return found.value if found else ""

    def members(self, head: Iri | None) -> list[Term]:
        """The members of an RDF list, in order; of one without an end, each once."""
        return [member for cell in self.cells(head) for member in self.values(cell, Iri(_RDF + "first"))[:1]]

    def cells(self, head: Iri | None) -> list[Iri]:
        """The cells of an RDF list, in order; of one without an end, each once."""
        found: dict[Iri, None] = {}
        while head is not None and head != _RDF + "nil" and head not in found:
            found[head] = None
            head = self.iri(head, Iri(_RDF + "rest"))
        return list(found)


_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_Stated = dict[Iri, list[Term]]


def _joined(known: Mapping[Iri, _Stated], more: Iterable[tuple[Iri, _Stated]]) -> Iterator[tuple[Iri, _Stated]]:
    """What is stated of each subject of which more is stated, all in one."""
    for subject, added in more:
        stated = known.get(subject)
        if stated is None:
            yield subject, added
        else:
            both = {p: _each_once([*stated[p], *values]) for p, values in added.items() if p in stated}
            yield subject, {**stated, **added, **both}


def _each_once(values: list[Term]) -> list[Term]:
    """Values in order, each once."""
    found = set(values)
    try:
        return sorted(found)  # names alone, or literals alone
    except TypeError:
        return sorted(found, key=_order)


def _order(value: Term) -> tuple[str, str, str]:
    return (value.value, value.datatype, value.language) if isinstance(value, Literal) else (value, "", "")


def parse(content: bytes, ending: str, base: str | None = None, limit: int | None = None) -> list[Quad]:
    """The quads of a file in the form that its ending names, up to a limit.

    Raises `SyntaxFault` with the parser's line; a remote JSON-LD context is refused, never fetched.
    """
    labels = _Labels(content)
    return [
        _new(Quad, (
            subject.value if type(subject) is _NAMED else _iri(subject, labels),
            predicate.value,
            value.value if type(value) is _NAMED else _term(value, labels),
            graph.value if type(graph) is _NAMED else _graph(graph, labels),
        ))
        for subject, predicate, value, graph in _library_quads(content, ending, base, limit)
    ]  # fmt: skip


def triples(content: bytes, ending: str) -> list[Triple]:
    """The statements of a file without the graphs that they stand in; raises as `parse` does."""
    labels = _Labels(content)
    return [
        _new(Triple, (
            subject.value if type(subject) is _NAMED else _iri(subject, labels),
            predicate.value,
            value.value if type(value) is _NAMED else _term(value, labels),
        ))
        for subject, predicate, value, _ in _library_quads(content, ending)
    ]  # fmt: skip


_NAMED = pyoxigraph.NamedNode  # whose value is taken as it is: a third of the time of Iri(...)


def _library_quads(
    content: bytes, ending: str, base: str | None = None, limit: int | None = None
) -> list[pyoxigraph.Quad]:
    try:
        return list(islice(pyoxigraph.parse(content, format=FORMATS[ending], base_iri=base), limit))
    except SyntaxError as error:
        raise SyntaxFault(str(error.msg or error), error.lineno) from None
    except ValueError as error:
        raise SyntaxFault(str(error), None) from None


def parse_stream(stream: IO[bytes], ending: str) -> Iterator[Quad]:
    """The quads of a stream one by one, so that a file of any size takes no memory; raises as `parse` does."""
    labels = _Labels(b"")
    try:
        for q in pyoxigraph.parse(stream, format=FORMATS[ending]):
            subject, predicate = _iri(q.subject, labels), _iri(q.predicate)
            yield Quad(subject, predicate, _term(q.object, labels), _graph(q.graph_name, labels))
    except SyntaxError as error:
        raise SyntaxFault(str(error.msg or error), error.lineno) from None


def parse_results(stream: IO[bytes]) -> bool | Selection:
    """The answer to an ASK or a SELECT in SPARQL 1.1 results JSON; rows are read as they are asked for.

    Raises `SyntaxFault`, also while rows are read: for what is not in this form, and for terms that RDF 1.1 has not.
    """
    try:
        found = pyoxigraph.parse_query_results(stream, pyoxigraph.QueryResultsFormat.JSON)
    except SyntaxError as error:
        raise SyntaxFault(str(error.msg or error), error.lineno) from None
    if isinstance(found, pyoxigraph.QueryBoolean):
        return bool(found)
    return Selection(tuple(v.value for v in found.variables), _result_rows(found))


def _result_rows(found: pyoxigraph.QuerySolutions) -> Iterator[tuple[Term | None, ...]]:
    try:
        for row in found:
            values = tuple(row)
            if any(isinstance(value, pyoxigraph.Triple) for value in values):
                words = "a statement stands where a term is expected"
                raise SyntaxFault(words, None)
            yield tuple(None if value is None else _term(value) for value in values)
    except SyntaxError as error:
        raise SyntaxFault(str(error.msg or error), error.lineno) from None


def literal_text(literal: Literal) -> str:
    """A literal as N-Triples writes it."""
    value, datatype, language = literal
    if language or '"' in value or "\\" in value or not value.isprintable():
        return str(_library_term(literal))
    return f'"{value}"' if datatype == STRING else f'"{value}"^^<{datatype}>'


number_text = lru_cache(maxsize=8192)(literal_text)
"""The same, remembered: for literals that are met again and again, as numbers are."""


def ntriples(triples: Iterable[Triple]) -> bytes:
    """N-Triples in sorted order: the same graph gives the same bytes."""
    written = _Written()
    return "".join(sorted([f"{written[s]} <{p}> {written[o]} .\n" for s, p, o in triples])).encode()


def nquads(quads: Iterable[Quad]) -> bytes:
    """N-Quads in sorted order: the same case gives the same bytes."""
    return nquads_text(quads).encode()


def nquads_text(quads: Iterable[Quad]) -> str:
    """The same as text."""
    written = _Written()
    return "".join(
        sorted([
            f"{written[s]} <{p}> {written[o]} .\n"
            if g is None
            else f"{written[s]} <{p}> {written[o]} {written[g]} .\n"
            for s, p, o, g in quads
        ])
    )  # fmt: skip


def safe_text(text: str) -> str:
    """N-Quads or Turtle in which no character can steer a terminal, and which says the same."""
    return _UNUSUAL.sub(_escaped, text)


class _Written(dict[Term, str]):
    """Terms as N-Triples writes them, each worked out once."""

    def __missing__(self, term: Term) -> str:
        if isinstance(term, Literal):
            self[term] = text = literal_text(term)
        else:
            self[term] = text = term if term.startswith("_:") else f"<{term}>"
        return text


def trig(quads: Iterable[Quad], prefixes: Mapping[str, str]) -> str:
    """TriG with prefixes; the quads are written in the order given."""
    return _text(quads, pyoxigraph.RdfFormat.TRIG, prefixes)


def turtle(triples: Iterable[Triple], prefixes: Mapping[str, str]) -> str:
    """Turtle with prefixes; the triples are written in the order given."""
    return _text((Quad(*triple, None) for triple in triples), pyoxigraph.RdfFormat.TURTLE, prefixes)


class Store:
    """A store in memory on which our own queries, never a stranger's, are run."""

    def __init__(self, triples: Iterable[Triple]) -> None:
        self._store = pyoxigraph.Store()
        self.add(triples)

    def __len__(self) -> int:
        return len(self._store)

    def __iter__(self) -> Iterator[Triple]:
        for quad in self._store:
            yield Triple(_iri(quad.subject), _iri(quad.predicate), _term(quad.object))

    def add(self, triples: Iterable[Triple]) -> None:
        self._store.extend(
            pyoxigraph.Quad(_library_node(subject), _named(predicate), _library_term(value))
            for subject, predicate, value in triples
        )

    def insert(self, update: str) -> None:
        """Add what an INSERT gives."""
        self._store.update(update)


class Selection(NamedTuple):
    """What a SELECT gives: the names of its columns, and its rows one by one; an unbound cell is nothing."""

    names: tuple[str, ...]
    rows: Iterator[tuple[Term | None, ...]]


Found = bool | Selection | list[Triple]
"""What a query gives: the answer to an ASK, the rows of a SELECT, the triples of a CONSTRUCT, each once and sorted."""


_PLACE = re.compile(r"error at (\d+):(\d+)")


class _Asked:
    """Quads that are asked."""

    _store: pyoxigraph.Store

    def __len__(self) -> int:
        return len(self._store)

    def query(self, query: str, prefixes: Mapping[str, str]) -> Found:
        """Ask a query, whose default graph is the union of all graphs. Raises `SyntaxFault`.

        The query must have been through `reasoner.store.guard`: this would follow a SERVICE.
        """
        try:
            found = self._store.query(query, prefixes=dict(prefixes), use_default_graph_as_union=True)
        except SyntaxError as error:
            place = _PLACE.match(str(error.msg))
            words = f"something else is expected in column {place[2]}" if place else str(error.msg)[:200]
            raise SyntaxFault(words, int(place[1]) if place else None) from None
        if isinstance(found, pyoxigraph.QueryBoolean):
            return bool(found)
        if isinstance(found, pyoxigraph.QueryTriples):
            return sorted({Triple(_iri(t.subject), _iri(t.predicate), _term(t.object)) for t in found}, key=str)
        rows = (tuple(None if value is None else _term(value) for value in row) for row in found)
        return Selection(tuple(v.value for v in found.variables), rows)


class MemoryStore(_Asked):
    """Some quads in memory."""

    def __init__(self) -> None:
        self._store = pyoxigraph.Store()

    def load(self, lines: bytes) -> None:
        """Take in N-Quads that we wrote ourselves."""
        self._store.bulk_load(lines, pyoxigraph.RdfFormat.N_QUADS, lenient=True)

    def take(self, other: DiskStore, graph: Iri) -> None:
        """Take in a graph of another store."""
        self._store.bulk_extend(other._store.quads_for_pattern(None, None, None, _named(graph)))  # noqa: SLF001


class DiskStore(_Asked):
    """A store of quads in a folder. To read, any number may be open; to write, one and no reader beside it."""

    def __init__(self, path: Path, *, read_only: bool) -> None:
        """Raise `OSError` where the folder does not hold a store."""
        self._store = pyoxigraph.Store.read_only(str(path)) if read_only else pyoxigraph.Store(str(path))

    def load(self, lines: IO[bytes]) -> None:
        """Take in N-Quads that we wrote ourselves, of any size."""
        self._store.bulk_load(lines, pyoxigraph.RdfFormat.N_QUADS, lenient=True)

    def clear(self, graph: Iri) -> None:
        """Take everything out of a graph of moderate size."""
        self._store.clear_graph(_named(graph))

    def compact(self) -> None:
        """Write everything anew in the engine's best order: what is read then is found in half the time."""
        self._store.optimize()

    def flush(self) -> None:
        """See everything onto the disk."""
        self._store.flush()

    def copy(self, target: Path) -> None:
        """A second store in a new folder, which shares the files on disk that neither changes."""
        self._store.backup(str(target))

    def write(self, stream: IO[bytes]) -> None:
        """All quads as N-Quads, those of one graph one after another."""
        self._store.dump(stream, pyoxigraph.RdfFormat.N_QUADS)

    def graphs(self) -> Iterator[Iri]:
        """The names of all graphs."""
        return (_iri(graph) for graph in self._store.named_graphs())

    def lines(self, graph: Iri) -> bytes:
        """One graph as N-Triples, in the store's own order."""
        found = self._store.dump(format=pyoxigraph.RdfFormat.N_TRIPLES, from_graph=_named(graph))
        return found or b""

    def quads(self, graph: Iri) -> Iterator[Quad]:
        """The quads of one graph."""
        for quad in self._store.quads_for_pattern(None, None, None, _named(graph)):
            yield Quad(_iri(quad.subject), _iri(quad.predicate), _term(quad.object), graph)


def is_iri(text: str) -> bool:
    """Whether a text is an absolute IRI."""
    try:
        pyoxigraph.NamedNode(text)
    except ValueError:
        return False
    return True


def term_text(term: Term) -> str:
    """A term as N-Triples and SPARQL write it."""
    return _Written()[term]


def term_of(text: str) -> Term:
    """The term that `term_text` wrote."""
    (quad,) = parse(f"<x:s> <x:p> {text} .".encode(), ".nt")
    return quad.object


def _text(quads: Iterable[Quad], form: pyoxigraph.RdfFormat, prefixes: Mapping[str, str]) -> str:
    output = io.BytesIO()
    pyoxigraph.serialize(map(_library_quad, quads), output, format=form, prefixes=dict(prefixes))
    return safe_text(output.getvalue().decode())


_UNUSUAL = re.compile(r"[^\n\t\x20-\x7e]")


def _escaped(match: re.Match[str]) -> str:
    """A character that a terminal would obey, as Turtle escapes it in names and texts."""
    return match[0] if match[0].isprintable() else f"\\U{ord(match[0]):08X}"


class _Labels(dict[str, str]):
    """Labels for blank nodes by their order in a file: the parser's own are random.

    The file's hash keeps those of several files apart.
    """

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self._content = content
        self._file = ""

    def __missing__(self, label: str) -> str:
        self._file = self._file or hashlib.sha256(self._content).hexdigest()[:12]
        self[label] = fresh = f"_:b{self._file}n{len(self)}"
        return fresh


def _iri(node: object, labels: _Labels | None = None) -> Iri:
    if isinstance(node, pyoxigraph.NamedNode):
        return Iri(node.value)
    return Iri(labels[str(node)] if labels is not None else str(node))


def _term(node: object, labels: _Labels | None = None) -> Term:
    if isinstance(node, pyoxigraph.Literal):
        return _new(Literal, (node.value, _datatype(node.datatype), node.language or ""))
    return _iri(node, labels)


@lru_cache(maxsize=1024)
def _datatype(node: pyoxigraph.NamedNode) -> Iri:
    return Iri(node.value)


def _graph(node: object, labels: _Labels) -> Iri | None:
    return None if isinstance(node, pyoxigraph.DefaultGraph) else _iri(node, labels)


@lru_cache(maxsize=8192)
def _named(iri: Iri) -> pyoxigraph.NamedNode:
    return pyoxigraph.NamedNode(iri)


def _library_node(node: Iri) -> pyoxigraph.NamedNode | pyoxigraph.BlankNode:
    return pyoxigraph.BlankNode(node[2:]) if node.startswith("_:") else _named(node)


def _library_term(term: Term) -> pyoxigraph.NamedNode | pyoxigraph.BlankNode | pyoxigraph.Literal:
    if not isinstance(term, Literal):
        return _library_node(term)
    if term.language:
        return pyoxigraph.Literal(term.value, language=term.language)
    return pyoxigraph.Literal(term.value, datatype=_named(term.datatype))


_DEFAULT_GRAPH = pyoxigraph.DefaultGraph()


def _library_quad(quad: Quad) -> pyoxigraph.Quad:
    subject, predicate, value, graph = quad
    held = _DEFAULT_GRAPH if graph is None else _library_node(graph)
    return pyoxigraph.Quad(_library_node(subject), _named(predicate), _library_term(value), held)
