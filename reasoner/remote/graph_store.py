"""Named graphs of another server, by the SPARQL 1.1 Graph Store HTTP Protocol: each is put whole, or deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from reasoner.errors import Problem, UsageError
from reasoner.rdf import SyntaxFault, parse_stream
from reasoner.remote.deadline import within
from reasoner.remote.http import Request
from reasoner.remote.refusal import refused

if TYPE_CHECKING:
    from reasoner.remote.http import Connection

OK, DONE, GONE = 200, frozenset({200, 201, 204}), 404
FORMS = {"application/n-triples": ".nt", "text/turtle": ".ttl"}
TURTLE = "text/turtle"
"""What every graph store takes; N-Triples is Turtle, too."""
SMALL = 65_536
TIMES = 20
"""How many times as long as ours a server's way to write a graph may be."""


class GraphStore:
    """The graphs of a server."""

    def __init__(self, connection: Connection, seconds: float) -> None:
        """``seconds``: how long one request may take."""
        self._connection, self._seconds = connection, seconds
        self.endpoint = connection.endpoint

    def put(self, graph: str, lines: bytes) -> None:
        """Make these N-Triples a graph's whole content. Raises `UsageError` where the server does not say it is."""
        request = Request("PUT", self._target(graph), {"Content-Type": TURTLE}, lines)
        with within(self._seconds, self.endpoint), self._connection.asked(request, SMALL) as reply:
            if reply.status not in DONE:
                raise refused(reply, self.endpoint)

    def delete(self, graph: str) -> None:
        """Delete a graph; one that is not there is deleted already. Raises `UsageError`."""
        request = Request("DELETE", self._target(graph), {})
        with within(self._seconds, self.endpoint), self._connection.asked(request, SMALL) as reply:
            if reply.status not in DONE and reply.status != GONE:
                raise refused(reply, self.endpoint)

    def size(self, graph: str, lines: bytes) -> int:
        """How many statements a graph holds that should hold these; none if there is no such graph.

        Raises `UsageError`.
        """
        request = Request("GET", self._target(graph), {"Accept": "application/n-triples, text/turtle;q=0.9"})
        limit = max(SMALL, TIMES * len(lines))
        with within(self._seconds, self.endpoint), self._connection.asked(request, limit) as reply:
            if reply.status == GONE:
                return 0
            if reply.status != OK:
                raise refused(reply, self.endpoint)
            try:
                return len(list(parse_stream(reply, FORMS[reply.kind])))  # type: ignore[arg-type]
            except (KeyError, SyntaxFault):
                words = "What it gives for a graph is no graph."
                fix = "Give the address of its Graph Store Protocol, such as https://server.example/store."
                raise UsageError(Problem("no-graph-store", self.endpoint.shown, None, words, fix)) from None

    def _target(self, graph: str) -> str:
        target = self.endpoint.target
        return f"{target}{'&' if '?' in target else '?'}graph={quote(graph, safe='')}"
