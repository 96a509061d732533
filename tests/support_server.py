"""SPARQL servers on this machine: a real one, one that answers as it is told, and a graph store in memory."""

from __future__ import annotations

import socket
import socketserver
import ssl
import subprocess
import sys
import threading
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import parse_qs, quote, unquote, urlsplit
from urllib.request import Request, urlopen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

SERVER = Path(sys.executable).with_name("oxigraph")
"""The program of the package oxigraph, which the extra test installs."""
MIME = {"nq": "application/n-quads", "nt": "application/n-triples"}


def answered(method: str, address: str, body: bytes | None = None, **headers: str) -> tuple[bytes, str]:
    """What a server on this machine answers, and its kind."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    with urlopen(Request(address, body, named, method=method)) as found:  # noqa: S310 - a test's own address
        return found.read(), found.headers["Content-Type"] or ""


class Server(NamedTuple):
    """A SPARQL server."""

    address: str

    @property
    def query(self) -> str:
        return f"{self.address}/query"

    @property
    def store(self) -> str:
        return f"{self.address}/store"

    def dump(self) -> set[str]:
        """Everything in named graphs, as lines of N-Quads."""
        return set(answered("GET", self.store, Accept=MIME["nq"])[0].decode().splitlines())

    def load(self, lines: str, graph: str = "", form: str = "nq") -> None:
        """Add statements; to one graph if it is named."""
        answered("POST", self.store + graph, lines.encode(), Content_Type=MIME[form])

    def delete(self, graph: str = "") -> None:
        """Delete a graph, or everything."""
        answered("DELETE", f"{self.store}?graph={quote(graph, safe='')}" if graph else self.store)


@contextmanager
def oxigraph(folder: Path, *options: str) -> Iterator[Server]:
    """A real server on a free port, which ends with the block; a query that takes long ends it by itself."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    command = [SERVER, "serve", "--location", folder, "--bind", f"127.0.0.1:{port}", "--timeout-s", "30", *options]
    with (folder.parent / f"{folder.name}.log").open("wb") as log:
        running = subprocess.Popen(list(map(str, command)), stdout=log, stderr=log)
        try:
            yield _waited(Server(f"http://127.0.0.1:{port}"), running)
        finally:
            running.kill()
            running.wait()


def _waited(server: Server, running: subprocess.Popen[bytes]) -> Server:
    deadline = time.monotonic() + 60
    while True:
        try:
            answered("GET", server.address)
        except OSError:
            assert running.poll() is None, "the server ended"
            assert time.monotonic() < deadline, "the server did not begin"
            time.sleep(0.02)
        else:
            return server


class Heard(NamedTuple):
    """A request."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def graph(self) -> str:
        return parse_qs(urlsplit(self.target).query).get("graph", [""])[0]

    @property
    def query(self) -> str:
        return unquote(parse_qs(self.body.decode()).get("query", [""])[0])


CERTIFICATE = Path(__file__).with_name("server.pem")
"""A key and a certificate for 127.0.0.1 that nobody trusts: only tests have it."""


@contextmanager
def saying(answers: Callable[[Heard], Iterable[bytes]], *, safely: bool = False) -> Iterator[tuple[str, list[Heard]]]:
    """A server that answers each request with these bytes, piece by piece, and what it was asked; safely: by https."""
    heard: list[Heard] = []

    class Answer(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            with suppress(OSError, UnicodeDecodeError, IndexError):  # whoever asked is gone, or speaks no HTTP
                while asked := _heard(self):
                    heard.append(asked)
                    whole = False
                    for piece in answers(asked):
                        self.wfile.write(piece)
                        whole = _is_whole(piece)
                    if not whole:
                        return

    class Many(socketserver.ThreadingTCPServer):
        daemon_threads = True
        block_on_close = False

    with Many(("127.0.0.1", 0), Answer) as server:
        if safely:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(CERTIFICATE)
            server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield f"http{'s' if safely else ''}://127.0.0.1:{server.server_address[1]}", heard
        server.shutdown()
        thread.join()


def _is_whole(piece: bytes) -> bool:
    head, _, body = piece.partition(b"\r\n\r\n")
    return f"Content-Length: {len(body)}".encode() in head


def _heard(handler: socketserver.StreamRequestHandler) -> Heard | None:
    first = handler.rfile.readline().decode().split()
    if not first:
        return None
    headers = {}
    while (line := handler.rfile.readline().decode().strip()) != "":
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    return Heard(first[0], first[1], headers, handler.rfile.read(int(headers.get("content-length", 0))))


def reply(body: bytes | str = b"", kind: str = "text/plain", status: str = "200 OK", **headers: str) -> bytes:
    """A whole answer."""
    content = body.encode() if isinstance(body, str) else body
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {kind}", f"Content-Length: {len(content)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + content


JSON = "application/sparql-results+json"
YES, NO = reply('{"head": {}, "boolean": true}', JSON), reply('{"head": {}, "boolean": false}', JSON)


class Graphs(dict[str, bytes]):
    """A graph store in memory."""

    def __call__(self, asked: Heard) -> list[bytes]:
        if asked.method == "PUT":
            self[asked.graph] = asked.body
            return [reply()]
        if asked.graph not in self:
            return [reply(status="404 Not Found")]
        if asked.method == "DELETE":
            del self[asked.graph]
            return [reply()]
        return [reply(self[asked.graph], MIME["nt"])]
