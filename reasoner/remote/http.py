"""Requests over HTTP to the one server that a command names: the only module that sends anything.

No redirect is followed, no proxy is used, no cookie is kept, nothing is tried at another address. The certificates that
the system trusts are trusted. What comes back is a stranger's: its size has a bound, and a body that is cut is a fault.
"""

from __future__ import annotations

import http.client
import io
import ssl
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple, Self

from reasoner import __version__
from reasoner.errors import Problem, UsageError
from reasoner.render.page import clean

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reasoner.remote.endpoint import Endpoint

SAID = 300
"""Characters of a server's own words that are shown."""
REST = 65_536
"""Bytes of an answer that nobody needs which are read so that the connection can be used again."""
READ_AGAIN = (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError, ConnectionAbortedError)
"""What a connection that was kept open ends with when the server had closed it: asked once more on a new one."""


class Request(NamedTuple):
    """What is asked: it must be safe to ask it twice."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes | None = None


class Reply(io.RawIOBase):
    """A server's answer: its status, its kind and its body, which is read up to a limit and must not be cut."""

    def __init__(self, response: http.client.HTTPResponse, endpoint: Endpoint, limit: int) -> None:
        self.status = response.status
        self.kind = (response.getheader("Content-Type") or "").partition(";")[0].strip().lower()
        self.framed = response.chunked or response.length is not None
        """Whether the server says where the body ends, so that a cut one is found out."""
        self.moved_to = response.getheader("Location") or ""
        self._response, self._endpoint, self._left = response, endpoint, limit

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        """The next bytes of the body; none at its end. Raises `UsageError` for one that is cut or too large."""
        size = self._left + 1 if size < 0 else min(size, self._left + 1)
        with _told(self._endpoint):
            found = self._response.read(size)
        if not found and size and self._response.length:
            raise _cut(self._endpoint)
        self._left -= len(found)
        if self._left < 0:
            words, fix = "Its answer is larger than it may be.", "Ask for less."
            raise UsageError(Problem("too-large", self._endpoint.shown, None, words, fix))
        return found

    def said(self) -> str:
        """What the server says in words, made harmless: in one line, cut, and without the header that was sent."""
        if self.kind not in {"text/plain", "application/json", "application/problem+json"}:
            return ""
        with _told(self._endpoint):
            text = self._response.read(REST).decode(errors="replace")
        return quoted(text, self._endpoint)


def quoted(text: str, endpoint: Endpoint) -> str:
    """A stranger's words for a message: in one line, cut, without what steers a terminal and without our header."""
    if endpoint.header:
        value = endpoint.header[1]
        text = _without(value.split()[-1], _without(value, text))
    text = clean(" ".join(text.split()))
    return text[:SAID] + ("..." if len(text) > SAID else "")


def _without(secret: str, text: str) -> str:
    """A text without a secret, nor with the beginning of one where the text was cut."""
    text = text.replace(secret, "(the header)")
    cut = next((size for size in range(len(secret) - 1, 3, -1) if text.endswith(secret[:size])), 0)
    return text[: len(text) - cut]


class Connection:
    """A connection to a server, kept open between requests."""

    def __init__(self, endpoint: Endpoint, seconds: float) -> None:
        """``seconds``: how long the server may be silent."""
        self.endpoint = endpoint
        if endpoint.scheme == "https":
            context = ssl.create_default_context()
            self._connection: http.client.HTTPConnection = http.client.HTTPSConnection(
                endpoint.host, endpoint.port, timeout=seconds, context=context
            )
        else:
            self._connection = http.client.HTTPConnection(endpoint.host, endpoint.port, timeout=seconds)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    @contextmanager
    def asked(self, request: Request, limit: int) -> Iterator[Reply]:
        """The answer to a request, whose body may have so many bytes. Raises `UsageError` where there is none."""
        with _told(self.endpoint):
            response = self._response(request)
        try:
            yield Reply(response, self.endpoint, limit)
            if not response.isclosed():
                with _told(self.endpoint):
                    response.read(REST)
        finally:
            if not response.isclosed():
                self._connection.close()

    def _response(self, request: Request) -> http.client.HTTPResponse:
        kept = self._connection.sock is not None
        try:
            return self._sent(request)
        except READ_AGAIN:
            self._connection.close()
            if not kept:
                raise
            return self._sent(request)
        except BaseException:
            self._connection.close()
            raise

    def _sent(self, request: Request) -> http.client.HTTPResponse:
        headers = {"User-Agent": f"guideline-reasoner/{__version__}", **request.headers}
        headers |= dict([self.endpoint.header] if self.endpoint.header else [])
        self._connection.request(request.method, request.target, request.body, headers)
        return self._connection.getresponse()


@contextmanager
def _told(endpoint: Endpoint) -> Iterator[None]:
    """What goes wrong on the way, said of the server."""
    try:
        yield
    except TimeoutError:
        words, fix = "It did not answer in time.", "Try again later, or give it longer: --limit-seconds."
        raise UsageError(Problem("out-of-time", endpoint.shown, None, words, fix)) from None
    except http.client.IncompleteRead:
        raise _cut(endpoint) from None
    except ssl.SSLCertVerificationError as error:
        words = f"Its certificate is not trusted: {quoted(error.verify_message, endpoint)}."
        fix = "Check the address; to trust another certificate authority, set SSL_CERT_FILE."
        raise UsageError(Problem("not-trusted", endpoint.shown, None, words, fix)) from None
    except OSError as error:
        reason = quoted(error.strerror or type(error).__name__, endpoint)
        words, fix = f"It cannot be reached: {reason}.", "Check the address, and that the server runs."
        raise UsageError(Problem("no-connection", endpoint.shown, None, words, fix)) from None
    except (http.client.HTTPException, ValueError):
        words, fix = "What it answers is not HTTP.", "Check the address and its port."
        raise UsageError(Problem("not-http", endpoint.shown, None, words, fix)) from None


def _cut(endpoint: Endpoint) -> UsageError:
    words = "Its answer is cut: it ended before it was whole, as when a server's own time limit ends a query."
    fix = "Ask for less, or look into the server's log."
    return UsageError(Problem("cut-answer", endpoint.shown, None, words, fix))
