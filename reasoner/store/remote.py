"""A query asked of another server by the SPARQL 1.1 Protocol, where its default graph is what ours is."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from reasoner.data import folder
from reasoner.errors import Problem, UsageError
from reasoner.rdf import Selection, SyntaxFault, Triple, parse_results, parse_stream
from reasoner.remote.http import Connection, Request, quoted
from reasoner.remote.refusal import refused
from reasoner.store.prologue import prologue

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from reasoner.rdf import Found, Term
    from reasoner.remote.endpoint import Endpoint
    from reasoner.remote.http import Reply

MAX_ANSWER = 4 << 30
"""Bytes of an answer."""
MAX_ASKED = 65_536
"""Bytes of the answer to a yes-or-no question of ours."""
ROWS = frozenset({"application/sparql-results+json", "application/json"})
GRAPHS = {"application/n-triples": ".nt", "text/turtle": ".ttl"}
ACCEPT = "application/sparql-results+json, application/n-triples;q=0.9, text/turtle;q=0.8"
OK = 200


def probe(name: str) -> Path:
    """The file of a question that is asked of a server before any other."""
    return folder("ontology") / "probes" / f"{name}.rq"


@contextmanager
def answering(endpoint: Endpoint, query: str, prefixes: Mapping[str, str], seconds: float) -> Iterator[Found]:
    """What a query gives on a server, as long as the block lasts; its rows are read as they come.

    Raises `UsageError` where the server's default graph is not the union of its named graphs, on which the same query
    would give another answer, and for whatever is no answer.
    """
    with Connection(endpoint, seconds) as connection:
        _refuse_other_graphs(connection)
        with connection.asked(_request(endpoint, prologue(query, prefixes) + query), MAX_ANSWER) as reply:
            yield _found(reply, endpoint)


def _refuse_other_graphs(connection: Connection) -> None:
    endpoint = connection.endpoint
    if not _holds(connection, "named"):
        words, fix = "It holds nothing in a named graph, so no store was sent to it.", "See: reasoner store push --help"
        raise UsageError(Problem("no-store", endpoint.shown, None, words, fix))
    if _holds(connection, "apart"):
        words = "Its default graph is not the union of its named graphs: it would give other answers than the store."
        fix = 'Start or address it so that it is; docs/store.md, "Another triple store", says how.'
        raise UsageError(Problem("not-the-union", endpoint.shown, None, words, fix))


def _holds(connection: Connection, name: str) -> bool:
    query = probe(name).read_text(encoding="utf-8")
    with connection.asked(_request(connection.endpoint, query), MAX_ASKED) as reply:
        found = _found(reply, connection.endpoint)
        if not isinstance(found, bool):
            raise _no_answer(connection.endpoint, "rows where yes or no was asked")
        return found


def _request(endpoint: Endpoint, query: str) -> Request:
    headers = {"Accept": ACCEPT, "Content-Type": "application/x-www-form-urlencoded"}
    return Request("POST", endpoint.target, headers, urlencode({"query": query}).encode())


def _found(reply: Reply, endpoint: Endpoint) -> Found:
    if reply.status != OK:
        raise refused(reply, endpoint)
    if reply.kind in ROWS:
        return _results(reply, endpoint)
    if reply.kind in GRAPHS:
        if not reply.framed:
            raise _no_answer(endpoint, "a graph without saying how long it is, so that a cut one could not be told")
        return _triples(reply, endpoint)
    raise _no_answer(endpoint, quoted(reply.kind, endpoint) or "nothing that is named")


def _results(reply: Reply, endpoint: Endpoint) -> bool | Selection:
    try:
        found = parse_results(reply)  # type: ignore[arg-type]
    except SyntaxFault as fault:
        raise _no_answer(endpoint, f"what is no SPARQL result: {quoted(str(fault), endpoint)}") from None
    return found if isinstance(found, bool) else found._replace(rows=_rows(found, endpoint))


def _rows(found: Selection, endpoint: Endpoint) -> Iterator[tuple[Term | None, ...]]:
    try:
        yield from found.rows
    except SyntaxFault as fault:
        raise _no_answer(endpoint, f"what is no SPARQL result: {quoted(str(fault), endpoint)}") from None


def _triples(reply: Reply, endpoint: Endpoint) -> list[Triple]:
    try:
        return sorted({quad.triple for quad in parse_stream(reply, GRAPHS[reply.kind])}, key=str)  # type: ignore[arg-type]
    except SyntaxFault as fault:
        raise _no_answer(endpoint, f"what is no graph: {quoted(str(fault), endpoint)}") from None


def _no_answer(endpoint: Endpoint, what: str) -> UsageError:
    fix = "Give the address of its SPARQL query endpoint, such as https://server.example/query."
    return UsageError(Problem("not-an-answer", endpoint.shown, None, f"It answers with {what}.", fix))
