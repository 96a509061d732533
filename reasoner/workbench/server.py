"""HTTP: requests of bounded size are read, replies sent whole. The library's own server, for one machine's users."""

from __future__ import annotations

import select
import shutil
import socket
import socketserver
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from reasoner.errors import Problem, UsageError
from reasoner.workbench.refusal import RefusedError, refused
from reasoner.workbench.workbench import MAX_BODY, Request, told

if TYPE_CHECKING:
    from reasoner.workbench.workbench import Reply, Workbench

SILENCE = 30
"""Seconds for which whoever asks may be silent."""
COLUMNS = "'sha256-zCK2EVMoPc04mRF/g5CotUvxbJPWS+8V0b+s9ptqQIk='"
"""The one style that YASGUI makes by itself, for columns that can be widened."""
SENT_WITH_ALL = {
    "Content-Security-Policy": f"default-src 'none'; script-src 'self'; style-src 'self' {COLUMNS}; "
    "img-src 'self' data:; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
    "Allow": "GET, POST",
}
"""The page runs and shows only what comes from here, and no other page may show or read it; nothing is kept."""


class Server(socketserver.ThreadingTCPServer):
    """A workbench that listens. Each request has a thread of its own."""

    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True
    request_queue_size = 64

    def __init__(self, workbench: Workbench, family: socket.AddressFamily, address: tuple[str, int]) -> None:
        """Nothing is answered before `serve_forever`. Raises `OSError` if nobody can listen there."""
        self.workbench, self.address_family = workbench, family
        super().__init__(address, Handler)

    @property
    def address(self) -> str:
        """Where it listens, as a browser takes it."""
        host, port = str(self.server_address[0]), self.server_address[1]
        return f"http://{f'[{host}]' if ':' in host else host}:{port}"

    def service_actions(self) -> None:
        """Twice a second: let go of a generation that is past."""
        self.workbench.engines.refresh()

    def handle_error(self, *_: object) -> None:
        """Whoever asked went away: nobody is left to be told."""


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    server: Server
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "reasoner", ""
    timeout = SILENCE

    def __getattr__(self, name: str) -> object:
        """Every method is answered alike: which are allowed is not HTTP's to say."""
        if name.startswith("do_"):
            return self._serve
        raise AttributeError(name)

    def log_message(self, *_: object) -> None:
        """Nothing is written down: queries hold what is asked of whom."""

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:  # noqa: ARG002
        """What is no HTTP, told in plain text like everything else."""
        self.close_connection = True
        self.request_version = self.protocol_version
        words = f"{message or 'The request cannot be read'}."
        self._send(told(refused(int(code), "not-http", words, "Send HTTP/1.1.")))

    def _serve(self) -> None:
        try:
            request = self._request()
        except RefusedError as error:
            self.close_connection = True  # what follows could be the rest of this request
            self._send(told(error))
        else:
            self._send(self.server.workbench.answer(request))

    def _request(self) -> Request:
        try:
            target = urlsplit(self.path)
        except ValueError:
            raise refused(400, "no-address", "What is asked for is no address.", "Mend it.") from None
        headers = {name.title(): ", ".join(self.headers.get_all(name, [])) for name in self.headers}
        return Request(self.command, target.path, target.query, headers, self._body(), self._wanted)

    def _body(self) -> bytes:
        if self.headers["Transfer-Encoding"]:
            raise refused(411, "no-length", "The length of the body is not told.", "Send Content-Length.")
        length, *more = self.headers.get_all("Content-Length") or ["0"]
        if more or not (length.isascii() and length.isdigit()):
            raise refused(400, "no-length", "The length of the body is not one number.", "Send Content-Length.")
        if len(length) > len(str(MAX_BODY)) or int(length) > MAX_BODY:
            raise refused(413, "too-large", f"The body has more than {MAX_BODY:,} bytes.", "Send a shorter query.")
        body = self.rfile.read(int(length))
        if len(body) < int(length):
            raise refused(400, "cut-body", "The body is shorter than its length.", "Send all of it.")
        return body

    def _wanted(self) -> bool:
        """Whether the other end is still there: one that is gone reads as at its end."""
        try:
            arrived = select.poll()
            arrived.register(self.connection, select.POLLIN)
            return not arrived.poll(0) or self.connection.recv(1, socket.MSG_PEEK) != b""
        except (OSError, ValueError):
            return False

    def _send(self, reply: Reply) -> None:
        with reply.body:
            self.send_response(reply.status)
            self.send_header("Content-Type", reply.kind)
            self.send_header("Content-Length", str(reply.length))
            for name, value in SENT_WITH_ALL.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                shutil.copyfileobj(reply.body, self.wfile)


def listening(workbench: Workbench, where: tuple[str, int]) -> Server:
    """A server at an address and port. Raises `UsageError`."""
    try:
        family, *_, address = socket.getaddrinfo(*where, type=socket.SOCK_STREAM)[0]
        return Server(workbench, family, (str(address[0]), int(address[1])))
    except OSError as error:
        words = f"Nobody can listen at {where[0]}, port {where[1]}: {(error.strerror or str(error)).lower()}."
        fix = "Take another port with --port, or 0 for any that is free; or another address with --bind."
        raise UsageError(Problem("cannot-listen", "--bind, --port", None, words, fix)) from None
