"""What the workbench answers to a request: its page, the query of a question, or what the store says."""

from __future__ import annotations

import io
from typing import IO, TYPE_CHECKING, NamedTuple
from urllib.parse import parse_qsl, unquote

from reasoner.errors import UsageError
from reasoner.store.prologue import prologue
from reasoner.workbench.admission import admit
from reasoner.workbench.material import TEXT
from reasoner.workbench.protocol import Asked, asked
from reasoner.workbench.refusal import RefusedError, refused

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from reasoner.workbench.engines import Engines
    from reasoner.workbench.material import Material

ENDPOINT, QUESTIONS = "/sparql", "/questions/"
SERVICE = "service"
"""The question that the endpoint answers when nothing is asked: what it is, in RDF."""
MAX_BODY = 1 << 20
"""Bytes of a request's body: of the longest query, however it is encoded."""


class Request(NamedTuple):
    """A request over HTTP."""

    method: str
    path: str
    parameters: str
    headers: Mapping[str, str]
    body: bytes
    wanted: Callable[[], bool]
    """Whether somebody still waits for the answer."""


class Reply(NamedTuple):
    """What is sent."""

    status: int
    kind: str
    body: IO[bytes]
    length: int


class Workbench:
    """A store with its page."""

    def __init__(self, engines: Engines, material: Material, named: str) -> None:
        """``named``: the name or address under which it listens."""
        self.engines, self._material, self._named = engines, material, named

    def answer(self, request: Request) -> Reply:
        """The reply to any request: one that cannot be answered gets a status and the reason in plain text."""
        try:
            admit(request.headers, self._named, asks=request.path != "/")
            return self._answer(request)
        except RefusedError as error:
            return told(error)
        except UsageError as error:
            return told(RefusedError(500, error.problems[0]))

    def _answer(self, request: Request) -> Reply:
        if request.method not in {"GET", "POST"}:
            raise refused(405, "method", "Only GET and POST are answered.", "Send one of them.")
        if request.path.rstrip("/") == ENDPOINT:
            return self._ask(request)
        if request.method == "POST":
            raise refused(405, "method", "Nothing can be sent there.", f"Send queries to {ENDPOINT}.")
        if request.path in self._material.files:
            content, kind = self._material.files[request.path]
            return _reply(200, kind, content)
        if request.path.startswith(QUESTIONS):
            return self._question(unquote(request.path.removeprefix(QUESTIONS)), request.parameters)
        raise refused(404, "no-such-page", "There is nothing of this name.", f"Queries go to {ENDPOINT}.")

    def _ask(self, request: Request) -> Reply:
        if request.method == "GET" and not request.parameters:
            found = Asked(self._material.query(SERVICE, []))
        else:
            found = asked(request.method, request.parameters, request.headers.get("Content-Type"), request.body)
        whole = found._replace(prologue=prologue(found.query, self._material.prefixes))
        accept = request.headers.get("Accept", "*/*")
        with self.engines.one() as engine:
            answer = engine.ask(whole, accept, self.engines.seconds, request.wanted)
        return Reply(200, answer.kind, answer.body, answer.length)

    def _question(self, name: str, parameters: str) -> Reply:
        """The query of a question, its parameters filled in."""
        given = [f"{name}={value}" for name, value in parse_qsl(parameters, keep_blank_values=True)]
        try:
            return _reply(200, TEXT, self._material.query(name, given).encode())
        except KeyError:
            raise refused(404, "no-such-query", "There is no question of this name.", "See /library.json.") from None
        except UsageError as error:
            raise RefusedError(400, error.problems[0]) from None


def told(error: RefusedError) -> Reply:
    """A refusal as a reply."""
    return _reply(error.status, TEXT, f"{error.problem}\n".encode())


def _reply(status: int, kind: str, content: bytes) -> Reply:
    return Reply(status, kind, io.BytesIO(content), len(content))
