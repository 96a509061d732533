"""The address of a server and the header that lets a user in: checked before anything is sent."""

from __future__ import annotations

import ipaddress
import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from reasoner.errors import Problem, UsageError

VARIABLE = "env:"
"""What stands before the name of an environment variable that holds a header."""
MAX_HEADER = 16_384
OURS = frozenset({
    "accept", "accept-encoding", "connection", "content-length", "content-type", "expect", "host", "te", "trailer",
    "transfer-encoding", "upgrade", "user-agent",
})  # fmt: skip
"""Headers that are not the user's to set, for they say how a request is to be read."""
_HEADER = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\x21-\x7e](?:[\x20-\x7e\t]*[\x21-\x7e])?)[ \t]*")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A server's address over http or https, and at most one header, which is never shown."""

    scheme: str
    host: str
    port: int | None
    target: str
    """Path and query string, as they are sent."""
    header: tuple[str, str] | None = field(default=None, repr=False)

    @property
    def shown(self) -> str:
        """The address for a message: without its query string, which can hold a key."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = f":{self.port}" if self.port else ""
        return f"{self.scheme}://{host}{port}{self.target.partition('?')[0]}"


def endpoint(url: str, header_from: str | None) -> Endpoint:
    """The server of an address, with the header that an environment variable (``env:NAME``) or a file holds.

    Raises `UsageError` for an address that is not a plain one over http or https, and for a header that is none or
    that could be read on its way.
    """
    parts = _split(url)
    header = _header(header_from) if header_from is not None else None
    host = str(parts.hostname)
    if header and parts.scheme == "http" and not _is_here(host):
        words = "Over http the header could be read on its way to another machine."
        fix = "Give an address with https, or lead a tunnel to this machine."
        raise UsageError(Problem("readable-header", "--header-from", None, words, fix))
    return Endpoint(parts.scheme, host, parts.port, _target(parts), header)


def folder_or_endpoint(folder: Path | None, url: str | None, header_from: str | None) -> Path | Endpoint:
    """Where a question goes: to another server only if its address is given. Raises `UsageError` for both at once."""
    if url is None:
        if header_from is None:
            return folder or Path("store")
        words, fix = "A header is for a server, and no server is named.", "Give its address with --endpoint."
        raise UsageError(Problem("no-endpoint", "--header-from", None, words, fix))
    if folder is not None:
        words, fix = "A question goes to one place: a store's folder, or another server.", "Leave out one of the two."
        raise UsageError(Problem("two-places", "--endpoint", None, words, fix))
    return endpoint(url, header_from)


def pushed_to(
    url: str, header_from: str | None, query_url: str | None, *, exactly: bool
) -> tuple[Endpoint, Endpoint | None]:
    """Where a store is sent to, and where the same server is asked what it holds. Raises `UsageError`."""
    server = endpoint(url, header_from)
    if query_url is not None:
        return server, _beside(query_url, server)
    if exactly:
        words = "What is not of the store is found by a query, and no address for queries is given."
        raise UsageError(Problem("no-endpoint", "--exactly", None, words, "Give it with --query-endpoint."))
    return server, None


def _beside(url: str, other: Endpoint) -> Endpoint:
    """Another address of the same server, for which the same header is meant."""
    parts = _split(url)
    if (parts.scheme, parts.hostname, parts.port) != (other.scheme, other.host, other.port):
        words, fix = "It is of another server than --endpoint.", "Give two addresses of one server."
        raise UsageError(Problem("two-servers", "--query-endpoint", None, words, fix))
    return Endpoint(other.scheme, other.host, other.port, _target(parts), other.header)


def _target(parts: SplitResult) -> str:
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _split(url: str) -> SplitResult:
    fix = "Give an address such as https://server.example/query, in which other characters are percent-encoded."
    try:
        parts = urlsplit(url)
        sound = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        sound = False
    if not sound or re.search(r"[^\x21-\x7e]|[<>\"\\^`{|}#]", url):
        raise UsageError(Problem("bad-endpoint", "--endpoint", None, "This is no address over http or https.", fix))
    if "@" in parts.netloc:
        words = "The address holds a user's name or password, which others on this machine can read."
        fix = "Leave it out, and give the header Authorization with --header-from."
        raise UsageError(Problem("bad-endpoint", "--endpoint", None, words, fix))
    return parts


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _header(source: str) -> tuple[str, str]:
    held = _read(source)
    found = _HEADER.fullmatch(held.strip("\r\n"))
    if found is None or found[1].lower() in OURS or len(held) > MAX_HEADER:
        words = "There is not one header in it that may be sent."
        fix = "Write one line, such as: Authorization: Bearer ..."
        raise UsageError(Problem("bad-header", "--header-from", None, words, fix))
    return found[1], found[2]


def _read(source: str) -> str:
    if source.startswith(VARIABLE):
        value = os.environ.get(source.removeprefix(VARIABLE))
        if value is not None:
            return value
        words = "There is no environment variable of this name."
    else:
        try:
            with Path(source).open("rb") as file:
                return file.read(MAX_HEADER + 1).decode("ascii")
        except OSError as error:
            words = f"The file cannot be read: {error.strerror}."
        except UnicodeDecodeError:
            words = "The file holds other than ASCII characters."
    fix = "Name a file, or env: and a variable, such as env:SPARQL_HEADER."
    raise UsageError(Problem("no-header", "--header-from", None, words, fix))
